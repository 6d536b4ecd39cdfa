import type { OutboxState } from '../../types/api/admin'

/** One call to a partner, as external-site-session.md lays it down; secrets are masked before it is written. */
export interface ExternalApiLogTable {
  id: string
  system_name: string
  account: string | null
  api_endpoint: string
  request_method: string
  /** JSON, as are the other payloads. */
  request_payload: string | null
  response_status: number | null
  response_time_ms: number | null
  response_body: string | null
  hook: string | null
  hook_result: string | null
  success: boolean
  error_message: string | null
  trace_id: string | null
  create_time: Date
}

/** A write owed to another system. */
export interface OutboxTable {
  id: string
  system_name: string
  /** `ngs.send`: system and operation. */
  topic: string
  /** Entries of one key of a system leave in the order of `seq`, from 1. */
  key: string
  seq: number
  /** What it is about, for people: the task number. */
  subject: string
  /** JSON. */
  payload: string
  state: OutboxState
  attempts: number
  /** Attempts that the partner understood and refused; the others found nobody. */
  refusals: number
  next_attempt_at: Date
  /** What a person must supply before it can leave. */
  waiting_for: string | null
  last_error: string | null
  /** Of the process that is sending it; a late result under another claim is void. */
  claim: string | null
  claimed_until: Date | null
  /** What the person who settled it wrote. */
  note: string | null
  sent_at: Date | null
  created_at: Date
  updated_at: Date
}

export interface JobRunTable {
  name: string
  title: string
  schedule: string
  started_at: Date | null
  finished_at: Date | null
  duration_ms: number | null
  result: 'ok' | 'failed' | null
  /** What the run returned, as JSON, or its error. */
  detail: string | null
  next_run_at: Date | null
  lease_owner: string | null
  lease_until: Date | null
}
