import type { ErrorCode } from '../../types/errors'

interface CatalogEntry {
  status: number
  /** Whether it is our fault and goes to the log as an error. */
  report?: true
}

/** HTTP status of every error, and whether somebody should hear of it. */
export const CATALOG = {
  INVALID_INPUT: { status: 400 },
  UNAUTHENTICATED: { status: 401 },
  TOKEN_EXPIRED: { status: 401 },
  ACCOUNT_DISABLED: { status: 403 },
  WRONG_PASSWORD: { status: 401 },
  USER_NOT_FOUND: { status: 404 },
  FORBIDDEN: { status: 403 },
  CSRF_REJECTED: { status: 403 },
  NOT_FOUND: { status: 404 },
  CONFLICT: { status: 409 },
  REQUEST_IN_PROGRESS: { status: 409 },
  PAYLOAD_TOO_LARGE: { status: 413 },
  UNSUPPORTED_MEDIA: { status: 415 },
  FILE_TYPE_REFUSED: { status: 415 },
  FILE_NOT_FOUND: { status: 400 },
  IDEMPOTENCY_MISMATCH: { status: 422 },
  RATE_LIMITED: { status: 429 },
  CONTENT_REFUSED: { status: 400 },
  WECHAT_CODE_INVALID: { status: 400 },
  WECHAT_USER_REFUSED: { status: 403 },
  PHONE_TAKEN: { status: 409 },
  TASK_CLOSED: { status: 409 },
  TASK_STEP_MISMATCH: { status: 409 },
  TASK_NOT_CANCELLABLE: { status: 409 },
  TASK_NOT_EVALUABLE: { status: 409 },
  ALREADY_EVALUATED: { status: 409 },
  REMINDED_RECENTLY: { status: 429 },
  CHECKIN_REJECTED: { status: 400 },
  WORKER_DISABLED: { status: 409 },
  WORK_ORDER_NOT_MINE: { status: 403 },
  ASSIGNMENT_GONE: { status: 409 },
  ALREADY_ASSIGNED: { status: 409 },
  ALREADY_CHECKED_IN: { status: 409 },
  NOT_CHECKED_IN: { status: 409 },
  VISIT_REVIEWED: { status: 409 },
  TOO_MANY_ITEMS: { status: 413 },
  OUTBOX_NOT_OPEN: { status: 409 },
  EMAIL_TAKEN: { status: 409 },
  CAPTCHA_EXHAUSTED: { status: 502 },
  PASSWORD_WRONG: { status: 502 },
  ACCOUNT_LOCKED: { status: 503 },
  SITE_DOWN: { status: 503 },
  SITE_CHANGED: { status: 502 },
  CHALLENGE_OPEN: { status: 409 },
  CHALLENGE_CLOSED: { status: 409 },
  UPSTREAM_FAILED: { status: 502, report: true },
  UPSTREAM_REFUSED: { status: 422 },
  GATEWAY_REFUSED: { status: 400 },
  UPSTREAM_DOWN: { status: 503 },
  UPSTREAM_OUTCOME_UNKNOWN: { status: 502, report: true },
  UPSTREAM_DISABLED: { status: 503 },
  CLOUD_CALL_REFUSED: { status: 403 },
  UNAVAILABLE: { status: 503, report: true },
  INTERNAL: { status: 500, report: true },
} as const satisfies Record<ErrorCode, CatalogEntry>

export const entryOf = (code: ErrorCode): CatalogEntry => CATALOG[code]
