import type { AudienceKind, Channel, NotificationOutcome } from '../../types/api/notifications'

/** One event as one person is told of it. */
export interface NotificationLogTable {
  id: string
  /** What happened, so that it is told once: `<work order>#<number of its event>`, `outbox:<entry>:<claim>` … */
  source: string
  event: string
  audience_kind: AudienceKind
  /** `customer:12`, `staff:<uuid>`. */
  audience: string
  audience_name: string
  title: string
  content: string
  /** JSON: what templates may show. */
  facts: string
  work_order_id: string | null
  task_id: string | null
  channel: Channel
  outcome: NotificationOutcome
  /** JSON list of `Attempt`, oldest first. */
  attempts: string
  create_time: Date
  update_time: Date
}
