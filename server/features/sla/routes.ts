import { staff } from '../../http/authenticate'
import type { Family } from '../../http/guard'
import { pageOf } from '../../http/page'
import { inForceQuery, rehearsal, rehearseBody, slaBody, slaInForce, slaQuery, slaRow } from './schema'
import type { SlaService } from './service'

export function mountSlaRoutes({ route }: Family, { sla }: { sla: SlaService }) {
  route(
    'get',
    '/sla-config',
    {
      summary: '工单当前生效的签到半径',
      access: staff(),
      query: inForceQuery,
      response: slaInForce,
      errors: ['NOT_FOUND'],
    },
    ({ query }) => sla.inForceFor(query.workOrderId),
  )
}

export function mountSlaAdminRoutes({ route }: Family, { sla }: { sla: SlaService }) {
  route(
    'get',
    '/admin/sla-config',
    {
      summary: '签到规则',
      access: staff('ADMIN', 'HOMECARE_DISPATCHER'),
      query: slaQuery,
      response: pageOf(slaRow),
      message: '获取成功',
    },
    ({ query }) => sla.list(query),
  )

  route(
    'post',
    '/admin/sla-config',
    {
      summary: '设置签到规则',
      access: staff('ADMIN'),
      body: slaBody,
      response: slaRow,
      message: '规则已保存',
      idempotent: true,
    },
    ({ who, body, once }) => sla.set(who, body, once),
  )

  route(
    'post',
    '/admin/sla-config/rehearse',
    {
      summary: '用历史签到预演规则，不保存',
      access: staff('ADMIN'),
      body: rehearseBody,
      repeatable: '只计算，不保存任何内容',
      response: rehearsal,
      message: '预演完成',
    },
    ({ body }) => sla.rehearse(body),
  )
}
