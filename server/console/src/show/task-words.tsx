import type { TaskMoment, TaskOrigin } from '@shared/api/admin'
import type { AssignmentStatus, VisitState } from '@shared/api/homecare'
import type { TaskAttention } from '@shared/api/overview'
import { LAST_STEP, STEP, STEP_LABELS, TASK_TYPE_RULES, TASK_TYPES, type TaskStatus } from '@shared/task-types'
import { type Option, optionsOf } from './options'
import { StateTag, type Tone } from './tag'

export const STATUS_WORDS: Record<TaskStatus, string> = { open: '进行中', closed: '已结束', cancelled: '已取消' }
export const ORIGIN_WORDS: Record<TaskOrigin, string> = { miniprogram: '小程序', external: '外部系统', admin: '后台' }
export const MOMENT_WORDS: Record<TaskMoment, string> = {
  created: '按提交日期',
  completed: '按完成日期',
  cancelled: '按取消日期',
}
export const ATTENTION_WORDS: Record<TaskAttention, string> = {
  undispatched: '超时未派单',
  unaccepted: '超时未接单',
  appointment_soon: '预约临近',
  appointment_missed: '已过预约',
}
export const ASSIGNMENT_WORDS: Record<AssignmentStatus, string> = {
  ASSIGNED: '待接单',
  ACCEPTED: '已接单',
  REJECTED: '已退回',
  CANCELLED: '已撤回',
  COMPLETED: '已完成',
}
export const VISIT_WORDS: Record<VisitState, string> = { NONE: '未到场', CHECKED_IN: '现场中', CHECKED_OUT: '已离场' }

export const TYPE_OPTIONS: Option[] = TASK_TYPES.map((value) => ({ value, label: TASK_TYPE_RULES[value].label }))
export const STATUS_OPTIONS = optionsOf(STATUS_WORDS)
export const ORIGIN_OPTIONS = optionsOf(ORIGIN_WORDS)
export const MOMENT_OPTIONS = optionsOf(MOMENT_WORDS)
export const ATTENTION_OPTIONS = optionsOf(ATTENTION_WORDS)
export const STEP_OPTIONS: Option[] = STEP_LABELS.map((label, index) => ({ value: String(index), label }))

const ATTENTION_TONES: Record<TaskAttention, Tone> = {
  undispatched: 'amber',
  unaccepted: 'amber',
  appointment_soon: 'blue',
  appointment_missed: 'red',
}

function stepTone(step: number): Tone {
  if (step === STEP.submitted) return 'amber'
  if (step === LAST_STEP) return 'grey'
  return step >= STEP.done ? 'green' : 'teal'
}

/** Where a task stands: its step as long as it is open. */
export function TaskState({ status, step }: { status: TaskStatus; step: number }) {
  if (status === 'cancelled') return <StateTag tone="grey">已取消</StateTag>
  return <StateTag tone={stepTone(step)}>{STEP_LABELS[step] ?? step}</StateTag>
}

export function AttentionTags({ reasons }: { reasons: readonly TaskAttention[] }) {
  return reasons.map((reason) => (
    <StateTag key={reason} tone={ATTENTION_TONES[reason]}>
      {ATTENTION_WORDS[reason]}
    </StateTag>
  ))
}
