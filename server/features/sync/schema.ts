import { z } from 'zod'
import type { SyncResult } from '../../../types/api/homecare'
import { instant, oneOf, recordId, text } from '../../http/fields'
import { checkoutBody, precheckBody, submitBody } from '../visits/schema'
import { stepBody } from '../work-orders/schema'

export const MAX_SYNC_ITEMS = 200

/** Items are parsed one by one: a malformed one is `invalid` and leaves the others alone. */
export const syncBody = z.object({ items: z.array(z.unknown(), '同步条目必须是列表') })

export const syncItem = z.object({
  clientId: text('条目编号', 100),
  kind: oneOf('条目类型', ['checkin', 'checkout', 'step', 'fix']),
  capturedAt: instant('采集时间'),
  payload: z.record(z.string(), z.unknown(), '条目内容不能为空'),
})
export type SyncItemInput = z.infer<typeof syncItem>

export const PAYLOADS = {
  checkin: submitBody,
  checkout: checkoutBody,
  step: stepBody.extend({ workOrderId: recordId('工单编号') }),
  fix: precheckBody,
}

export const syncAnswer = z.object({
  results: z.array(
    z.object({
      clientId: z.string(),
      status: z.enum(['accepted', 'duplicate', 'rejected', 'invalid']),
      reasonCode: z.string().optional(),
      message: z.string().optional(),
      visitId: z.string().optional(),
    }),
  ),
}) satisfies z.ZodType<{ results: SyncResult[] }>
