import { View } from '@tarojs/components'
import { STEP, STEP_LABELS, type TaskStatus } from '@shared/task-types'
import { COMPONENT_TEXTS } from '@/components/texts'
import './index.scss'

export type BadgeTone = 'brand' | 'info' | 'ok' | 'warn' | 'danger' | 'muted'

/** A short state in a tinted pill. */
export function Badge({ tone = 'muted', children }: { tone?: BadgeTone; children: string }) {
  return <View className={`badge badge--${tone}`}>{children}</View>
}

/** The state of a task: its step, or that it was cancelled. Amber means that somebody waits for the customer. */
export function StatusBadge({ step, status }: { step: number; status: TaskStatus }) {
  if (status === 'cancelled') return <Badge>{COMPONENT_TEXTS.cancelled}</Badge>
  return <Badge tone={stepTone(step)}>{STEP_LABELS[step] ?? ''}</Badge>
}

function stepTone(step: number): BadgeTone {
  if (step === STEP.confirmation || step === STEP.done) return 'warn'
  if (step === STEP.evaluated) return 'ok'
  return step <= STEP.dispatched ? 'info' : 'brand'
}
