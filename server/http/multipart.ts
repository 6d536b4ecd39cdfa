import { Busboy, type BusboyFileStream } from '@fastify/busboy'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import type { IncomingMessage } from 'node:http'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../errors/app-error'

/** A file part as it came, on disk. */
export interface ReceivedFile {
  field: string
  path: string
  name: string
  size: number
  sha256: string
}

export interface MultipartLimits {
  maxFiles: number
  /** The bytes of one file part. @throws AppError PAYLOAD_TOO_LARGE with the first one too many */
  expectRoom(field: string, name: string, size: number): void
}

const MAX_FIELDS = 200
const MAX_FIELDS_BYTES = 1024 * 1024
/** What a part says of itself: name, file name, type; the rest is cut off. */
const MAX_PART_HEADER_BYTES = 16 * 1024

type Fields = Record<string, string | string[]>

/**
 * Reads a multipart body, its files straight to `dir`, and stops with the first fault: the rest of the body is thrown
 * away, for a client that hears the answer only when it has sent everything. Files are in the order in which they came.
 * @throws AppError INVALID_INPUT, PAYLOAD_TOO_LARGE; errors of the disk as they are
 */
export async function readMultipart(
  request: IncomingMessage,
  dir: string,
  limits: MultipartLimits,
): Promise<{ fields: Fields; files: ReceivedFile[] }> {
  const parser = openParser(request, limits)
  const fields = new Map<string, string[]>()
  const streams: BusboyFileStream[] = []
  const files: Promise<ReceivedFile>[] = []
  let fieldBytes = 0
  let isOver = false
  try {
    await new Promise<void>((resolve, reject) => {
      const refuse = () => reject(new AppError('PAYLOAD_TOO_LARGE'))
      parser
        .on('file', (field, stream, name) => {
          stream.on('error', () => {}) // whoever reads it is told, and nobody else is there to hear it
          if (isOver) return void stream.destroy()
          streams.push(stream)
          const to = path.join(dir, String(files.length))
          const file = receive(stream, { field: field ?? '', name: unquoted(name ?? ''), to, limits })
          files.push(file)
          file.catch(reject)
        })
        .on('field', (name, value, _isNameCut, isCut) => {
          fieldBytes += Buffer.byteLength(value)
          if (isCut || fieldBytes > MAX_FIELDS_BYTES) return refuse()
          fields.set(name ?? '', [...(fields.get(name ?? '') ?? []), value])
        })
        .on('partsLimit', refuse)
        .on('fieldsLimit', refuse)
        .on('filesLimit', () => reject(new AppError('PAYLOAD_TOO_LARGE', { message: '文件数量超过限制' })))
        .on('error', reject)
        .on('finish', resolve)
      request.on('error', reject)
      request.on('close', () => request.complete || reject(new Error('the request was broken off')))
      request.pipe(parser)
    })
    const received = await Promise.all(files)
    return {
      fields: Object.fromEntries([...fields].map(([name, all]) => [name, all.length > 1 ? all : all[0]!])),
      files: received,
    }
  } catch (error) {
    throw translate(error)
  } finally {
    isOver = true
    request.unpipe(parser).resume()
    for (const stream of streams) stream.destroy()
    await Promise.allSettled(files)
  }
}

function openParser(request: IncomingMessage, { maxFiles }: MultipartLimits) {
  const limits = {
    fields: MAX_FIELDS,
    fieldSize: MAX_FIELDS_BYTES,
    files: maxFiles,
    parts: MAX_FIELDS + maxFiles + 1,
    headerSize: MAX_PART_HEADER_BYTES,
  }
  try {
    const headers = { ...request.headers, 'content-type': request.headers['content-type'] ?? '' }
    // The file name decides, whatever the content type.
    return new Busboy({ headers, limits, isPartAFile: (_field, _type, name) => name !== undefined })
  } catch (error) {
    throw translate(error)
  }
}

interface Target {
  field: string
  name: string
  to: string
  limits: MultipartLimits
}

async function receive(stream: BusboyFileStream, { field, name, to, limits }: Target): Promise<ReceivedFile> {
  const hash = createHash('sha256')
  let size = 0
  async function* counted(source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      size += chunk.length
      limits.expectRoom(field, name, size)
      hash.update(chunk)
      yield chunk
    }
  }
  await pipeline(stream, counted, fs.createWriteStream(to))
  return { field, path: to, name, size, sha256: hash.digest('hex') }
}

/** Browsers write a quote in a file name so. */
const unquoted = (name: string) => name.replaceAll('%22', '"')

/** The system's errors name the call that failed; the parser's and the stream's are the sender's fault. */
function translate(error: unknown): unknown {
  if (error instanceof AppError || (error as NodeJS.ErrnoException).syscall) return error
  return new AppError('INVALID_INPUT', { message: '上传内容不完整或格式不正确', cause: error })
}
