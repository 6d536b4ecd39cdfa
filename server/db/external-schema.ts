import type { SessionState, SessionStatus } from '../../types/api/admin-external'

/** Rows of external work-order sites; columns as in external-site-session.md, the others ours. */
export interface ExternalSystemTable {
  id: string
  system_name: string
  base_url: string
  profile: string
  /** JSON, merged over the profile. */
  overrides: string
  /** Wrong passwords in a row that lock an account at the site. */
  lock_threshold: number
  check_interval_seconds: number
  /** Null: pulled on demand only. */
  pull_interval_seconds: number | null
  next_pull_at: Date | null
  /** Newest time seen by the last complete pull, as the site writes it. */
  watermark: string | null
  is_active: boolean
  create_time: Date
  update_time: Date
}

export interface ExternalApiEndpointTable {
  id: string
  system_name: string
  name: string
  endpoint: string
  http_method: string
  require_auth: boolean
  description: string | null
  create_time: Date
  update_time: Date
}

export interface ExternalAuthSessionTable {
  id: string
  system_name: string
  account: string
  /** Sealed. */
  password: string
  /** The site took this password once: a failure is not its fault. */
  password_proven: boolean
  /** Sealed JSON: cookie jar, cookies by name, token. */
  cookie: string
  status: SessionStatus
  /** Why the status is what it is. */
  state: SessionState
  expire_at: Date | null
  last_login_at: Date | null
  /** When the site last took the session for good. */
  last_alive_at: Date | null
  last_check_at: Date | null
  /** When the keeper looks at it next; null: not by itself. */
  next_action_at: Date | null
  /** Not tried before; null with a failed state: not tried until a person acts. */
  retry_at: Date | null
  learned_lifetime_seconds: number | null
  /** Failed logins in a row that the site may count towards a lockout. */
  password_failures: number
  /** Failed attempts of any kind in a row: sets the back-off. */
  failures: number
  last_error: string | null
  lease_owner: string | null
  lease_until: Date | null
  /** Grows with every lease: a result under an older one is void. */
  fencing_token: number
  update_time: Date
  create_time: Date
}

export interface ExternalChallengeTable {
  id: string
  session_id: string
  system_name: string
  account: string
  /** Captcha kind: characters or arithmetic. */
  kind: string
  /** Data URL. */
  image: string
  /** Sealed JSON: the cookie jar and the captcha's id. */
  context: string
  state: 'open' | 'answered' | 'solved' | 'failed' | 'expired'
  /** The session while it is open, else null: its unique index allows one. */
  live_key: string | null
  fencing_token: number
  answered_by: string | null
  answered_at: Date | null
  expires_at: Date
  create_time: Date
}

export type PullState = 'queued' | 'running' | 'done' | 'failed'

export interface ExternalPullRunTable {
  id: string
  system_name: string
  account: string
  state: PullState
  /** The system while the run is live, else null: its unique index allows one. */
  live_key: string | null
  seen: number
  created: number
  updated: number
  unchanged: number
  details_failed: number
  total: number | null
  /** Where the pull began: only what is newer is asked for where the site can say it. */
  watermark: string | null
  error: string | null
  requested_by: string | null
  lease_owner: string | null
  lease_until: Date | null
  fencing_token: number
  create_time: Date
  started_at: Date | null
  finished_at: Date | null
}

export interface ExternalWorkOrderTable {
  id: string
  system_name: string
  external_no: string
  /** `exactKey` of it. */
  number_key: string | null
  title: string | null
  content: string | null
  address: string | null
  contact: string | null
  phone: string | null
  status: string | null
  /** Creation time as the site writes it. */
  external_time: string | null
  /** JSON: the list's row as it came. */
  payload: string
  /** JSON: the detail as it came. */
  detail: string | null
  detail_state: 'fetched' | 'failed'
  /** sha256 of the list's row. */
  content_hash: string
  first_run_id: string
  /** The run that wrote the row last. */
  last_run_id: string
  first_seen_at: Date
  /** When it was last seen to be new or changed; a pull that finds nothing new writes nothing. */
  last_seen_at: Date
  task_id: string | null
  /** The task's T-number. */
  task_number: string | null
}

export interface ExternalSiteSchema {
  external_system: ExternalSystemTable
  external_api_endpoint: ExternalApiEndpointTable
  external_auth_session: ExternalAuthSessionTable
  external_challenge: ExternalChallengeTable
  external_pull_run: ExternalPullRunTable
  external_work_order: ExternalWorkOrderTable
}
