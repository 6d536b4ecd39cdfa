import { Text, View } from '@tarojs/components'
import type { TaskStep } from '@shared/api/tasks'
import { LAST_STEP, STEP_LABELS } from '@shared/task-types'
import { COMPONENT_TEXTS as T } from '@/components/texts'
import { formatDateTime } from '@/shared/format'
import './index.scss'

interface StepBarProps {
  /** 0–7 */
  current: number
  cancelled?: boolean
  /** `compact` is the track alone, for rows of a list; `full` adds the names. */
  mode?: 'compact' | 'full'
}

/** How far a task is, as eight segments, with the present and the next step by name. */
export function StepBar({ current, cancelled, mode = 'full' }: StepBarProps) {
  const next = STEP_LABELS[current + 1]
  return (
    <View className={`step-bar ${cancelled ? 'step-bar--cancelled' : ''}`}>
      {mode === 'full' ? (
        <View className="step-bar__head">
          <Text className="step-bar__now">{cancelled ? T.cancelled : STEP_LABELS[current]}</Text>
          <Text className="step-bar__count numeric">{`${current + 1} / ${LAST_STEP + 1}`}</Text>
        </View>
      ) : null}
      <View className="step-bar__track">
        {STEP_LABELS.map((label, index) => (
          <View key={label} className={`step-bar__segment ${segmentState(index, current)}`} />
        ))}
      </View>
      {mode === 'full' && next && !cancelled ? <View className="step-bar__next">{T.nextStep(next)}</View> : null}
    </View>
  )
}

function segmentState(index: number, current: number): string {
  if (index < current || current === LAST_STEP) return 'step-bar__segment--done'
  return index === current ? 'step-bar__segment--now' : ''
}

/** The eight steps one below the other with the time each was entered. */
export function StepList({ steps, current }: { steps: TaskStep[]; current: number }) {
  return (
    <View className="step-list">
      {steps.map((step) => (
        <View key={step.index} className={`step-list__row ${rowState(step, current)}`}>
          <View className="step-list__dot" />
          <Text className="step-list__label">{step.label}</Text>
          <Text className="step-list__time numeric">{formatDateTime(step.entered_at)}</Text>
        </View>
      ))}
    </View>
  )
}

function rowState(step: TaskStep, current: number): string {
  if (step.index === current) return 'step-list__row--now'
  return step.done ? 'step-list__row--done' : ''
}
