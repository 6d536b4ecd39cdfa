import { setTimeout as wait } from 'node:timers/promises'
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen, isBrokenCircuitError } from 'cockatiel'
import { Agent, type Dispatcher } from 'undici'
import type { ZodType } from 'zod'
import { traceOf } from '../../trace'
import { type HttpCall, report } from './call-record'
import { exchange, ExchangeFault, type RawAnswer, urlOf } from './exchange'
import type { ConnectorLog, HttpRequest, HttpResponse } from './message'
import { UpstreamError } from './upstream-error'

export type { HttpCall } from './call-record'
export type { ConnectorLog, HttpRequest, HttpResponse } from './message'

const DEFAULT_TIMEOUT_MS = 10_000
const DEFAULT_MAX_RESPONSE_BYTES = 2 * 1024 * 1024
const MAX_ATTEMPTS = 3
const FIRST_RETRY_MS = 200
const FAILURES_TO_OPEN = 5
const HALF_OPEN_AFTER_MS = 5_000

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

export type CircuitName = 'closed' | 'open' | 'half-open'

/** How an upstream has been lately, as far as this process has seen. */
export interface CircuitFacts {
  circuit: CircuitName
  /** When the circuit became what it is; null: it never changed. */
  since: Date | null
  /** Of the newest call, where that one found nobody: why, as a stable word. */
  lastError: string | null
}

export interface HttpClient {
  /**
   * Redirects are returned as they are.
   * @throws UpstreamError `rate-limited` (429), `unavailable`, `unknown-outcome` or `bad-response` (answer too large)
   */
  request(request: HttpRequest): Promise<HttpResponse>
  /** For `/readyz`. */
  state(): CircuitName
  /** For the session board. */
  facts(): CircuitFacts
  /** Breaks off what is under way and frees the sockets. */
  close(): Promise<void>
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
  let since: Date | null = null
  let lastError: string | null = null
  circuit.onStateChange((state) => {
    since = new Date(clock())
    log?.warn({ upstream, circuit: circuitName(state) }, 'circuit changed')
  })

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
    lastError = isOutage(error) ? (error!.detail.reason ?? error!.kind) : null
    if (error) throw error
    return outcome as HttpResponse
  }

  async function send(given: HttpRequest): Promise<HttpResponse> {
    const request = { ...given, traceId: given.traceId ?? traceOf() }
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
    facts: () => ({ circuit: circuitName(circuit.state), since, lastError }),
    close: async () => {
      if (!options.fetcherDispatcher) await dispatcher.destroy()
    },
  }
}

/** Exponential with jitter: about 0.2 s, then 0.4 s. */
function retryPauseMs(tried: number): number {
  return Math.round(FIRST_RETRY_MS * 2 ** (tried - 1) * (0.5 + Math.random()))
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
