import { z } from 'zod'
import type { AdminDriftRow } from '../../../types/api/admin'
import { TASK_STATUSES } from '../../../types/task-types'
import { staff } from '../../http/authenticate'
import { pageQuery } from '../../http/fields'
import type { Family } from '../../http/guard'
import { pageOf } from '../../http/page'
import type { NgsDrift } from './service'

const drift = z.object({
  id: z.string(),
  task_id: z.string(),
  status: z.enum(TASK_STATUSES),
  current_step: z.number().int(),
  ngs_oid: z.string().nullable(),
  ngs_task_id: z.string().nullable(),
  expected: z.string(),
  known: z.string(),
  reason: z.string(),
  detail: z.string().nullable(),
  outbox_id: z.string().nullable(),
  unsent: z.array(z.string()),
  since: z.string(),
}) satisfies z.ZodType<AdminDriftRow>

export function mountNgsDriftRoutes({ route }: Family, { ngsDrift }: { ngsDrift: NgsDrift }) {
  route(
    'get',
    '/admin/ngs/drift',
    {
      summary: '与 ngs 不一致的任务',
      access: staff('ADMIN', 'HOMECARE_DISPATCHER'),
      query: z.object(pageQuery(20)),
      response: pageOf(drift),
      message: '获取成功',
    },
    ({ query }) => ngsDrift.list(query),
  )
}
