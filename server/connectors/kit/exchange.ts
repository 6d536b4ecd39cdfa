import type { Dispatcher } from 'undici'
import type { HttpRequest, HttpResponse } from './message'

interface Exchange {
  url: URL
  request: HttpRequest
  timeoutMs: number
  maxResponseBytes: number
}

export type RawAnswer = Pick<HttpResponse, 'status' | 'headers' | 'bytes'>

/** Why no complete answer came; `written` says whether the upstream may have seen the request. */
export class ExchangeFault extends Error {
  readonly reason: 'timeout' | 'too-large' | 'network'
  readonly written: boolean

  constructor(reason: ExchangeFault['reason'], written: boolean, cause?: unknown) {
    super(cause instanceof Error ? cause.message : reason, { cause })
    this.reason = reason
    this.written = written
  }
}

/** @throws TypeError where the path has no leading slash */
export function urlOf(baseUrl: string, { path, query = {} }: HttpRequest): URL {
  // Without the slash a path such as `@host` would change the host.
  if (!path.startsWith('/')) throw new TypeError(`path must start with a slash: ${path}`)
  const url = new URL(baseUrl.replace(/\/+$/, '') + path)
  for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, String(value))
  return url
}

function bodyOf({ json, form, body }: HttpRequest): { type?: string; content: string | Uint8Array | null } {
  if (json !== undefined) return { type: 'application/json', content: JSON.stringify(json) }
  if (form) return { type: 'application/x-www-form-urlencoded', content: new URLSearchParams(form).toString() }
  return { content: body ?? null }
}

/** One HTTP exchange; rejects with an `ExchangeFault` only. */
export function exchange(
  dispatcher: Dispatcher,
  { url, request, timeoutMs, maxResponseBytes }: Exchange,
): Promise<RawAnswer> {
  const { type, content } = bodyOf(request)
  const { traceId } = request
  const headers = {
    ...(type ? { 'content-type': type } : {}),
    ...(traceId ? { 'x-trace-id': traceId } : {}),
    ...request.headers,
  }
  return new Promise((resolve, reject) => {
    const raw: Omit<RawAnswer, 'bytes'> = { status: 0, headers: {} }
    const chunks: Buffer[] = []
    let size = 0
    let fault: ExchangeFault | null = null
    let running: Dispatcher.DispatchController | null = null
    const fail = (reason: ExchangeFault['reason'], cause?: unknown) => {
      clearTimeout(timer)
      fault ??= new ExchangeFault(reason, running !== null, cause)
      running?.abort(fault)
      reject(fault)
    }
    const timer = setTimeout(() => fail('timeout'), timeoutMs)
    const target = { origin: url.origin, path: url.pathname + url.search, method: request.method }
    const limits = { headersTimeout: 0, bodyTimeout: 0 }
    dispatcher.dispatch(
      { ...target, ...limits, headers, body: content },
      {
        // A connection is ready and nothing is written yet: a call that timed out while waiting must not go out now.
        onRequestStart: (controller) => {
          if (fault) controller.abort(fault)
          else running = controller
        },
        onResponseStart: (_controller, status, received) => {
          Object.assign(raw, { status, headers: received })
        },
        onResponseData: (_controller, chunk) => {
          size += chunk.length
          if (size > maxResponseBytes) fail('too-large')
          else chunks.push(chunk)
        },
        onResponseEnd: () => {
          clearTimeout(timer)
          resolve({ ...raw, bytes: Buffer.concat(chunks) })
        },
        onResponseError: (_controller, error) => fail('network', error),
      },
    )
  })
}
