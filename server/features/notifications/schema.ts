import { z } from 'zod'
import {
  AUDIENCE_KINDS,
  CHANNELS,
  type Notification,
  NOTIFICATION_OUTCOMES,
  type NotificationChannels,
  type NotificationLogRow,
  SUBSCRIPTION_CHOICES,
  type SubscriptionTemplates,
} from '../../../types/api/notifications'
import { dayRange, filter, filterText, oneOf, pageQuery } from '../../http/fields'
import { NOTICE_EVENTS } from './catalog'

const MAX_TEMPLATES = 20

export const subscriptionBody = z.object({
  results: z
    .record(
      z.string().min(1, '模板编号不能为空').max(64, '模板编号过长'),
      oneOf('订阅结果', SUBSCRIPTION_CHOICES),
      '订阅结果不能为空',
    )
    .refine((value) => Object.keys(value).length <= MAX_TEMPLATES, `订阅结果不能超过 ${MAX_TEMPLATES} 项`),
})
export const subscriptionAnswer = z.object({ accepted: z.number().int() })

export const notification = z.object({
  id: z.string(),
  event: z.string(),
  title: z.string(),
  content: z.string(),
  task_id: z.string().nullable(),
  read: z.boolean(),
  create_time: z.string(),
}) satisfies z.ZodType<Notification>

export const subscriptionTemplates = z.object({
  template_ids: z.array(z.string()),
}) satisfies z.ZodType<SubscriptionTemplates>

export const logQuery = z.object({
  ...pageQuery(20),
  event: filter(oneOf('事件', NOTICE_EVENTS)),
  audience: filter(oneOf('接收人', AUDIENCE_KINDS)),
  channel: filter(oneOf('渠道', CHANNELS)),
  outcome: filter(oneOf('结果', NOTIFICATION_OUTCOMES)),
  q: filterText('搜索内容'),
  ...dayRange(),
})

export const logRow = z.object({
  id: z.string(),
  event: z.string(),
  event_label: z.string(),
  audience: z.enum(AUDIENCE_KINDS),
  audience_id: z.string(),
  audience_name: z.string(),
  title: z.string(),
  content: z.string(),
  channel: z.enum(CHANNELS),
  outcome: z.enum(NOTIFICATION_OUTCOMES),
  attempts: z.array(
    z.object({
      channel: z.enum(CHANNELS),
      outcome: z.enum(['sent', 'skipped', 'failed', 'unknown']),
      reason: z.string().nullable(),
      reason_text: z.string(),
      time: z.string(),
    }),
  ),
  task_id: z.string().nullable(),
  work_order_id: z.string().nullable(),
  create_time: z.string(),
  update_time: z.string(),
}) satisfies z.ZodType<NotificationLogRow>

export const channelsAnswer = z.object({
  channels: z.array(
    z.object({ channel: z.enum(CHANNELS), configured: z.boolean(), address: z.string(), detail: z.string() }),
  ),
  quiet_hours: z.string(),
  events: z.array(z.object({ event: z.string(), label: z.string() })),
}) satisfies z.ZodType<NotificationChannels>
