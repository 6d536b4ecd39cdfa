import { ERROR_TEXT, type ErrorCode } from '../../types/errors'

export interface AppErrorOptions {
  /** Goes to the caller as the envelope's `data`: only what the caller may know. */
  details?: Record<string, unknown>
  /** A more precise sentence than the code's own. */
  message?: string
  retryAfterSeconds?: number
  cause?: unknown
}

/** The one kind of error services throw: a code from `types/errors.ts`; envelopes and statuses are not their business. */
export class AppError extends Error {
  readonly details: Record<string, unknown> | null
  readonly retryAfterSeconds: number | undefined

  constructor(
    readonly code: ErrorCode,
    { details, message, retryAfterSeconds, cause }: AppErrorOptions = {},
  ) {
    super(message ?? ERROR_TEXT[code], { cause })
    this.name = 'AppError'
    this.details = details ?? null
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** A 400 that names one field by its path as the caller sent it. */
export function invalidField(path: string, message: string): AppError {
  return new AppError('INVALID_INPUT', { message: `${message}（${path}）`, details: { fields: [{ path, message }] } })
}

/** A 413 that names one field: too many items, or too many bytes in one. */
export function tooLarge(path: string, message: string): AppError {
  return new AppError('PAYLOAD_TOO_LARGE', {
    message: `${message}（${path}）`,
    details: { fields: [{ path, message }] },
  })
}
