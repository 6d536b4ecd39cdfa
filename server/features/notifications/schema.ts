import { z } from 'zod'
import { type Notification, SUBSCRIPTION_CHOICES } from '../../../types/api/notifications'
import { oneOf } from '../../http/fields'

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
