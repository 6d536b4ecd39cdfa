import type { TaskType } from '../task-types'

/** Why an open task needs somebody's eye; also the `attention` filter of `GET /api/v1/admin/tasks`. */
export const TASK_ATTENTIONS = ['undispatched', 'unaccepted', 'appointment_soon', 'appointment_missed'] as const
export type TaskAttention = (typeof TASK_ATTENTIONS)[number]

export interface PartnerHealth {
  name: 'wechat' | 'ngs' | 'external' | 'wxwork'
  state: 'ok' | 'degraded' | 'down' | 'disabled'
  /** In Chinese, for the person who reads it. */
  detail: string
}

/** One day in Asia/Shanghai. */
export interface OverviewDay {
  /** `YYYY-MM-DD` */
  date: string
  created: number
  completed: number
  visits: number
  flagged: number
  /** Mean of the three scores of the day's evaluations, 1–5; null without any. */
  score: number | null
}

/** `GET /api/v1/admin/overview`; days are those of Asia/Shanghai. */
export interface Overview {
  /** Tasks submitted today, all and by type. */
  today: { created: number; completed: number; cancelled: number; by_type: Record<TaskType, number> }
  /** Open tasks, all and by `current_step` 0–7. */
  open: { total: number; by_step: number[] }
  visits: { today: number; under_way: number; flagged_unreviewed: number }
  /** Evaluations of the last 30 days; scores are means, null without any. */
  evaluations: {
    count: number
    low: number
    service_attitude: number | null
    service_quality: number | null
    overall: number | null
  }
  /** Open tasks per reason; a task may count under several. */
  attention: Record<TaskAttention, number>
  /** What waits for a person at partners. */
  waiting: { outbox_unknown: number; outbox_dead: number; challenges: number; sessions_needing_human: number }
  partners: PartnerHealth[]
  /** The last 30 days, oldest first, without gaps. */
  days: OverviewDay[]
}
