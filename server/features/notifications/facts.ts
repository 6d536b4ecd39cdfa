import { STEP_LABELS, TASK_TYPE_RULES } from '../../../types/task-types'
import type { TemplateSource } from '../../config/messages'
import type { TaskRow } from '../tasks/repository'

/** Short enough for a `phrase`, which WeChat does not let us shorten. */
const STEP_PHRASES: Partial<Record<number, string>> = { 6: '待评价' }
const STATUS_PHRASES = { open: '进行中', cancelled: '已取消', closed: '已完成' } as const
const NONE = '无'

/** The part of a work order that messages are made from. */
export type Announced = Pick<
  TaskRow,
  | 'id'
  | 'task_id'
  | 'type'
  | 'customer_id'
  | 'customer_name'
  | 'customer_company'
  | 'customer_address'
  | 'device_name'
  | 'purpose'
  | 'description'
  | 'current_step'
  | 'status'
  | 'worker_id'
  | 'event_seq'
  | 'create_time'
>

export interface Moment {
  text: string
  now: Date
  worker: { name: string; phone: string | null } | null
}

/** What a template may show of a work order; instants as ISO 8601. Nothing is empty: WeChat refuses empty fields. */
export function factsOf(task: Announced, { text, now, worker }: Moment): Record<TemplateSource, string> {
  const facts: Record<TemplateSource, string | null> = {
    task_id: task.task_id,
    type: TASK_TYPE_RULES[task.type].label,
    device_name: task.device_name ?? task.purpose,
    description: task.description,
    step: STEP_PHRASES[task.current_step] ?? STEP_LABELS[task.current_step] ?? null,
    status: STATUS_PHRASES[task.status],
    text,
    customer_name: task.customer_name,
    company: task.customer_company,
    address: task.customer_address,
    engineer_name: worker?.name ?? null,
    engineer_phone: worker?.phone ?? null,
    time: now.toISOString(),
    submitted_time: task.create_time.toISOString(),
  }
  return Object.fromEntries(Object.entries(facts).map(([source, value]) => [source, value || NONE])) as Record<
    TemplateSource,
    string
  >
}
