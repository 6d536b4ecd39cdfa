import type { CircuitFacts, CircuitName, ConnectorLog, HttpClient, HttpResponse } from '../kit/http'
import { redactText } from '../kit/redact'
import { UpstreamError } from '../kit/upstream-error'
import { IDENTITY_HEADERS, type NgsHeaders, type NgsOperation, pathOf, POOL_HEADER, UPSTREAM } from './constants'
import { ngsAnswer } from './schema'

export interface NgsIdentity {
  token: string
  ds: string
  epid: string
  staffId: string
  groupId: string
  dbPool: string
}

export interface NgsOptions {
  /** Used where a request brings no identity of its own; the token goes before the white list's headers. */
  config: NgsIdentity
  http: HttpClient
  log: ConnectorLog
}

export interface NgsRequest {
  /** JSON text is sent as it is. */
  body: string | object
  /** The caller's own headers; those of the configuration where it names nobody. */
  headers?: NgsHeaders
  traceId?: string
}

/** The CRM's work orders (ngs-work-orders.md). */
export interface Ngs {
  /**
   * Carries out one operation, once: nothing is repeated.
   * @returns `value` of the answer
   * @throws UpstreamError `unavailable` and `rate-limited` (not executed), `unauthenticated`, `rejected`,
   * `unknown-outcome` (may have been executed)
   */
  execute(operation: NgsOperation, request: NgsRequest): Promise<unknown>
  /** For `/readyz`. */
  state(): { circuit: CircuitName }
  facts(): CircuitFacts
}

export function createNgs({ config, http, log }: NgsOptions): Ngs {
  return {
    async execute(operation, { body, headers = {}, traceId }) {
      const response = await http.request({
        method: 'POST',
        path: pathOf(operation),
        headers: {
          'content-type': 'application/json',
          ...headersOf(config, headers),
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        retry: 'never',
        traceId,
        faultIn,
      })
      assertTaken(response)
      const answer = response.parse(ngsAnswer)
      if (answer.ok) return answer.value
      const { code, message } = answer
      log.warn({ upstream: UPSTREAM, operation, code, message: redactText(message) }, 'ngs refused')
      throw new UpstreamError(UPSTREAM, 'rejected', { detail: { reason: 'code', code } })
    },
    state: () => ({ circuit: http.state() }),
    facts: http.facts,
  }
}

/** Who acts: the request's own identity as a whole, or ours. */
function headersOf(config: NgsIdentity, own: NgsHeaders): NgsHeaders {
  const named = IDENTITY_HEADERS.some((name) => own[name])
  const configured = config.token ? (['token'] as const) : IDENTITY_HEADERS
  const identity = named ? pick(own, IDENTITY_HEADERS) : pick(config, configured)
  const dbPool = own.dbPool || (named ? '' : config.dbPool)
  return dbPool ? { ...identity, [POOL_HEADER]: dbPool } : identity
}

function pick(from: NgsHeaders, names: readonly (typeof IDENTITY_HEADERS)[number][]): NgsHeaders {
  return Object.fromEntries(names.flatMap((name) => (from[name] ? [[name, from[name]]] : [])))
}

/** An answer that says the order was not touched: a login page, a wrong address, a refused request. */
function assertTaken({ status }: HttpResponse): void {
  if (status < 300) return
  const unauthenticated = status < 400 || status === 401 || status === 403
  throw new UpstreamError(UPSTREAM, unauthenticated ? 'unauthenticated' : 'rejected', {
    detail: { reason: 'status', status },
  })
}

/** For the call record: ngs says no with HTTP 200. */
function faultIn(response: HttpResponse): string | null {
  if (response.status >= 300) return `status ${response.status}`
  const answer = response.parse(ngsAnswer)
  return answer.ok ? null : `code ${answer.code}`
}
