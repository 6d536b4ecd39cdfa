import type { TaskStatus, TaskType } from '../task-types'
import type { AssignmentStatus, SlaScope, VisitState, VisitView, WorkOrderDetail } from './homecare'
import type { TaskAttention } from './overview'
import type { StaffRole, StaffUser } from './staff'

/**
 * Rows of `/api/v1/admin/*` as the console reads them. Times are `YYYY-MM-DD HH:mm:ss` in Asia/Shanghai unless a field
 * says otherwise; positions are GCJ02 degrees.
 */

export const TASK_ORIGINS = ['miniprogram', 'external', 'admin'] as const
/** What happened to a task on the days a list is narrowed to. */
export const TASK_MOMENTS = ['created', 'completed', 'cancelled'] as const
export type TaskMoment = (typeof TASK_MOMENTS)[number]
export type TaskOrigin = (typeof TASK_ORIGINS)[number]

/** `GET /admin/tasks`; `id` is the work order's UUID, `task_id` its T-number. */
export interface AdminTaskRow {
  id: string
  task_id: string
  task_type: TaskType
  status: TaskStatus
  current_step: number
  step_label: string
  device_name: string
  description: string
  customer_id: number
  customer_name: string
  customer_company: string
  customer_phone: string
  customer_address: string
  worker_id: string | null
  worker_name: string
  assignment_status: AssignmentStatus | null
  visit_state: VisitState
  service_latitude: number | null
  service_longitude: number | null
  org_id: string
  team_id: string | null
  origin: TaskOrigin
  content_flag: string | null
  appointment_time: string | null
  /** Why it needs somebody's eye now; empty when it does not. */
  attention: TaskAttention[]
  create_time: string
  update_time: string
}

/** `GET /admin/tasks/{id}`; the times inside the lists too are those of /api/v1. */
export interface AdminTaskDetail extends Omit<WorkOrderDetail, 'offline_ticket'>, AdminTaskRow {}

/** `PATCH /admin/tasks/{id}`: both coordinates or none; what is left out stays. */
export interface AdminTaskPatch {
  service_latitude?: number | null
  service_longitude?: number | null
  org_id?: string
  team_id?: string | null
}

/** `GET /admin/visits`; times as /api/v1 writes them. */
export type AdminVisitRow = VisitView

/** `GET /admin/staff`; `load` counts open work orders of a worker. */
export interface AdminStaffRow extends StaffUser {
  phone: string
  team_id: string | null
  /** How the Enterprise-WeChat gateway knows them; null: no texts. Set by `PATCH /admin/staff/{id}`. */
  wxwork_user_id: string | null
  is_active: boolean
  load: number
}

/** `POST /admin/staff`. */
export interface AdminNewStaff {
  email: string
  password: string
  role: StaffRole
  full_name: string
  phone?: string | null
  org_id?: string | null
  team_id?: string | null
  wxwork_user_id?: string | null
}

/** `GET /admin/customers`. */
export interface AdminCustomerRow {
  id: number
  name: string
  contact: string
  phone: string
  address: string
  email: string
  /** How the Enterprise-WeChat gateway knows them; null: no texts. Set by `PATCH /admin/customers/{id}`. */
  wxwork_user_id: string | null
  /** Whether somebody logs in to it by WeChat. */
  bound: boolean
  disabled: boolean
  ngs_customer_guid: string | null
  create_time: string
}

/** `GET /admin/evaluations`; scores 1–5. */
export interface AdminEvaluationRow {
  id: string
  work_order_id: string
  task_id: string
  customer_company: string
  worker_name: string
  serviceAttitude: number
  serviceQuality: number
  overallRating: number
  comment: string
  create_time: string
}

/** `GET /admin/audit`. */
export interface AdminAuditRow {
  id: string
  staff_id: string
  staff_name: string
  action: string
  target: string
  detail: Record<string, unknown>
  create_time: string
}

export const OUTBOX_STATES = ['PENDING', 'SENDING', 'SENT', 'UNKNOWN', 'DEAD'] as const
export type OutboxState = (typeof OUTBOX_STATES)[number]

/** `GET /admin/outbox`: a write owed to another system. */
export interface AdminOutboxRow {
  id: string
  /** `ngs.send`: system and operation. */
  topic: string
  key: string
  seq: number
  task_id: string
  state: OutboxState
  attempts: number
  next_attempt_at: string | null
  /** What a person must supply before it can leave. */
  waiting_for: string | null
  last_error: string | null
  note: string | null
  payload: unknown
  sent_at: string | null
  create_time: string
  update_time: string
}

/** `GET /admin/jobs`. */
export interface AdminJobRow {
  name: string
  title: string
  schedule: string
  running: boolean
  last_run_at: string | null
  last_finished_at: string | null
  last_result: 'ok' | 'failed' | null
  last_detail: string | null
  duration_ms: number | null
  next_run_at: string | null
}

/** `GET /admin/ngs/drift`: a task of which ngs may know something else than we do. */
export interface AdminDriftRow {
  id: string
  task_id: string
  status: TaskStatus
  current_step: number
  ngs_oid: string | null
  ngs_task_id: string | null
  expected: string
  known: string
  reason: string
  detail: string | null
  outbox_id: string | null
  unsent: string[]
  since: string
}

/** `GET /admin/sla-config`; `scope_id` is empty for GLOBAL. */
export interface AdminSlaRow {
  id: string
  config_key: string
  config_value: string
  scope_type: SlaScope
  scope_id: string
  is_active: boolean
  update_time: string
}

interface Flips {
  to_refused: number
  to_accepted: number
}

/** `POST /admin/sla-config/rehearse`: what the rule would have decided otherwise over the last `days`. */
export interface AdminSlaRehearsal {
  days: number
  fixes: number
  /** More fixes than are looked at. */
  truncated: boolean
  flips: Flips
  teams: (Flips & { team_id: string | null; org_id: string; fixes: number })[]
  examples: {
    work_order_id: string
    task_id: string
    worker_name: string
    distance_meters: number
    before: string
    after: string
    time: string
  }[]
}
