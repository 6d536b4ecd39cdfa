import { createHash } from 'node:crypto'
import fs from 'node:fs'
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import tcb from '@cloudbase/node-sdk'
import type { HttpCall } from '../kit/http'
import { UpstreamError } from '../kit/upstream-error'
import { kindOf, NOT_FOUND, UPSTREAM } from './constants'

const TIMEOUT_MS = 15_000
/** For the largest file on a slow line. */
const UPLOAD_TIMEOUT_MS = 60_000
const URL_LIFETIME_SECONDS = 600
const URL_KEPT_MS = 300_000
const MAX_URLS = 1_000

export interface CloudbaseOptions {
  config: { env: string; secretId: string; secretKey: string; serviceUrl: string }
  /** Told of every call. */
  onCall?: (call: HttpCall) => void
  /** Epoch milliseconds. */
  clock?: () => number
}

export interface ByteRange {
  start: number
  /** Inclusive. */
  end: number
}

/**
 * Cloud storage of one CloudBase environment. Every function throws only `UpstreamError`; a file that is not there, or
 * lies in another environment, is `rejected` with reason `not-found`.
 */
export interface Cloudbase {
  /** Writes `content` to `path`. @returns its fileID */
  put(path: string, content: Buffer | fs.ReadStream): Promise<string>
  /** The fileID that a path has or would have. */
  idOf(path: string): Promise<string>
  open(fileID: string, range?: ByteRange): Promise<Readable>
  /** @throws `rejected` with reason `too-large` */
  read(fileID: string, maxBytes: number): Promise<Buffer>
  /** Writes a file to a local path. @throws `rejected` with reason `too-large` */
  save(fileID: string, to: string, maxBytes: number): Promise<{ size: number; sha256: string }>
  /** A file that is not there counts as removed. */
  remove(fileID: string): Promise<void>
  /** Throws when storage cannot be reached. */
  check(): Promise<void>
}

/** The SDK's own HTTP, which its types leave out. */
interface SdkRequest {
  request(
    options: Record<string, unknown>,
    extra: object,
  ): Promise<{ statusCode: number; headers: IncomingMessage['headers']; body: IncomingMessage }>
}

/** Spec: @cloudbase/node-sdk 3.18, `dist/storage`; contents come from the address that `getTempFileURL` gives, never another. */
export function createCloudbase({ config, onCall, clock = Date.now }: CloudbaseOptions): Cloudbase {
  const { env, secretId, secretKey, serviceUrl } = config
  const app = tcb.init({ env, secretId, secretKey, timeout: TIMEOUT_MS, ...(serviceUrl ? { serviceUrl } : {}) })
  const sdk = tcb as unknown as SdkRequest
  const isOurs = (fileID: string) => fileID.startsWith(`cloud://${env}.`)
  const call = <T>(operation: string, work: () => Promise<T>) => recorded({ operation, onCall, clock }, work)
  const urls = createUrls(clock, async (fileID) => {
    const list = [{ fileID, maxAge: URL_LIFETIME_SECONDS }]
    const { fileList } = await call('getTempFileURL', () => app.getTempFileURL({ fileList: list }))
    return fileList[0]
  })

  async function open(fileID: string, range?: ByteRange): Promise<IncomingMessage> {
    if (!isOurs(fileID)) throw notFound()
    const url = await urls.get(fileID)
    return call('downloadFile', async () => {
      const headers = range ? { range: `bytes=${range.start}-${range.end}` } : {}
      const options = { method: 'get', url, headers, type: 'rawStream', timeout: TIMEOUT_MS }
      const { statusCode, body } = await sdk.request(options, {})
      if (statusCode === (range ? 206 : 200)) {
        body.setTimeout(TIMEOUT_MS, () => body.destroy(new Error('storage stopped sending')))
        return body
      }
      body.resume()
      urls.forget(fileID)
      if (statusCode === 404) throw notFound()
      throw new UpstreamError(UPSTREAM, statusCode < 500 ? 'bad-response' : 'unavailable', {
        detail: { reason: 'status', status: statusCode },
      })
    })
  }

  return {
    put: (path, content) =>
      call('uploadFile', async () => {
        const { fileID } = await inTime(app.uploadFile({ cloudPath: path, fileContent: content }), UPLOAD_TIMEOUT_MS)
        urls.forget(fileID)
        return fileID
      }),
    idOf: (path) =>
      call('getUploadMetadata', async () => (await app.getUploadMetadata({ cloudPath: path })).data.fileId),
    open,
    ...readersOf(open),
    remove: async (fileID) => {
      if (!isOurs(fileID)) return
      await call('deleteFile', async () => {
        urls.forget(fileID)
        const { fileList } = await app.deleteFile({ fileList: [fileID] })
        const code = fileList[0]?.code ?? ''
        if (code !== 'SUCCESS' && !NOT_FOUND.has(code))
          throw new UpstreamError(UPSTREAM, 'rejected', { detail: { reason: 'not-removed', code } })
      })
    },
    check: () => call('getUploadMetadata', async () => void (await app.getUploadMetadata({ cloudPath: 'check' }))),
  }
}

type FoundUrl = { code: string; tempFileURL: string } | undefined

/** Temporary addresses, asked for again some time before they end. */
function createUrls(clock: () => number, ask: (fileID: string) => Promise<FoundUrl>) {
  const known = new Map<string, { url: string; until: number }>()
  return {
    async get(fileID: string): Promise<string> {
      const kept = known.get(fileID)
      if (kept && kept.until > clock()) return kept.url
      const found = await ask(fileID)
      if (found?.code !== 'SUCCESS' || !/^https?:\/\//.test(found.tempFileURL)) throw notFound(found?.code)
      if (known.size >= MAX_URLS) known.clear()
      known.set(fileID, { url: found.tempFileURL, until: clock() + URL_KEPT_MS })
      return found.tempFileURL
    },
    forget: (fileID: string) => known.delete(fileID),
  }
}

/** Whole contents, never more than asked for. */
function readersOf(open: (fileID: string) => Promise<Readable>): Pick<Cloudbase, 'read' | 'save'> {
  async function* limited(fileID: string, maxBytes: number): AsyncGenerator<Buffer> {
    let size = 0
    try {
      for await (const chunk of await open(fileID)) {
        size += (chunk as Buffer).length
        if (size > maxBytes) throw new UpstreamError(UPSTREAM, 'rejected', { detail: { reason: 'too-large' } })
        yield chunk as Buffer
      }
    } catch (error) {
      throw translate(error)
    }
  }

  return {
    read: async (fileID, maxBytes) => {
      const chunks: Buffer[] = []
      for await (const chunk of limited(fileID, maxBytes)) chunks.push(chunk)
      return Buffer.concat(chunks)
    },
    save: async (fileID, to, maxBytes) => {
      const hash = createHash('sha256')
      let size = 0
      const counted = async function* () {
        for await (const chunk of limited(fileID, maxBytes)) {
          hash.update(chunk)
          size += chunk.length
          yield chunk
        }
      }
      await pipeline(counted, fs.createWriteStream(to))
      return { size, sha256: hash.digest('hex') }
    },
  }
}

const notFound = (code?: string) =>
  new UpstreamError(UPSTREAM, 'rejected', { detail: { reason: 'not-found', ...(code ? { code } : {}) } })

/** What the SDK throws has a `code` of its own words. */
function translate(error: unknown): UpstreamError {
  if (error instanceof UpstreamError) return error
  const code = String((error as { code?: unknown }).code ?? '')
  if (NOT_FOUND.has(code)) return notFound(code)
  return new UpstreamError(UPSTREAM, kindOf(code), { cause: error, detail: { reason: 'sdk', code } })
}

interface Recording {
  operation: string
  onCall?: (call: HttpCall) => void
  clock: () => number
}

async function recorded<T>({ operation, onCall, clock }: Recording, work: () => Promise<T>): Promise<T> {
  const startedAt = clock()
  const note = (fault: UpstreamError | null) =>
    onCall?.({
      upstream: UPSTREAM,
      endpoint: operation,
      method: 'POST',
      status: fault ? (fault.detail.status ?? null) : 200,
      ms: clock() - startedAt,
      success: fault === null,
      error: fault ? `${fault.message}${fault.detail.code ? `: ${String(fault.detail.code)}` : ''}` : null,
      traceId: null,
      requestBody: null,
      responseBody: null,
      binary: null,
    })
  try {
    const result = await work()
    note(null)
    return result
  } catch (error) {
    const fault = translate(error)
    note(fault)
    throw fault
  }
}

/** The SDK's upload waits for its storage without end. */
async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
