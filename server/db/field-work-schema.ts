import type { AssignmentStatus, SlaScope } from '../../types/api/homecare'

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

export interface FieldWorkSchema {
  hc_work_order_events: WorkOrderEventTable
  hc_dispatch_assignments: DispatchAssignmentTable
  ec_care_tasks: CareTaskTable
  hc_worker_locations: WorkerLocationTable
  sys_sla_config: SlaConfigTable
  sync_item: SyncItemTable
  offline_ticket_use: OfflineTicketUseTable
}
