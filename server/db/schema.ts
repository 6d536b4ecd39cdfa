import type { Generated } from 'kysely'
import type { StaffRole } from '../../types/api/staff'
import type { TaskStatus, TaskType } from '../../types/task-types'
import type { CloudSchema } from './cloud-schema'
import type { ExternalSiteSchema } from './external-schema'
import type { ActorKind, FieldWorkSchema } from './field-work-schema'
import type { NotificationLogTable } from './notification-schema'
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
  wxwork_user_id: string | null
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

export interface IdempotencyKeyTable {
  /** sha256 of principal, route and key: case is never folded by the database. */
  id: string
  fingerprint: string
  status: number
  answer: string
  create_time: Date
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

export interface Schema extends FieldWorkSchema, ExternalSiteSchema, WxworkSchema, CloudSchema {
  external_api_log: ExternalApiLogTable
  outbox: OutboxTable
  job_run: JobRunTable
  audit_log: AuditLogTable
  customer: CustomerTable
  task: TaskTable
  task_sequence: TaskSequenceTable
  task_file: TaskFileTable
  step_record: StepRecordTable
  service_evaluation: ServiceEvaluationTable
  staff: StaffTable
  idempotency_key: IdempotencyKeyTable
  subscription_credit: SubscriptionCreditTable
  notification: NotificationTable
  notification_log: NotificationLogTable
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
