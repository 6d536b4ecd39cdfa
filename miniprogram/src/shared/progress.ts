import type { VisitState, WorkOrderRow } from '@shared/api/homecare'
import { isWaiting, type QueueEntry } from './queue-entry'

export interface Progress {
  /** Step and visit as they are once everything in the queue has arrived. */
  step: number
  visit: VisitState
  /** Something of this order waits in the queue, or was refused. */
  waiting: QueueEntry[]
  refused: QueueEntry[]
}

const VISIT_AFTER: Partial<Record<QueueEntry['kind'], VisitState>> = { checkin: 'CHECKED_IN', checkout: 'CHECKED_OUT' }

/** Where a work order stands for its worker: what the server knows, and what this phone has yet to send. */
export function progressOf(
  order: Pick<WorkOrderRow, 'id' | 'current_step' | 'visit_state'>,
  queue: QueueEntry[],
): Progress {
  const own = queue.filter((entry) => entry.workOrderId === order.id)
  const waiting = own.filter(isWaiting)
  const steps = waiting.filter(({ kind }) => kind === 'step').map(({ payload }) => Number(payload.step))
  const visits = waiting.flatMap(({ kind }) => VISIT_AFTER[kind] ?? [])
  return {
    step: Math.max(order.current_step, ...steps),
    visit: visits[visits.length - 1] ?? order.visit_state,
    waiting,
    refused: own.filter((entry) => !isWaiting(entry)),
  }
}
