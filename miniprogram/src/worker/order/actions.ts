import type { WorkOrderDetail } from '@shared/api/homecare'
import type { StaffUser } from '@shared/api/staff'
import { STEP } from '@shared/task-types'
import type { Progress } from '@/shared/progress'

export type OrderAction =
  'claim' | 'accept' | 'reject' | 'giveBack' | 'checkin' | 'checkout' | 'steps' | 'assign' | 'reassign' | 'cancel'

type Order = Pick<WorkOrderDetail, 'status' | 'current_step' | 'worker_id' | 'assignment_status'>
type Me = Pick<StaffUser, 'id' | 'role'>

/** What this person may do with an order now, the most important last. */
export function actionsOf(order: Order, progress: Pick<Progress, 'step' | 'visit'>, me: Me): OrderAction[] {
  if (order.status !== 'open') return []
  return me.role === 'HOMECARE_WORKER' ? workerActions(order, progress, me) : dispatcherActions(order)
}

function dispatcherActions({ current_step: step, worker_id }: Order): OrderAction[] {
  if (step >= STEP.done) return ['cancel']
  const steps: OrderAction[] = step > STEP.submitted ? ['steps'] : []
  return ['cancel', ...steps, worker_id ? 'reassign' : 'assign']
}

function workerActions(order: Order, { step, visit }: Pick<Progress, 'step' | 'visit'>, me: Me): OrderAction[] {
  if (order.worker_id === null) return step < STEP.done ? ['claim'] : []
  if (order.worker_id !== me.id) return []
  if (order.assignment_status === 'ASSIGNED') return ['reject', 'accept']
  if (visit === 'CHECKED_IN') return step < STEP.done ? ['steps', 'checkout'] : ['checkout']
  if (order.assignment_status !== 'ACCEPTED' || step >= STEP.done) return []
  // While the customer has the word, nobody needs to be on site.
  if (step === STEP.confirmation) return ['giveBack', 'checkin', 'steps']
  return step < STEP.execution ? ['giveBack', 'steps', 'checkin'] : ['steps', 'checkin']
}
