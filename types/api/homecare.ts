import type { TaskStatus, TaskType } from '../task-types'
import type { FileLink } from './files'

export const COORDINATE_TYPES = ['gcj02', 'wgs84', 'bd09'] as const
export type CoordinateType = (typeof COORDINATE_TYPES)[number]

/** Why a check-in is refused (auth-and-checkin.md 四, field-work.md); `OK` when it is not. */
export const REASON_CODES = [
  'OK',
  'OUT_OF_RADIUS',
  'SERVICE_LOCATION_MISSING',
  'WORK_ORDER_NOT_ASSIGNABLE',
  'WORKER_NOT_MATCHED',
  'SIGNATURE_REQUIRED',
  'EVIDENCE_FILE_NOT_EXIST',
  'LOW_ACCURACY',
  'WORK_ORDER_CANCELLED',
  'ALREADY_CHECKED_IN',
  'NOT_CHECKED_IN',
  'TICKET_REPLAYED',
  'TICKET_INVALID',
] as const
export type ReasonCode = (typeof REASON_CODES)[number]

export type AccuracyDecision = 'INSIDE' | 'OUTSIDE' | 'UNCERTAIN'

export const VISIT_FLAGS = [
  'STALE_FIX',
  'IMPOSSIBLE_SPEED',
  'REPEATED_COORDINATES',
  'COORDINATE_SYSTEM_SUSPECT',
  'EVIDENCE_REUSED',
  'LATE_SYNC',
] as const
export type VisitFlag = (typeof VISIT_FLAGS)[number]

export type SlaScope = 'WORK_ORDER' | 'ORG' | 'TEAM' | 'GLOBAL'

/** A position as the phone reported it; degrees, metres, ISO 8601. */
export interface Fix {
  latitude: number
  longitude: number
  coordinateType?: CoordinateType | null
  accuracy?: number | null
  reportedAt?: string | null
}

export interface PrecheckRequest extends Fix {
  workOrderId: string
}

/** The document's six fields, and what else is known. Distances in metres. */
export interface CheckinDecision {
  distanceMeters: number | null
  allowedRadiusMeters: number
  canCheckin: boolean
  reasonCode: ReasonCode
  workerLocationAccepted: boolean
  serviceLocationReady: boolean
  decision: AccuracyDecision | null
  accuracyMeters: number | null
  radiusScope: SlaScope | 'DEFAULT' | null
  flags: VisitFlag[]
}

export interface CheckinSubmission extends PrecheckRequest {
  evidenceFileIds?: string[] | null
  signature?: string | null
  capturedAt?: string | null
  offlineTicket?: OfflineTicket | null
}

export interface CheckinResult extends CheckinDecision {
  visitId: string
}

export interface CheckoutSubmission extends Fix {
  workOrderId: string
  summary: string
  capturedAt?: string | null
}

export interface CheckoutResult {
  visitId: string
  checkedOutAt: string
  durationMinutes: number
}

/** Given at dispatch, presented with an offline check-in: the site and radius in force then. */
export interface OfflineTicket {
  workOrderId: string
  workerId: string
  latitude: number
  longitude: number
  radiusMeters: number
  nonce: string
  expiresAt: string
  signature: string
}

export const ASSIGNMENT_STATUSES = ['ASSIGNED', 'ACCEPTED', 'REJECTED', 'CANCELLED', 'COMPLETED'] as const
export type AssignmentStatus = (typeof ASSIGNMENT_STATUSES)[number]
export type VisitState = 'NONE' | 'CHECKED_IN' | 'CHECKED_OUT'

/** A row of `GET /homecare/work-orders`; `id` is the `workOrderId` of every other call. */
export interface WorkOrderRow {
  id: string
  task_id: string
  task_type: TaskType
  status: TaskStatus
  current_step: number
  step_label: string
  device_name: string
  description: string
  customer_name: string
  customer_company: string
  customer_phone: string
  service_address: string
  service_latitude: number | null
  service_longitude: number | null
  assignment_status: AssignmentStatus | null
  worker_id: string | null
  worker_name: string
  visit_state: VisitState
  appointment_time: string | null
  created_at: string
  updated_at: string
}

export interface StepRecordView {
  id: string
  step: number
  step_label: string
  description: string
  author: string
  created_at: string
  images: FileLink[]
  files: FileLink[]
}

export interface VisitView {
  id: string
  work_order_id: string
  task_id: string
  visit_no: number
  worker_id: string
  worker_name: string
  status: 'CHECKED_IN' | 'CHECKED_OUT'
  checkin_at: string
  checkout_at: string | null
  captured_at: string | null
  received_at: string
  latitude: number
  longitude: number
  accuracy_meters: number | null
  distance_meters: number
  radius_meters: number
  radius_scope: string
  decision: AccuracyDecision | null
  flags: VisitFlag[]
  signature: string
  summary: string
  evidence: EvidenceView[]
  review: { decision: 'confirm' | 'refuse'; comment: string; reviewer: string; reviewed_at: string } | null
  service_latitude: number
  service_longitude: number
}

export interface EvidenceView {
  file_id: string
  name: string
  sha256: string
  url: string
  stamped_url: string
  thumbnail_url: string
  captured_at: string | null
}

export interface WorkOrderDetail extends WorkOrderRow {
  device: Record<string, string | number>
  submission: { images: FileLink[]; files: FileLink[] }
  step_records: StepRecordView[]
  visits: VisitView[]
  radius: SlaInForce
  offline_ticket: OfflineTicket | null
  dispatch_note: string
  events: { type: string; title: string; description: string; actor: string; created_at: string }[]
}

export interface SlaInForce {
  radiusMeters: number
  radiusScope: SlaScope | 'DEFAULT'
  accuracyMode: 'document' | 'strict'
}

export type SyncKind = 'checkin' | 'checkout' | 'step' | 'fix'

export interface SyncItem {
  clientId: string
  kind: SyncKind
  capturedAt: string
  payload: Record<string, unknown>
}

export interface SyncResult {
  clientId: string
  status: 'accepted' | 'duplicate' | 'rejected' | 'invalid'
  reasonCode?: string
  message?: string
  visitId?: string
}

/** A worker as a dispatcher sees them; `load` counts open work orders assigned. */
export interface WorkerRow {
  id: string
  full_name: string
  phone: string
  org_id: string
  team_id: string | null
  load: number
}
