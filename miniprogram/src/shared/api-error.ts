import { ERROR_TEXT, type ErrorCode, type FieldError } from '@shared/errors'

/**
 * What went wrong, from the caller's point of view.
 * `network` and `timeout` never reached a decision; `consent` and `unsupported` never left the phone.
 */
export type ErrorKind =
  | 'network'
  | 'timeout'
  | 'consent'
  | 'cancelled'
  | 'unsupported'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'rejected'
  | 'rate-limited'
  | 'server'
  | 'bad-response'

export interface ApiErrorFacts {
  kind: ErrorKind
  /** Our error code, where the answer lets us know it. */
  code?: ErrorCode
  /** HTTP status; 0 when there was no answer. */
  status?: number
  /** The server's own sentence, fit to show when it is Chinese. */
  serverMessage?: string
  /** Why a check-in was refused, or the name of our error code. */
  reasonCode?: string
  fields?: FieldError[]
  traceId?: string
  retryAfterSeconds?: number
  /** `data` of the refusal: a rejected check-in carries its decision here. */
  data?: unknown
}

/** What stands before the server says so when it does not answer. */
const GATEWAY = [502, 503, 504]

/** The one error every service function throws. */
export class ApiError extends Error {
  readonly kind: ErrorKind
  readonly code?: ErrorCode
  readonly status: number
  readonly serverMessage: string
  readonly reasonCode?: string
  readonly fields: FieldError[]
  readonly traceId?: string
  readonly retryAfterSeconds?: number
  readonly data?: unknown

  constructor(facts: ApiErrorFacts) {
    super(facts.serverMessage || facts.code || facts.kind)
    this.name = 'ApiError'
    this.kind = facts.kind
    this.code = facts.code
    this.status = facts.status ?? 0
    this.serverMessage = facts.serverMessage ?? ''
    this.reasonCode = facts.reasonCode
    this.fields = facts.fields ?? []
    this.traceId = facts.traceId
    this.retryAfterSeconds = facts.retryAfterSeconds
    this.data = facts.data
  }

  /** True when no answer of the server came, so that the same call may still have taken effect or can be queued. */
  get isOffline(): boolean {
    return this.kind === 'network' || this.kind === 'timeout' || GATEWAY.includes(this.status)
  }
}

const CODE_BY_TEXT = new Map<string, ErrorCode>(
  (Object.keys(ERROR_TEXT) as ErrorCode[]).map((code) => [ERROR_TEXT[code], code]),
)

const CODE_BY_STATUS: Record<number, ErrorCode> = {
  400: 'INVALID_INPUT',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA',
  429: 'RATE_LIMITED',
  502: 'UPSTREAM_FAILED',
  503: 'UNAVAILABLE',
}

const isErrorCode = (text: string | undefined): text is ErrorCode =>
  text !== undefined && Object.prototype.hasOwnProperty.call(ERROR_TEXT, text)

/**
 * The error code of an answer: `code` on the wire is only a status class, so `data.reasonCode` names it, else the
 * sentence, which comes from the shared table, else the status.
 */
export function errorCodeOf(status: number, message: string, reasonCode?: string): ErrorCode {
  if (isErrorCode(reasonCode)) return reasonCode
  return CODE_BY_TEXT.get(message) ?? CODE_BY_STATUS[status] ?? (status >= 500 ? 'INTERNAL' : 'INVALID_INPUT')
}

const KIND_BY_STATUS: Record<number, ErrorKind> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  429: 'rate-limited',
}

export function errorKindOf(status: number): ErrorKind {
  return KIND_BY_STATUS[status] ?? (status >= 500 ? 'server' : 'rejected')
}
