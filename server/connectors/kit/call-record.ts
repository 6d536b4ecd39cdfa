import { ExchangeFault } from './exchange'
import type { ConnectorLog, HttpRequest, HttpResponse } from './message'
import { redactAnswer, redactRequest } from './redact'
import { UpstreamError } from './upstream-error'

const NO_ANSWER = { responseBody: null, binary: null }

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

interface Attempt {
  outcome: HttpResponse | ExchangeFault
  error: UpstreamError | null
  ms: number
}

interface Recorder {
  upstream: string
  onCall?: (call: HttpCall) => void
  log?: ConnectorLog
}

/** Hands an attempt over to the call record. */
export function report(
  { upstream, onCall, log }: Recorder,
  request: HttpRequest,
  { outcome, error, ms }: Attempt,
): void {
  if (!onCall) return
  try {
    const response = outcome instanceof ExchangeFault ? null : outcome
    const [endpoint, query] = taken(request)
    const fault = error ? describe(error) : faultOf(request, response)
    onCall({
      upstream,
      endpoint,
      method: request.method,
      status: response?.status ?? null,
      ms,
      success: fault === null,
      error: fault,
      traceId: request.traceId ?? null,
      requestBody: redactRequest({ ...request, query }),
      ...(response ? redactAnswer(response.bytes, String(response.headers['content-type'] ?? '')) : NO_ANSWER),
    })
  } catch (cause) {
    log?.error({ upstream, err: cause }, 'call record failed')
  }
}

/** A path may bring a query of its own, a redirect's for example; it is masked like any other. */
function taken({ path, query }: HttpRequest): [endpoint: string, query: HttpRequest['query']] {
  const at = path.indexOf('?')
  if (at < 0) return [path, query]
  return [path.slice(0, at), { ...Object.fromEntries(new URLSearchParams(path.slice(at))), ...query }]
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
