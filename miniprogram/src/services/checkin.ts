import type {
  CheckinDecision,
  CheckinResult,
  CheckinSubmission,
  CheckoutResult,
  CheckoutSubmission,
  PrecheckRequest,
  SyncItem,
  SyncResult,
} from '@shared/api/homecare'
import { ApiError } from '@/shared/api-error'
import { callAsStaff } from './api'

/** What a rejected check-in carries in `ApiError.data`; null for every other error. */
export function rejectedDecision(error: unknown): CheckinDecision | null {
  if (!(error instanceof ApiError)) return null
  const data = error.data as Partial<CheckinDecision> | null | undefined
  return data && typeof data.canCheckin === 'boolean' ? (data as CheckinDecision) : null
}

/** Asks whether a check-in here would pass; a refusal is an answer, too, not an error. At most 30 a minute. */
export async function precheck(request: PrecheckRequest): Promise<CheckinDecision> {
  try {
    return await callAsStaff<CheckinDecision>({ method: 'POST', path: '/homecare/checkin/precheck', body: request })
  } catch (error) {
    const decision = rejectedDecision(error)
    if (decision) return decision
    throw error
  }
}

/** Checks in; throws ApiError with `reasonCode` and the decision in `data` when refused. */
export function submitCheckin(submission: CheckinSubmission, idempotencyKey: string): Promise<CheckinResult> {
  return callAsStaff({
    method: 'POST',
    path: '/homecare/checkin/submit',
    body: submission,
    idempotencyKey,
    timeoutMs: 30_000,
  })
}

/** Ends the visit. */
export function submitCheckout(submission: CheckoutSubmission, idempotencyKey: string): Promise<CheckoutResult> {
  return callAsStaff({ method: 'POST', path: '/homecare/checkout', body: submission, idempotencyKey })
}

/** Sends queued items (at most 200); each is decided on its own, `clientId` makes it once-only. */
export function syncItems(items: SyncItem[]): Promise<{ results: SyncResult[] }> {
  return callAsStaff({ method: 'POST', path: '/homecare/sync', body: { items }, timeoutMs: 60_000 })
}
