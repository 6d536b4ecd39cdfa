import { z } from 'zod'
import { type Overview, TASK_ATTENTIONS } from '../../../types/api/overview'
import { TASK_TYPES } from '../../../types/task-types'

const count = z.number().int()
const mean = z.number().nullable()

export const overview = z.object({
  today: z.object({ created: count, completed: count, cancelled: count, by_type: z.record(z.enum(TASK_TYPES), count) }),
  open: z.object({ total: count, by_step: z.array(count) }),
  visits: z.object({ today: count, under_way: count, flagged_unreviewed: count }),
  evaluations: z.object({ count, low: count, service_attitude: mean, service_quality: mean, overall: mean }),
  attention: z.record(z.enum(TASK_ATTENTIONS), count),
  waiting: z.object({ outbox_unknown: count, outbox_dead: count, challenges: count, sessions_needing_human: count }),
  partners: z.array(
    z.object({
      name: z.enum(['wechat', 'ngs', 'external', 'wxwork']),
      state: z.enum(['ok', 'degraded', 'down', 'disabled']),
      detail: z.string(),
    }),
  ),
  days: z.array(
    z.object({
      date: z.string(),
      created: count,
      completed: count,
      visits: count,
      flagged: count,
      score: mean,
    }),
  ),
}) satisfies z.ZodType<Overview>
