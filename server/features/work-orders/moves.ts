import { STEP } from '../../../types/task-types'

/**
 * Moves staff may make (data-model.md, steps): forward by one, and past quote and confirmation together where no quote
 * is needed. Dispatching makes 0 → 1; only the customer makes 4 → 5, 4 → 3 and 6 → 7.
 */
const STAFF_MOVES: readonly (readonly [from: number, to: number])[] = [
  [STEP.dispatched, STEP.diagnosis],
  [STEP.diagnosis, STEP.quote],
  [STEP.diagnosis, STEP.execution],
  [STEP.quote, STEP.confirmation],
  [STEP.execution, STEP.done],
]

export const isStaffMove = (from: number, to: number): boolean =>
  STAFF_MOVES.some(([start, end]) => start === from && end === to)
