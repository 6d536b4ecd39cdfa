import { randomUUID } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { Context } from 'koa'
import { koaBody } from 'koa-body'
import { AppError, invalidField, tooLarge } from '../errors/app-error'
import { type MultipartLimits, readMultipart, type ReceivedFile } from './multipart'

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
    const { fields, files } = await readMultipart(ctx.req, dir, limitsOf(spec))
    return { fields, uploads: toUploads(files, spec), discard }
  } catch (error) {
    await discard()
    throw error
  }
}

/** Ends the reading with the first byte too many instead of filling the disk first. */
function limitsOf(spec: UploadSpec): MultipartLimits {
  const limits = Object.values(spec)
  const largest = limits.toSorted((one, other) => other.maxBytes - one.maxBytes)[0]!
  return {
    maxFiles: limits.reduce((sum, field) => sum + field.maxFiles, 1), // one over is read and then refused by name below
    expectRoom: (rawField, name, size) => {
      const field = fieldOf(rawField)
      const limit = limitOf(spec, field) ?? largest // an unknown field is refused by name below
      if (size > limit.maxBytes) throw fileTooLarge(field, cleanName(name), limit)
    },
  }
}

const fieldOf = (name: string) => name.replace(/\[\d*\]$/, '')
const limitOf = (spec: UploadSpec, field: string) => (Object.hasOwn(spec, field) ? spec[field] : undefined)

function toUploads(files: ReceivedFile[], spec: UploadSpec): Upload[] {
  const uploads = files
    // A file part without name and content is a form's empty file input.
    .filter(({ name, size }) => name || size > 0)
    .map((file) => toUpload(file, spec))
  for (const [field, { maxFiles, label }] of Object.entries(spec))
    if (uploads.filter((upload) => upload.field === field).length > maxFiles)
      throw tooLarge(field, `${label}最多 ${maxFiles} 个`)
  return uploads
}

function toUpload({ field: rawField, name, ...rest }: ReceivedFile, spec: UploadSpec): Upload {
  const field = fieldOf(rawField)
  const limit = limitOf(spec, field)
  if (!limit) throw invalidField(rawField, '不支持的文件字段')
  return checkedUpload({ ...rest, field, name: cleanName(name) }, limit)
}

/** @throws AppError when it is empty or too large */
export function checkedUpload(upload: Upload, limit: UploadField): Upload {
  const { field, name, size } = upload
  if (size === 0) throw invalidField(field, `${limit.label}“${name}”是空文件`)
  if (size > limit.maxBytes) throw fileTooLarge(field, name, limit)
  return upload
}

/** The name is kept for people: no folders, no control characters, at most 255 units with its ending. */
export function cleanName(name: string): string {
  const base = name
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
