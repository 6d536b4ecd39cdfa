import { STEP } from '@shared/task-types'
import { STEPS_TEXTS as T } from './texts'

export interface StepChoice {
  /** `note` adds to the present step, a number moves there. */
  value: string
  step: number
  label: string
}

const FORWARD: Record<number, number[]> = {
  [STEP.dispatched]: [STEP.diagnosis],
  [STEP.diagnosis]: [STEP.quote, STEP.execution],
  [STEP.quote]: [STEP.confirmation],
  // Only the customer leaves step 4.
  [STEP.confirmation]: [],
  [STEP.execution]: [STEP.done],
}

/** What staff may do at a step: add to it, and the legal moves on; nothing before the first and after the last. */
export function choicesAt(step: number): StepChoice[] {
  const moves = FORWARD[step]
  if (!moves) return []
  const note = { value: 'note', step, label: T.note(step) }
  return [note, ...moves.map((to) => ({ value: String(to), step: to, label: labelOf(step, to) }))]
}

function labelOf(from: number, to: number): string {
  if (to === STEP.done) return T.finish
  return from === STEP.diagnosis && to === STEP.execution ? T.skipQuote : T.move(to)
}
