/** What an entry of `GET /api/v1/admin/events/stream` may be about. */
export const LIVE_TOPICS = [
  'task',
  'visit',
  'session',
  'challenge',
  'pull',
  'wxwork',
  'outbox',
  'notification',
] as const
export type LiveTopic = (typeof LIVE_TOPICS)[number]

/**
 * One change, told after its transaction was committed. It says what changed, not to what: the page asks again for
 * what it shows of it, so a lost entry costs freshness and nothing else.
 */
export interface LiveEvent {
  topic: LiveTopic
  /** Of the row that changed: work order, visit, `system/account`, challenge, run, wxwork uuid, outbox entry. */
  id: string
  /** What happened, for example `DISPATCHED`, `CHECKED_IN`, `SESSION_STATE`, `SENT`. */
  event: string
  /** The work order it belongs to, where there is one. */
  work_order_id: string | null
  /** ISO 8601. */
  at: string
}
