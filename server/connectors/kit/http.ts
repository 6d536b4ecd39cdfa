import { setTimeout as wait } from 'node:timers/promises'
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen, isBrokenCircuitError } from 'cockatiel'
import { Agent, type Dispatcher } from 'undici'
import type { ZodType } from 'zod'
import { redactAnswer, redactRequest } from './redact'
import { UpstreamError } from './upstream-error'

const DEFAULT_TIMEOUT_MS = 10_000
const DEFAULT_MAX_RESPONSE_BYTES = 2 * 1024 * 1024
const MAX_ATTEMPTS = 3
const FIRST_RETRY_MS = 200
const FAILURES_TO_OPEN = 5
const HALF_OPEN_AFTER_MS = 5_000
const NO_ANSWER = { responseBody: null, binary: null }

/** The part of a pino logger connectors use. */
export interface ConnectorLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

/** One attempt as `external_api_log` keeps it; secrets are already masked. */
export interface HttpCall {
  upstream: string
  /** Path without the query. */
  endpoint: string
  method: string
  status: number | null
  ms: number
  success: boolean
  error: string | null
  /** `{ query?, body? }`, or null where the request had neither. */
  requestBody: unknown
  /** Parsed JSON or text; null where there was no answer or it was binary. */
  responseBody: unknown
  /** The answer itself where it was not text, for example a captcha image. */
  binary: Buffer | null
  traceId: string | null
}

export interface HttpClientOptions {
  upstream: string
  /** Origin and optional path prefix, for example `http://ngs.internal`. */
  baseUrl: string
  /** For a whole request, its retries included; 10 s. */
  timeoutMs?: number
  /** 2 MiB. */
  maxResponseBytes?: number
  log?: ConnectorLog
  /** An undici dispatcher of the caller's own (proxy, private CA); the caller closes it. */
  fetcherDispatcher?: Dispatcher
  /** Told of every attempt that went out; must not throw. */
  onCall?: (call: HttpCall) => void
  /** Epoch milliseconds. */
  clock?: () => number
  sleep?: (ms: number) => Promise<unknown>
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD'
  /** Starts with `/`; appended to the base URL. */
  path: string
  query?: Record<string, string | number | boolean | undefined>
  headers?: Record<string, string>
  /** At most one of json, form and body. */
  json?: unknown
  form?: Record<string, string>
  body?: string | Uint8Array
  /** `safe`: repeating it changes nothing at the upstream. `never`: a lost answer is an unknown outcome. */
  retry: 'safe' | 'never'
  timeoutMs?: number
  traceId?: string
  /** Statuses handed back rather than thrown; by default all below 500 but 429. */
  isAnswer?: (status: number) => boolean
  /** For upstreams that report errors with HTTP 200: what the call record says went wrong, or null. */
  faultIn?: (response: HttpResponse) => string | null
}

export interface HttpResponse {
  status: number
  headers: Record<string, string | string[] | undefined>
  bytes: Buffer
  text(): string
  /** @throws UpstreamError where the answer is not JSON: `bad-response`, or `unknown-outcome` after a write. */
  json(): unknown
  /** @throws UpstreamError as `json()`, also where the JSON does not fit. */
  parse<T>(schema: ZodType<T>): T
}

export type CircuitName = 'closed' | 'open' | 'half-open'

export interface HttpClient {
  /**
   * Redirects are returned as they are.
   * @throws UpstreamError `rate-limited` (429), `unavailable`, `unknown-outcome` or `bad-response` (answer too large)
   */
  request(request: HttpRequest): Promise<HttpResponse>
  /** For `/readyz`. */
  state(): CircuitName
  /** Breaks off what is under way and frees the sockets. */
  close(): Promise<void>
}

interface Exchange {
  url: URL
  request: HttpRequest
  timeoutMs: number
  maxResponseBytes: number
}

type RawAnswer = Pick<HttpResponse, 'status' | 'headers' | 'bytes'>

/** Why no complete answer came; `written` says whether the upstream may have seen the request. */
class ExchangeFault extends Error {
  readonly reason: 'timeout' | 'too-large' | 'network'
  readonly written: boolean

  constructor(reason: ExchangeFault['reason'], written: boolean, cause?: unknown) {
    super(cause instanceof Error ? cause.message : reason, { cause })
    this.reason = reason
    this.written = written
  }
}

/** The only place outgoing HTTP comes from: one client per upstream, with its own circuit. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { upstream, log, clock = Date.now, sleep = wait, timeoutMs = DEFAULT_TIMEOUT_MS } = options
  const dispatcher = options.fetcherDispatcher ?? new Agent()
  const maxResponseBytes = options.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES
  const circuit = circuitBreaker(handleWhen(isOutage), {
    halfOpenAfter: HALF_OPEN_AFTER_MS,
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
  })
  circuit.onStateChange((state) => log?.warn({ upstream, circuit: circuitName(state) }, 'circuit changed'))

  async function attempt(request: HttpRequest, remainingMs: number): Promise<HttpResponse> {
    const startedAt = clock()
    const url = urlOf(options.baseUrl, request)
    const outcome = await exchange(dispatcher, { url, request, timeoutMs: remainingMs, maxResponseBytes }).then(
      (raw) => answer(upstream, request, raw),
      (fault: ExchangeFault) => fault,
    )
    const error =
      outcome instanceof ExchangeFault
        ? faultError(upstream, request, outcome)
        : statusError(upstream, request, outcome)
    report(options, request, { outcome, error, ms: clock() - startedAt })
    if (error) throw error
    return outcome as HttpResponse
  }

  async function send(request: HttpRequest): Promise<HttpResponse> {
    const startedAt = clock()
    const budgetMs = request.timeoutMs ?? timeoutMs
    const attempts = request.retry === 'safe' ? MAX_ATTEMPTS : 1
    for (let tried = 1; ; tried += 1) {
      try {
        return await circuit.execute(() => attempt(request, Math.max(1, budgetMs - (clock() - startedAt))))
      } catch (error) {
        const pauseMs = retryPauseMs(tried)
        if (isBrokenCircuitError(error)) throw circuitOpen(upstream, error)
        const inTime = clock() - startedAt + pauseMs < budgetMs
        if (!isOutage(error) || tried >= attempts || !inTime || circuit.state !== CircuitState.Closed) throw error
        await sleep(pauseMs)
      }
    }
  }

  return {
    request: send,
    state: () => circuitName(circuit.state),
    close: async () => {
      if (!options.fetcherDispatcher) await dispatcher.destroy()
    },
  }
}

/** Exponential with jitter: about 0.2 s, then 0.4 s. */
function retryPauseMs(tried: number): number {
  return Math.round(FIRST_RETRY_MS * 2 ** (tried - 1) * (0.5 + Math.random()))
}

function urlOf(baseUrl: string, { path, query = {} }: HttpRequest): URL {
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
function exchange(dispatcher: Dispatcher, { url, request, timeoutMs, maxResponseBytes }: Exchange): Promise<RawAnswer> {
  const { type, content } = bodyOf(request)
  const headers = { ...(type ? { 'content-type': type } : {}), ...request.headers }
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

function answer(upstream: string, request: HttpRequest, raw: RawAnswer): HttpResponse {
  const text = () => raw.bytes.toString('utf8')
  const json = () => {
    try {
      return JSON.parse(text()) as unknown
    } catch (cause) {
      throw unreadable(upstream, request, { reason: 'not-json', status: raw.status, cause })
    }
  }
  const parse = <T>(schema: ZodType<T>): T => {
    const parsed = schema.safeParse(json())
    if (parsed.success) return parsed.data
    throw unreadable(upstream, request, { reason: 'unexpected-shape', status: raw.status, cause: parsed.error })
  }
  return { ...raw, text, json, parse }
}

interface Unreadable {
  reason: string
  status?: number
  cause: unknown
}

/** A write whose answer makes no sense may have been executed all the same. */
function unreadable(upstream: string, { retry }: HttpRequest, { cause, ...detail }: Unreadable): UpstreamError {
  const refused = detail.status !== undefined && detail.status >= 400
  return new UpstreamError(upstream, retry === 'never' && !refused ? 'unknown-outcome' : 'bad-response', {
    cause,
    detail,
  })
}

function faultError(upstream: string, request: HttpRequest, fault: ExchangeFault): UpstreamError {
  if (fault.reason === 'too-large') return unreadable(upstream, request, { reason: fault.reason, cause: fault })
  const kind = fault.written && request.retry === 'never' ? 'unknown-outcome' : 'unavailable'
  const code = (fault.cause as NodeJS.ErrnoException | undefined)?.code
  return new UpstreamError(upstream, kind, {
    cause: fault,
    detail: { reason: fault.reason, ...(code ? { code } : {}) },
  })
}

function statusError(upstream: string, request: HttpRequest, { status }: HttpResponse): UpstreamError | null {
  const isAnswer = request.isAnswer ?? ((received: number) => received < 500 && received !== 429)
  if (isAnswer(status)) return null
  const detail = { reason: 'status', status }
  if (status === 429) return new UpstreamError(upstream, 'rate-limited', { detail })
  // Gateways say these three when nothing was executed.
  const untouched = [502, 503, 504].includes(status) || request.retry === 'safe'
  return new UpstreamError(upstream, untouched ? 'unavailable' : 'unknown-outcome', { detail })
}

function circuitOpen(upstream: string, cause: unknown): UpstreamError {
  return new UpstreamError(upstream, 'unavailable', { cause, detail: { reason: 'circuit-open' } })
}

/** What a repeat may cure and the circuit counts: a lost or failing upstream, not an answer we cannot read. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof UpstreamError)) return false
  const { kind, detail } = error
  return kind === 'unavailable' || (kind === 'unknown-outcome' && detail.reason !== 'too-large')
}

function circuitName(state: CircuitState): CircuitName {
  if (state === CircuitState.Closed) return 'closed'
  return state === CircuitState.HalfOpen ? 'half-open' : 'open'
}

interface Attempt {
  outcome: HttpResponse | ExchangeFault
  error: UpstreamError | null
  ms: number
}

function report(
  { upstream, onCall, log }: HttpClientOptions,
  request: HttpRequest,
  { outcome, error, ms }: Attempt,
): void {
  if (!onCall) return
  try {
    const response = outcome instanceof ExchangeFault ? null : outcome
    const fault = error ? describe(error) : faultOf(request, response)
    onCall({
      upstream,
      endpoint: request.path,
      method: request.method,
      status: response?.status ?? null,
      ms,
      success: fault === null,
      error: fault,
      traceId: request.traceId ?? null,
      requestBody: redactRequest(request),
      ...(response ? redactAnswer(response.bytes, String(response.headers['content-type'] ?? '')) : NO_ANSWER),
    })
  } catch (cause) {
    log?.error({ upstream, err: cause }, 'call record failed')
  }
}

function faultOf({ faultIn }: HttpRequest, response: HttpResponse | null): string | null {
  try {
    return (response && faultIn?.(response)) ?? null
  } catch (error) {
    return error instanceof UpstreamError ? describe(error) : String(error)
  }
}

function describe(error: UpstreamError): string {
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
