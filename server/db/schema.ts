import type { Generated } from 'kysely'
import type { AssignmentStatus, SlaScope } from '../../types/api/homecare'
import type { StaffRole } from '../../types/api/staff'
import type { TaskStatus, TaskType } from '../../types/task-types'
import type { CloudSchema } from './cloud-schema'
import type { ExternalSiteSchema } from './external-schema'
import type { ExternalApiLogTable, JobRunTable, OutboxTable } from './partner-schema'
import type { WxworkSchema } from './wxwork-schema'

/**
 * Rows as both engines give them: instants are `Date`, flags are `boolean`, whole numbers are `number`.
 * Column names are those of the source documents.
 */
export interface CustomerTable {
  id: Generated<number>
  name: string
  level: Generated<string>
  contact: string | null
  phone: string | null
  address: string | null
  email: string | null
  department: string | null
  position: string | null
  sales_id: number | null
  create_time: Date | null
  update_time: Date | null
  wechat_openid: string | null
  wechat_unionid: string | null
  wechat_avatar_url: string | null
  /** Set when the account was moved onto an older row of the same person. */
  wechat_merged_into: number | null
  wechat_disabled_at: Date | null
  ngs_customer_guid: string | null
}

export interface TaskTable {
  id: string
  task_id: string
  type: TaskType
  customer_id: number
  customer_name: string
  customer_company: string
  customer_phone: string
  customer_address: string
  customer_email: string | null
  device_name: string | null
  device_type: string | null
  device_brand: string | null
  device_model: string | null
  fault_description: string | null
  quantity: number
  accessories: string | null
  appointment_time: Date | null
  verification_type: string | null
  purpose: string | null
  requirement_description: string | null
  description: string
  current_step: number
  status: TaskStatus
  service_latitude: number | null
  service_longitude: number | null
  org_id: string
  team_id: string | null
  origin: 'miniprogram' | 'external' | 'admin'
  ngs_oid: string | null
  ngs_task_id: string | null
  /** Worker of the live assignment; kept here so that lists need no search through assignments. */
  worker_id: string | null
  content_flag: string | null
  cancel_reason: string | null
  reminded_at: Date | null
  /** State of the newest visit; null before the first. */
  visit_state: 'CHECKED_IN' | 'CHECKED_OUT' | null
  /** Head of the event chain: number and hash of the newest event. */
  event_seq: number
  event_head: string
  create_time: Date
  update_time: Date
}

export interface TaskSequenceTable {
  day: string
  last_number: number
}

export interface TaskFileTable {
  id: string
  owner: 'submission' | 'step' | 'evidence' | 'avatar' | 'unused'
  task_id: string | null
  step_record_id: string | null
  visit_id: string | null
  uploader: string
  original_name: string
  storage_key: string
  stamped_key: string | null
  mime: string
  size: number
  sha256: string
  position: number
  captured_at: Date | null
  latitude: number | null
  longitude: number | null
  create_time: Date
}

export interface StepRecordTable {
  id: string
  task_id: string
  step_index: number
  description: string
  author_kind: ActorKind
  author_id: string
  author_name: string
  create_time: Date
}

export interface ServiceEvaluationTable {
  id: string
  task_id: string
  customer_id: number
  service_attitude: number
  service_quality: number
  overall_rating: number
  comment: string | null
  create_time: Date
}

export interface StaffTable {
  id: string
  email: string
  password_hash: string
  role: StaffRole
  full_name: string
  phone: string | null
  org_id: string
  team_id: string | null
  wxwork_user_id: string | null
  is_active: boolean
  /** Tokens issued before this instant are dead (password change, disabling). */
  tokens_valid_after: Date | null
  created_at: Date
  updated_at: Date
}

export type ActorKind = 'customer' | 'staff' | 'system'

export interface WorkOrderEventTable {
  id: string
  work_order_id: string
  seq: number
  event_type: string
  actor_kind: ActorKind
  actor_id: string
  actor_name: string
  payload: string
  created_at: Date
  key_id: string
  prev_hash: string
  hash: string
}

export interface IdempotencyKeyTable {
  /** sha256 of principal, route and key: case is never folded by the database. */
  id: string
  fingerprint: string
  status: number
  answer: string
  create_time: Date
}

export interface DispatchAssignmentTable {
  id: string
  work_order_id: string
  worker_id: string
  /** Null when the worker took the order from the pool. */
  dispatcher_id: string | null
  status: AssignmentStatus
  /** The work order while the assignment is live, else null: its unique index allows one. */
  live_key: string | null
  note: string | null
  reason: string | null
  created_at: Date
  accepted_at: Date | null
  ended_at: Date | null
}

/** One visit to a site. */
export interface CareTaskTable {
  id: string
  work_order_id: string
  visit_no: number
  worker_id: string
  status: 'CHECKED_IN' | 'CHECKED_OUT'
  /** The work order while the visit is open, else null: its unique index allows one. */
  open_key: string | null
  checkin_at: Date
  checkout_at: Date | null
  captured_at: Date | null
  received_at: Date
  latitude: number
  longitude: number
  accuracy_meters: number | null
  distance_meters: number
  radius_meters: number
  radius_scope: string
  decision: string | null
  service_latitude: number
  service_longitude: number
  signature: string
  /** JSON list of `VisitFlag`. */
  flags: string
  is_flagged: boolean
  checkout_latitude: number | null
  checkout_longitude: number | null
  checkout_distance_meters: number | null
  summary: string | null
  review_decision: 'confirm' | 'refuse' | null
  review_comment: string | null
  reviewer_name: string | null
  reviewed_at: Date | null
}

export interface WorkerLocationTable {
  id: string
  work_order_id: string
  worker_id: string
  source: 'precheck' | 'submit' | 'checkout' | 'fix'
  /** As sent. */
  latitude: number
  longitude: number
  coordinate_type: string
  gcj_latitude: number
  gcj_longitude: number
  /** Millionths of a degree as sent: identical positions are found by index. */
  latitude_e6: number
  longitude_e6: number
  /** Day of reporting in Asia/Shanghai, YYYYMMDD. */
  day: string
  accuracy_meters: number | null
  reported_at: Date | null
  /** When it was received. */
  created_at: Date
  /** Whether it could be measured against a site. */
  accepted: boolean
  distance_meters: number | null
  reason_code: string
}

export interface SlaConfigTable {
  id: string
  config_key: string
  config_value: string
  scope_type: SlaScope
  /** Empty for GLOBAL. */
  scope_id: string
  is_active: boolean
  updated_at: Date
}

export interface AuditLogTable {
  id: string
  staff_id: string
  staff_name: string
  action: string
  target: string
  detail: string
  created_at: Date
}

/** Offline items already taken: sha256 of worker and clientId. */
export interface SyncItemTable {
  id: string
  kind: string
  work_order_id: string | null
  visit_id: string | null
  create_time: Date
}

/** Offline tickets already spent. */
export interface OfflineTicketUseTable {
  nonce: string
  work_order_id: string
  create_time: Date
}

export interface Schema extends ExternalSiteSchema, WxworkSchema, CloudSchema {
  external_api_log: ExternalApiLogTable
  outbox: OutboxTable
  job_run: JobRunTable
  hc_dispatch_assignments: DispatchAssignmentTable
  ec_care_tasks: CareTaskTable
  hc_worker_locations: WorkerLocationTable
  sys_sla_config: SlaConfigTable
  audit_log: AuditLogTable
  sync_item: SyncItemTable
  offline_ticket_use: OfflineTicketUseTable
  customer: CustomerTable
  task: TaskTable
  task_sequence: TaskSequenceTable
  task_file: TaskFileTable
  step_record: StepRecordTable
  service_evaluation: ServiceEvaluationTable
  staff: StaffTable
  hc_work_order_events: WorkOrderEventTable
  idempotency_key: IdempotencyKeyTable
  subscription_credit: SubscriptionCreditTable
  notification: NotificationTable
}

export interface SubscriptionCreditTable {
  customer_id: number
  template_id: string
  credits: number
  update_time: Date
}

/** In-app inbox of customers and staff. */
export interface NotificationTable {
  id: string
  audience: string
  event: string
  title: string
  content: string
  task_id: string | null
  read_at: Date | null
  create_time: Date
}
