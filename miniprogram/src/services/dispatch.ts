import type { Page } from '@shared/api/common'
import type { VisitView, WorkerRow } from '@shared/api/homecare'
import { callAsStaff } from './api'

/** Workers with the number of open orders each has. */
export function listWorkers(query: { q?: string; page?: number; size?: number } = {}): Promise<Page<WorkerRow>> {
  return callAsStaff({ path: '/api/v1/admin/staff', query: { ...query, role: 'HOMECARE_WORKER' } })
}

/** Assigns an order, or gives it to somebody else; `formerWorkerId`: who has it as far as the dispatcher knows. */
export function dispatchWorkOrder(
  assignment: { workOrderId: string; workerId: string; note?: string; formerWorkerId: string | null },
  idempotencyKey: string,
): Promise<unknown> {
  return callAsStaff({ method: 'POST', path: '/homecare/dispatch', body: assignment, idempotencyKey })
}

/** Cancels an order at any open step. */
export function cancelWorkOrder(workOrderId: string, reason: string, idempotencyKey: string): Promise<unknown> {
  return callAsStaff({ method: 'POST', path: '/homecare/cancel', body: { workOrderId, reason }, idempotencyKey })
}

export interface VisitQuery {
  flagged?: boolean
  reviewed?: boolean
  q?: string
  page?: number
  size?: number
}

/** Visits for review; `flagged` keeps those that carry a flag, `reviewed` those a dispatcher has (not) decided. */
export function listVisits(query: VisitQuery = {}): Promise<Page<VisitView>> {
  return callAsStaff({ path: '/api/v1/admin/visits', query: { ...query } })
}

/** Confirms or refuses a visit with a comment. */
export function reviewVisit(
  visitId: string,
  review: { decision: 'confirm' | 'refuse'; comment: string },
  idempotencyKey: string,
): Promise<unknown> {
  const path = `/homecare/visits/${encodeURIComponent(visitId)}/review`
  return callAsStaff({ method: 'POST', path, body: review, idempotencyKey })
}
