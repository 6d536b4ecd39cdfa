import { z } from 'zod'
import type { ChainVerdict } from '../../../types/api/sessions'
import { staff } from '../../http/authenticate'
import { text } from '../../http/fields'
import type { Family } from '../../http/guard'
import type { VerifyOrder } from './verify'

const verdict = z.object({
  ok: z.boolean(),
  events: z.number().int(),
  first_fault: z.string().nullable(),
}) satisfies z.ZodType<ChainVerdict>

export function mountEventRoutes({ route }: Family, { verifyOrder }: { verifyOrder: VerifyOrder }) {
  route(
    'post',
    '/admin/tasks/:id/verify',
    {
      summary: '核验一个任务的证据链',
      access: staff('ADMIN', 'HOMECARE_DISPATCHER'),
      params: z.object({ id: text('任务编号', 40) }),
      response: verdict,
      message: '核验完成',
      errors: ['NOT_FOUND'],
    },
    ({ params }) => verifyOrder(params.id),
  )
}
