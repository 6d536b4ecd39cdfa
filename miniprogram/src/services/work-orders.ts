import type { Page } from '@shared/api/common'
import type { WorkOrderDetail, WorkOrderRow } from '@shared/api/homecare'
import type { TaskStatus } from '@shared/task-types'
import { callAsStaff } from './api'

export interface WorkOrderQuery {
  scope?: 'mine' | 'pool' | 'all'
  /** `open` leaves out what only waits for its evaluation, which is `done`. */
  status?: TaskStatus | 'done'
  q?: string
  page?: number
  size?: number
}

const orderPath = (id: string) => `/homecare/work-orders/${encodeURIComponent(id)}`

/** Work orders: a worker's own or the pool's, all of them for a dispatcher. */
export function listWorkOrders(query: WorkOrderQuery = {}): Promise<Page<WorkOrderRow>> {
  return callAsStaff({ path: '/homecare/work-orders', query: { ...query } })
}

export function getWorkOrder(id: string): Promise<WorkOrderDetail> {
  return callAsStaff({ path: orderPath(id) })
}

export function acceptWorkOrder(workOrderId: string, idempotencyKey: string): Promise<unknown> {
  return callAsStaff({ method: 'POST', path: '/homecare/accept', body: { workOrderId }, idempotencyKey })
}

/** Gives an assignment back to the dispatcher. */
export function rejectWorkOrder(workOrderId: string, reason: string, idempotencyKey: string): Promise<unknown> {
  return callAsStaff({ method: 'POST', path: '/homecare/reject', body: { workOrderId, reason }, idempotencyKey })
}

/** Takes an order from the pool. */
export function claimWorkOrder(workOrderId: string, idempotencyKey: string): Promise<unknown> {
  return callAsStaff({ method: 'POST', path: '/homecare/claim', body: { workOrderId }, idempotencyKey })
}

export interface StepNote {
  step: number
  description: string
  fileIds: string[]
}

/** Moves the order to `step`, or adds to the step it is at. */
export function recordStep(workOrderId: string, note: StepNote, idempotencyKey: string): Promise<unknown> {
  return callAsStaff({ method: 'POST', path: `${orderPath(workOrderId)}/steps`, body: note, idempotencyKey })
}
