/** Partners that keep a session of ours, in the order the board shows them. */
export const SESSION_PARTNERS = ['wechat', 'ngs', 'external', 'wxwork'] as const
export type SessionPartner = (typeof SESSION_PARTNERS)[number]

/** How a row looks: at work, at work with something amiss, not at work, or not set up. */
export const SESSION_LEVELS = ['ok', 'degraded', 'down', 'disabled'] as const
export type SessionLevel = (typeof SESSION_LEVELS)[number]

/**
 * One row of `GET /api/v1/admin/sessions` (admin, dispatcher): a partner's token, circuit or login. Texts are Chinese
 * sentences a person acts on; nothing secret is in them.
 */
export interface SessionRow {
  partner: SessionPartner
  /**
   * Unique within the partner: `token` (wechat), `connection` (ngs), `<system_name>/<account>` (external), `gateway` and
   * the `id` of each account (wxwork; its uuid changes with every reconnect). With `partner` it is the row's identity.
   */
  key: string
  title: string
  level: SessionLevel
  /** The machine's name of the state, for example `ACTIVE`, `CHALLENGE`, `QR_WAITING`, `open`. */
  state: string
  /** The same for people. */
  state_text: string
  /** Since when it is in this state (`YYYY-MM-DD HH:mm:ss`, Asia/Shanghai); null where nobody knows. */
  since: string | null
  /** Of the session itself: since its login or its token; null without one. */
  age_seconds: number | null
  last_error: string | null
  /** What happens by itself next; null: nothing does. */
  next_action: string | null
  next_action_at: string | null
  /** What a person can do now; null: nothing has to be done. */
  human_action: string | null
}

/** `GET /api/v1/admin/sessions`: every session at once, those that need a person first. */
export interface SessionBoard {
  list: SessionRow[]
}

/** The steps of a dry run, in their order; `endpoint` is there only where the request names one. */
export const DRY_RUN_STEPS = [
  'captcha',
  'decode',
  'login',
  'check_status',
  'workorder_list',
  'endpoint',
  'logout',
] as const
export type DryRunStepName = (typeof DRY_RUN_STEPS)[number]

export interface DryRunStep {
  name: DryRunStepName
  /** `skipped`: an earlier step failed, or it was not wanted. */
  outcome: 'ok' | 'failed' | 'skipped'
  ms: number
  /** In Chinese: what came of it, or why not. */
  message: string
  /** `{method, path, query?, body?}`, secrets masked; null where nothing was sent. */
  request: unknown
  /** `{status, body}`, secrets masked; null where no answer came. */
  response: unknown
}

/**
 * `POST /api/v1/admin/external/systems/{id or name}/dry-run`, body `{account?, endpoint?, system?}`: `system` as in
 * `POST systems`, unsaved (without it the saved one is tried); `account` one of its accounts, by default the first;
 * `endpoint` the name of one more endpoint to read at the end.
 */
export interface DryRunResult {
  ok: boolean
  /** Null where the run needed no account. */
  account: string | null
  steps: DryRunStep[]
}

/** `POST /api/v1/admin/external/logs/{id}/replay`: the logged call beside today's, both redacted. */
export interface ReplayResult {
  log_id: string
  system_name: string
  account: string | null
  method: string
  endpoint: string
  before: { status: number | null; ms: number; body: unknown; error: string | null; time: string }
  now: { status: number | null; ms: number; body: unknown; error: string | null; time: string }
}

/** `POST /api/v1/admin/tasks/{id}/verify`: the event chain of one work order. */
export interface ChainVerdict {
  ok: boolean
  /** How many events were looked at. */
  events: number
  /** The first event that does not hold, or what is missing, in Chinese; null where all hold. */
  first_fault: string | null
}
