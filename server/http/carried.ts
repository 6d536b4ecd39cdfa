import path from 'node:path'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs/promises'
import type { Context } from 'koa'
import { AppError, invalidField } from '../errors/app-error'
import { expandFields, numbersFromText } from './expand-fields'
import { checkedUpload, cleanName, type Upload, type UploadSpec } from './uploads'

/** A request that came inside another one, which has been read and checked already. */
export interface Carried {
  openid: string
  address?: string
  data: unknown
  file: CarriedFile | null
}

export interface CarriedFile {
  name: string
  /** Writes it to a local path. @throws AppError PAYLOAD_TOO_LARGE beyond `maxBytes` */
  save(to: string, maxBytes: number): Promise<{ size: number; sha256: string }>
  /** Where it came from needs it no longer. */
  discard(): Promise<void>
}

export const carriedOf = (ctx: Context): Carried | undefined => ctx.state.carried

interface CarriedSpec {
  fields: UploadSpec
  only?: boolean
  lists?: readonly string[]
  numbers?: readonly string[]
}

/** Body and file of a carried request, as `readBody` gives those of its own. */
export async function readCarried(carried: Carried, upload: CarriedSpec | undefined, incomingDir: string) {
  const { data, file } = carried
  assertFits(carried, upload)
  const body = upload && isRecord(data) ? expandFields(data, upload.lists) : (data ?? {})
  if (!file || !upload) return { body, uploads: [], discard: async () => {} }
  numbersFromText(body as Record<string, unknown>, upload.numbers ?? [])
  const dir = path.join(incomingDir, randomUUID())
  await fs.mkdir(dir, { recursive: true })
  const discard = async () => {
    await fs.rm(dir, { recursive: true, force: true })
    await file.discard()
  }
  try {
    return { body, uploads: [await receive(file, upload.fields, dir)], discard }
  } catch (error) {
    await discard()
    throw error
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function assertFits({ data, file }: Carried, upload: CarriedSpec | undefined): void {
  if (file && !upload) throw new AppError('UNSUPPORTED_MEDIA')
  if (!file && upload?.only) throw new AppError('UNSUPPORTED_MEDIA', { message: '请附上文件' })
  if (file && data !== undefined && !isRecord(data)) throw invalidField('data', '必须是对象')
}

/** Counts as the first file field of the route. */
async function receive(file: CarriedFile, spec: UploadSpec, dir: string): Promise<Upload> {
  const [field, limit] = Object.entries(spec)[0]!
  const local = path.join(dir, 'file')
  const { size, sha256 } = await file.save(local, limit.maxBytes)
  return checkedUpload({ field, path: local, name: cleanName(file.name), size, sha256 }, limit)
}
