/**
 * How a call to another system failed, in the words the rest of the server uses.
 * - unauthenticated: our credentials or session were refused
 * - rejected: the upstream understood and said no
 * - rate-limited: too many calls
 * - unavailable: not executed, or safe to repeat
 * - bad-response: an answer we cannot read
 * - unknown-outcome: a write that may or may not have been executed; never repeat it blindly
 */
export type UpstreamErrorKind =
  'unauthenticated' | 'rejected' | 'rate-limited' | 'unavailable' | 'bad-response' | 'unknown-outcome'

/** Facts for our own code and log. Never holds secrets, never reaches a customer. */
export interface UpstreamErrorDetail {
  /** Why, as a stable word of ours, for example `timeout` or `code-invalid`. */
  reason?: string
  /** HTTP status, where there was an answer. */
  status?: number
  [fact: string]: unknown
}

/** The only error that leaves a connector. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError'
  readonly upstream: string
  readonly kind: UpstreamErrorKind
  readonly detail: UpstreamErrorDetail

  constructor(
    upstream: string,
    kind: UpstreamErrorKind,
    facts: { cause?: unknown; detail?: UpstreamErrorDetail } = {},
  ) {
    const reason = facts.detail?.reason
    super(`${upstream}: ${kind}${reason ? ` (${reason})` : ''}`, { cause: facts.cause })
    this.upstream = upstream
    this.kind = kind
    this.detail = facts.detail ?? {}
  }
}
