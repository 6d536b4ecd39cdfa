import { staff } from '../../http/authenticate'
import type { Family } from '../../http/guard'
import { pageOf } from '../../http/page'
import {
  importBody,
  imported,
  orderParams,
  orderQuery,
  orderRow,
  pullParams,
  pullRun,
  pullStarted,
  runParams,
  runQuery,
} from './schema'
import type { ExternalWorkOrderService } from './service'

const ADMIN = staff('ADMIN')

export function mountExternalWorkOrderRoutes(
  { route }: Family,
  { externalWorkOrders: orders }: { externalWorkOrders: ExternalWorkOrderService },
) {
  route(
    'post',
    '/admin/external/:system/pull',
    {
      summary: '拉取工单；已有进行中的拉取时返回它',
      access: ADMIN,
      params: pullParams,
      response: pullStarted,
      status: 202,
      message: '拉取已开始',
      errors: ['NOT_FOUND'],
      idempotent: true,
    },
    ({ who, params, once }) => orders.pull(who, params.system, once),
  )
  route(
    'get',
    '/admin/external/pulls',
    {
      summary: '拉取记录，新的在前',
      access: ADMIN,
      query: runQuery,
      response: pageOf(pullRun),
      message: '获取成功',
    },
    ({ query }) => orders.runs(query),
  )
  route(
    'get',
    '/admin/external/pulls/:run_id',
    {
      summary: '拉取进度',
      access: ADMIN,
      params: runParams,
      response: pullRun,
      message: '获取成功',
      errors: ['NOT_FOUND'],
    },
    ({ params }) => orders.run(params.run_id),
  )
  route(
    'get',
    '/admin/external/work-orders',
    {
      summary: '已拉取的外部工单',
      access: ADMIN,
      query: orderQuery,
      response: pageOf(orderRow),
      message: '获取成功',
    },
    ({ query }) => orders.list(query),
  )
  route(
    'post',
    '/admin/external/work-orders/:id/import',
    {
      summary: '把外部工单导入为任务；重复导入返回同一任务',
      access: ADMIN,
      params: orderParams,
      body: importBody,
      response: imported,
      message: '已导入',
      errors: ['NOT_FOUND', 'CONFLICT'],
      idempotent: true,
    },
    ({ who, params, body, once }) => orders.import(who, params.id, { input: body, once }),
  )
}
