/** Rows of `/api/v1/admin/external/*`; times are `YYYY-MM-DD HH:mm:ss` in Asia/Shanghai. */

export const SESSION_STATUSES = ['active', 'expired', 'failed', 'challenge'] as const
export type SessionStatus = (typeof SESSION_STATUSES)[number]

/** Why the status is what it is. */
export const SESSION_STATES = [
  'NEW',
  'ACTIVE',
  'EXPIRED',
  'CHALLENGE',
  'CAPTCHA_EXHAUSTED',
  'PASSWORD_WRONG',
  'ACCOUNT_LOCKED',
  'SITE_DOWN',
  'SITE_CHANGED',
] as const
export type SessionState = (typeof SESSION_STATES)[number]

/** `GET /admin/external/systems/{system}/endpoints`. */
export interface ExternalEndpointRow {
  id: string
  system_name: string
  name: string
  endpoint: string
  http_method: string
  require_auth: boolean
  description: string | null
}

/** `GET /admin/external/systems`; no password is ever part of it. */
export interface ExternalSystemRow {
  id: string
  system_name: string
  base_url: string
  profile: string
  overrides: Record<string, unknown>
  endpoints: ExternalEndpointRow[]
  accounts: { account: string; status: SessionStatus; state: SessionState }[]
  lock_threshold: number
  check_interval_seconds: number
  pull_interval_seconds: number | null
  next_pull_at: string | null
  /** Newest time of an order that a complete pull has seen, as the site writes it. */
  watermark: string | null
  is_active: boolean
  create_time: string
  update_time: string
}

/** `POST …/check`. */
export interface ExternalSessionFacts {
  system_name: string
  account: string
  status: SessionStatus
  expire_at: string | null
  last_login_at: string | null
  fencing_token: number
}

/** `GET /admin/external/sessions`: without the login itself. */
export interface ExternalSessionRow extends ExternalSessionFacts {
  id: string
  state: SessionState
  age_seconds: number | null
  last_check_at: string | null
  learned_lifetime_seconds: number | null
  failures: number
  password_failures: number
  attempts_left: number
  /** Of its system: a disabled one is not logged in by itself. */
  is_active: boolean
  /** Since when it is in its state; null where nobody knows. */
  since: string | null
  next_action: string
  next_action_at: string | null
  last_error: string | null
  challenge_id: string | null
}

/** `GET /admin/external/challenges`: a captcha that waits for a person. */
export interface ExternalChallengeRow {
  id: string
  system_name: string
  account: string
  kind: string
  /** Data URL. */
  image: string
  expires_at: string
}

/** `GET /admin/external/pulls/{run_id}`. */
export interface ExternalPullRow {
  run_id: string
  system_name: string
  account: string
  state: 'queued' | 'running' | 'done' | 'failed'
  seen: number
  created: number
  updated: number
  unchanged: number
  details_failed: number
  total: number | null
  error: string | null
  create_time: string
  started_at: string | null
  finished_at: string | null
}

/** `GET /admin/external/work-orders`; `task_id` and `work_order_id` of the task made of it. */
export interface ExternalOrderRow {
  id: string
  system_name: string
  external_no: string
  title: string | null
  content: string | null
  address: string | null
  contact: string | null
  phone: string | null
  status: string | null
  external_time: string | null
  content_hash: string
  detail_state: 'fetched' | 'failed'
  first_seen_at: string
  last_seen_at: string
  task_id: string | null
  work_order_id: string | null
}

/** `POST /admin/external/work-orders/{id}/import`. */
export interface ExternalImported {
  work_order_id: string
  task_id: string
  created: boolean
}

/** `GET /admin/external/logs`: one call to a partner, what is secret masked. */
export interface ExternalLogRow {
  id: string
  system_name: string
  account: string | null
  api_endpoint: string
  request_method: string
  request_payload: unknown
  response_status: number | null
  response_time_ms: number | null
  response_body: unknown
  hook: unknown
  hook_result: unknown
  success: boolean
  error_message: string | null
  trace_id: string | null
  create_time: string
}
