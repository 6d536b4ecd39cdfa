import { randomUUID } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { Context } from 'koa'
import { type ExtendedFormidableOptions, koaBody } from 'koa-body'
import { AppError, invalidField, tooLarge } from '../errors/app-error'

/** One file of a multipart body, streamed to a temporary place; gone when the request ends unless it was taken. */
export interface Upload {
  field: string
  path: string
  name: string
  size: number
  sha256: string
}

export interface UploadField {
  maxFiles: number
  maxBytes: number
  label: string
}
/** File fields of a multipart body; `images[]` and `images[0]` count as `images`. */
export type UploadSpec = Record<string, UploadField>

const JSON_LIMIT = '1mb'
const FIELDS_LIMIT_BYTES = 1024 * 1024
const MAX_FIELDS = 200

type Part = Parameters<NonNullable<ExtendedFormidableOptions['onPart']>>[0] & { transferEncoding?: string }

const noNext = async () => {}
const readJson = koaBody({
  json: true,
  jsonStrict: false,
  jsonLimit: JSON_LIMIT,
  includeUnparsed: true, // what is passed on to a partner is passed on as it came
  urlencoded: false,
  text: false,
  multipart: false,
})

/** A JSON body; none is `{}`. @throws AppError 400, 413, 415 */
export async function readJsonBody(ctx: Context): Promise<unknown> {
  if (!ctx.is('json') && hasBody(ctx)) throw new AppError('UNSUPPORTED_MEDIA')
  try {
    await readJson(ctx, noNext)
  } catch (error) {
    if ((error as { status?: number }).status === 413) throw error
    throw new AppError('INVALID_INPUT', { message: '请求体不是有效的 JSON', cause: error })
  }
  return ctx.request.body ?? {}
}

const hasBody = (ctx: Context) => Number(ctx.get('content-length')) > 0 || Boolean(ctx.get('transfer-encoding'))

export interface MultipartBody {
  fields: Record<string, unknown>
  uploads: Upload[]
  discard(): Promise<void>
}

/** A multipart body whose files stream into a folder of their own; `discard` removes what was not taken out of it. */
export async function readMultipartBody(ctx: Context, spec: UploadSpec, incomingDir: string): Promise<MultipartBody> {
  const dir = path.join(incomingDir, randomUUID())
  await fs.mkdir(dir, { recursive: true })
  const discard = () => fs.rm(dir, { recursive: true, force: true })
  try {
    await multipartReader(ctx, spec, dir)(ctx, noNext)
    const uploads = toUploads(ctx.request.files ?? {}, spec)
    for (const upload of uploads) await expectWhole(upload)
    return { fields: (ctx.request.body ?? {}) as Record<string, unknown>, uploads, discard }
  } catch (error) {
    await discard()
    throw translate(error)
  }
}

/** formidable counts what it was given, and may be done before it hears that the disk did not take the last of it. */
async function expectWhole({ path: file, name, size }: Upload): Promise<void> {
  const { size: written } = await fs.stat(file)
  if (written === size) return
  const cause = new Error(`${written} of ${size} bytes of ${name} were written`)
  throw new AppError('UNAVAILABLE', { cause, retryAfterSeconds: 5 })
}

function multipartReader(ctx: Context, spec: UploadSpec, uploadDir: string) {
  const limits = Object.values(spec)
  const maxFiles = limits.reduce((sum, field) => sum + field.maxFiles, 0)
  const maxBytes = Math.max(...limits.map((field) => field.maxBytes))
  let arrived = 0
  return koaBody({
    multipart: true,
    json: false,
    urlencoded: false,
    text: false,
    formidable: {
      uploadDir,
      hashAlgorithm: 'sha256',
      // formidable tells of a file when the disk is done with it: its name says when it came.
      filename: () => String(arrived++),
      maxFileSize: maxBytes,
      maxTotalFileSize: maxBytes * maxFiles,
      maxFiles: maxFiles + 1, // one over is read and then refused by name below
      maxFields: MAX_FIELDS,
      maxFieldsSize: FIELDS_LIMIT_BYTES,
      allowEmptyFiles: true, // refused by name below
      minFileSize: 0,
      onPart: (part: Part, handle) => {
        const name: unknown = part.originalFilename
        const isFile = typeof name === 'string'
        // formidable takes every part with a content type for a file, and only those: the file name decides.
        part.mimetype = isFile ? (part.mimetype ?? 'application/octet-stream') : null
        // It has undone the transfer encoding by now, and would take its name (8bit) for that of a character set.
        part.transferEncoding = 'utf-8'
        if (isFile) refuseWhenTooLarge(ctx, part, spec[fieldOf(part.name ?? '')])
        handle(part)
      },
    },
  })
}

const fieldOf = (name: string) => name.replace(/\[\d*\]$/, '')

/** Ends the reading with the first byte too many instead of filling the disk first. */
function refuseWhenTooLarge(ctx: Context, part: Part, limit: UploadField | undefined): void {
  if (!limit) return
  let size = 0
  part.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > limit.maxBytes && size - chunk.length <= limit.maxBytes)
      ctx.req.emit('error', fileTooLarge(fieldOf(part.name ?? ''), cleanName(part.originalFilename), limit))
  })
}

interface ParsedFile {
  filepath: string
  newFilename: string
  originalFilename: string | null
  size: number
  hash?: string | null
}

function toUploads(files: Record<string, unknown>, spec: UploadSpec): Upload[] {
  const uploads = Object.entries(files)
    .flatMap(([rawField, value]) => ([value].flat() as ParsedFile[]).map((file) => ({ rawField, file })))
    .toSorted((one, other) => Number(one.file.newFilename) - Number(other.file.newFilename))
    // A file part without name and content is a form's empty file input.
    .filter(({ file }) => file.originalFilename || file.size > 0)
    .map(({ rawField, file }) => toUpload(fieldOf(rawField), rawField, file, spec))
  for (const [field, { maxFiles, label }] of Object.entries(spec))
    if (uploads.filter((upload) => upload.field === field).length > maxFiles)
      throw tooLarge(field, `${label}最多 ${maxFiles} 个`)
  return uploads
}

function toUpload(field: string, rawField: string, file: ParsedFile, spec: UploadSpec): Upload {
  const limit = Object.hasOwn(spec, field) ? spec[field] : undefined
  if (!limit) throw invalidField(rawField, '不支持的文件字段')
  const name = cleanName(file.originalFilename)
  return checkedUpload({ field, path: file.filepath, name, size: file.size, sha256: file.hash ?? '' }, limit)
}

/** @throws AppError when it is empty or too large */
export function checkedUpload(upload: Upload, limit: UploadField): Upload {
  const { field, name, size } = upload
  if (size === 0) throw invalidField(field, `${limit.label}“${name}”是空文件`)
  if (size > limit.maxBytes) throw fileTooLarge(field, name, limit)
  return upload
}

/** The name is kept for people: no folders, no control characters, at most 255 units with its ending. */
export function cleanName(name: string | null): string {
  const base = (name ?? '')
    .toWellFormed()
    .split(/[\\/]/)
    .pop()!
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()
  if (!base || /^\.+$/.test(base)) return '未命名'
  if (base.length <= 255) return base
  const { name: stem, ext } = path.parse(base)
  const ending = ext.length <= 20 ? ext : ''
  // Half an emoji at the cut would not survive storing.
  return (ending ? stem : base).slice(0, 255 - ending.length).replace(/[\uD800-\uDBFF]$/, '') + ending
}

const fileTooLarge = (field: string, name: string, { label, maxBytes }: UploadField) =>
  tooLarge(field, `${label}“${name}”超过 ${maxBytes / 1024 / 1024}MB`)

/** formidable's own codes: 1009 all files, 1015 number of files, 1016 one file, 1006/1007 fields. */
function translate(error: unknown): unknown {
  if (error instanceof AppError) return error
  const { code, httpCode } = error as { code?: number | string; httpCode?: number }
  if (code === 1009 || code === 1016)
    return new AppError('PAYLOAD_TOO_LARGE', { message: '文件超过大小限制', cause: error })
  if (code === 1015) return new AppError('PAYLOAD_TOO_LARGE', { message: '文件数量超过限制', cause: error })
  if (code === 1006 || code === 1007 || httpCode === 413) return new AppError('PAYLOAD_TOO_LARGE', { cause: error })
  // Numbers are formidable's: broken off, cut short, an unknown encoding. Words are the system's.
  if (typeof code === 'number' || (httpCode && httpCode < 500))
    return new AppError('INVALID_INPUT', { message: '上传内容不完整或格式不正确', cause: error })
  return error
}
