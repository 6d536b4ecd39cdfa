import { z } from 'zod'
import type { AdminDriftRow } from '../../../types/api/admin'
import { TASK_STATUSES } from '../../../types/task-types'
import { staff } from '../../http/authenticate'
import { filterText, pageQuery, text } from '../../http/fields'
import type { Family } from '../../http/guard'
import { pageOf } from '../../http/page'
import type { NgsDrift, NgsOrders } from './service'

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

const orderIds = z.object({ oId: text('工单 oId', 64), taskId: text('工单 taskId', 64) })
const entered = z.object({ task_id: z.string(), ngs_oid: z.string(), ngs_task_id: z.string() })

export function mountNgsSyncRoutes(
  { route }: Family,
  { ngsDrift, ngsOrders }: { ngsDrift: NgsDrift; ngsOrders: NgsOrders },
) {
  route(
    'post',
    '/admin/ngs/tasks/:id/order',
    {
      summary: '人工录入任务在 ngs 的工单编号；等待它的写入随即发送',
      access: staff('ADMIN'),
      params: z.object({ id: text('任务编号', 40) }),
      body: orderIds,
      response: entered,
      message: '已保存',
      errors: ['NOT_FOUND', 'CONFLICT'],
      idempotent: true,
    },
    ({ who, params, body, once }) => ngsOrders.enter(who, params.id, { finding: body, once }),
  )

  route(
    'get',
    '/admin/ngs/drift',
    {
      summary: '与 ngs 不一致的任务',
      access: staff('ADMIN', 'HOMECARE_DISPATCHER'),
      query: z.object({ ...pageQuery(20), q: filterText('搜索内容') }),
      response: pageOf(drift),
      message: '获取成功',
    },
    ({ query }) => ngsDrift.list(query),
  )
}
