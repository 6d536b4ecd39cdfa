/** Answers of `wx.requestSubscribeMessage`: template id → what the person chose. */
export const SUBSCRIPTION_CHOICES = ['accept', 'reject', 'ban', 'filter'] as const
export type SubscriptionChoice = (typeof SUBSCRIPTION_CHOICES)[number]

/** One entry of the in-app inbox, of customers and of staff. */
export interface Notification {
  id: string
  event: string
  title: string
  content: string
  /** UUID of the work order it is about. */
  task_id: string | null
  read: boolean
  /** As the family of the route writes times: Asia/Shanghai for customers, ISO 8601 for staff. */
  create_time: string
}

/** `GET /api/v1/subscriptions/templates`: which to ask for in a tap, most wanted first, at most three (WeChat's limit). */
export interface SubscriptionTemplates {
  template_ids: string[]
}

/** Who a message is for; also the `audience` filter of `GET /api/v1/admin/notifications`. */
export const AUDIENCE_KINDS = ['customer', 'worker', 'dispatcher', 'admin'] as const
export type AudienceKind = (typeof AUDIENCE_KINDS)[number]

/** Ways to reach a person. The inbox always has the message; `console` is the administrators' page. */
export const CHANNELS = ['wechat', 'wxwork', 'inbox', 'console'] as const
export type Channel = (typeof CHANNELS)[number]

/** `pending`: an outside channel still has it. `sent`: over `channel`. `unknown`: it may have arrived; not repeated. */
export const NOTIFICATION_OUTCOMES = ['pending', 'sent', 'unknown'] as const
export type NotificationOutcome = (typeof NOTIFICATION_OUTCOMES)[number]

/** What came of one channel, oldest first. */
export interface ChannelAttempt {
  channel: Channel
  /** `skipped`: not tried; `failed`: tried and refused; both went on to the next channel. */
  outcome: 'sent' | 'skipped' | 'failed' | 'unknown'
  /** Code of why it was not sent: `no-credit`, `bad-field`, `wxwork-offline` …; null where it was. */
  reason: string | null
  /** The same in Chinese. */
  reason_text: string
  /** `YYYY-MM-DD HH:mm:ss`, Asia/Shanghai, as all times here. */
  time: string
}

/** A row of `GET /api/v1/admin/notifications?event&audience&channel&outcome&q&from&to&page&size`, newest first. */
export interface NotificationLogRow {
  id: string
  /** `DISPATCHED`, `PLAN_TO_CONFIRM`, `OUTBOX_DEAD` … */
  event: string
  event_label: string
  audience: AudienceKind
  /** `customer:12`, `staff:<uuid>`. */
  audience_id: string
  audience_name: string
  title: string
  content: string
  /** The channel it went over, or the one that has it now. */
  channel: Channel
  outcome: NotificationOutcome
  attempts: ChannelAttempt[]
  /** `T202603020001`; null where it is about no task. */
  task_id: string | null
  work_order_id: string | null
  create_time: string
  update_time: string
}

/** `GET /api/v1/admin/notifications/channels`: how each channel is doing, and the catalogue's events for the filter. */
export interface NotificationChannels {
  channels: {
    channel: Channel
    configured: boolean
    /** Base address of the partner; empty where there is none. */
    address: string
    /** In Chinese. */
    detail: string
  }[]
  /** `22:00-08:00`; empty: none. */
  quiet_hours: string
  events: { event: string; label: string }[]
}
