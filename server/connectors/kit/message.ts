import type { ZodType } from 'zod'

/** The part of a pino logger connectors use. */
export interface ConnectorLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
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
  /** Sent along as `x-trace-id`; the id of the request or job this runs for unless given. */
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
