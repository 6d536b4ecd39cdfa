import type { FieldError } from '@shared/errors'

/** What the server, or the way to it, refused; `message` is a sentence for the person in front of the page. */
export class ApiError extends Error {
  override name = 'ApiError'
  constructor(
    message: string,
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    readonly details: { reasonCode?: string; errors?: FieldError[] } & Record<string, unknown> = {},
    readonly traceId = '',
  ) {
    super(message)
  }

  /** Whether the same request may succeed later without anybody changing it. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

const NO_ANSWER = '网络连接失败，请检查网络后重试'
const NOT_UNDERSTOOD = '服务器没有给出可以识别的答复，请稍后再试'

export type Params = Record<string, string | number | boolean | null | undefined>

/** The address with those parameters that have a value. */
export function addressOf(path: string, params: Params = {}): string {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return query ? `${path}?${query}` : path
}

/** The four envelopes of the server (server/http/envelopes.ts), in one. */
interface Answer {
  code?: number | string
  ok?: boolean
  message?: string
  msg?: string
  data?: unknown
  value?: unknown
}

function unwrap(answer: Answer): unknown {
  if ('ok' in answer) return answer
  return 'value' in answer ? answer.value : answer.data
}

/** One field is named by the server's sentence; of several, every sentence is worth reading. */
function sentenceOf(answer: Answer): string {
  const { errors } = (answer.data ?? {}) as { errors?: FieldError[] }
  const sentences = [...new Set((errors ?? []).map(({ message }) => message))]
  return sentences.length > 1 ? sentences.join('；') : (answer.message ?? answer.msg ?? NOT_UNDERSTOOD)
}

interface Request {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  body?: unknown
  idempotencyKey?: string
  signal?: AbortSignal
}

function headersOf({ method, body, idempotencyKey }: Request): Record<string, string> {
  return {
    accept: 'application/json',
    // The cookie alone does not write (server/http/authenticate.ts).
    ...(method === 'GET' ? {} : { 'x-csrf-token': '1' }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
  }
}

/** A server that takes a request and never answers must not hold the page; a write may log in to a slow site first. */
const READ_MS = 30_000
const WRITE_MS = 120_000

/** Ends with `signal`, and by itself after so many ms. */
function impatient(ms: number, signal?: AbortSignal) {
  const controller = new AbortController()
  const abort = () => controller.abort()
  const timer = setTimeout(abort, ms)
  signal?.addEventListener('abort', abort)
  if (signal?.aborted) abort()
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    },
  }
}

/** The answer is null where the body is not JSON. */
async function fetchAnswer(path: string, init: RequestInit): Promise<{ response: Response; answer: Answer | null }> {
  const response = await fetch(path, init)
  const answer = (await response.json().catch((error: unknown) => {
    if (init.signal?.aborted) throw error
    return null
  })) as Answer | null
  return { response, answer }
}

/** Sends one request with the login cookie. @throws ApiError */
export async function request<T>(
  path: string,
  { method = 'GET', body, idempotencyKey, signal }: Request = {},
): Promise<T> {
  const headers = headersOf({ method, body, idempotencyKey })
  const patience = impatient(method === 'GET' ? READ_MS : WRITE_MS, signal)
  const { response, answer } = await fetchAnswer(path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: patience.signal,
  })
    .catch((error: unknown) => {
      if (signal?.aborted) throw error
      throw new ApiError(NO_ANSWER, 0)
    })
    .finally(patience.end)
  if (!answer) throw new ApiError(NOT_UNDERSTOOD, response.ok ? 0 : response.status)
  if (response.ok) return unwrap(answer) as T
  const details = (answer.data ?? {}) as ApiError['details']
  throw new ApiError(sentenceOf(answer), response.status, details, response.headers.get('x-trace-id') ?? '')
}
