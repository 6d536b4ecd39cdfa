import { z } from 'zod'
import { staff } from '../../http/authenticate'
import type { Family } from '../../http/guard'
import { pageOf } from '../../http/page'
import {
  adminTaskDetail,
  adminTaskQuery,
  adminTaskRow,
  cancelBody,
  stepAnswer,
  stepBody,
  taskPatch,
  workOrderDetail,
  workOrderParams,
  workOrderQuery,
  workOrderRow,
} from './schema'
import type { WorkOrderService } from './service'

const DISPATCHER = staff('HOMECARE_DISPATCHER', 'ADMIN')

export function mountWorkOrderRoutes({ route }: Family, { workOrders }: { workOrders: WorkOrderService }) {
  route(
    'get',
    '/work-orders',
    { summary: '工单列表', access: staff(), query: workOrderQuery, response: pageOf(workOrderRow) },
    ({ who, query }) => workOrders.list(who, query),
  )

  route(
    'get',
    '/work-orders/:id',
    {
      summary: '工单详情',
      access: staff(),
      params: workOrderParams,
      response: workOrderDetail,
      errors: ['NOT_FOUND'],
    },
    ({ who, params }) => workOrders.detail(who, params.id),
  )

  route(
    'post',
    '/work-orders/:id/steps',
    {
      summary: '推进或补充步骤',
      access: staff(),
      params: workOrderParams,
      body: stepBody,
      response: stepAnswer,
      errors: ['NOT_FOUND', 'TASK_CLOSED', 'TASK_STEP_MISMATCH', 'WORK_ORDER_NOT_MINE'],
      idempotent: true,
    },
    ({ who, params, body, once }) => workOrders.step(who, { ...body, workOrderId: params.id }, once),
  )

  route(
    'post',
    '/cancel',
    {
      summary: '取消工单',
      access: DISPATCHER,
      body: cancelBody,
      response: z.object({ message: z.string() }),
      errors: ['NOT_FOUND', 'TASK_CLOSED'],
      idempotent: true,
    },
    ({ who, body, once }) => workOrders.cancel(who, body, once),
  )
}

export function mountTaskAdminRoutes({ route }: Family, { workOrders }: { workOrders: WorkOrderService }) {
  route(
    'get',
    '/admin/tasks',
    {
      summary: '全部任务',
      access: DISPATCHER,
      query: adminTaskQuery,
      response: pageOf(adminTaskRow),
      message: '获取成功',
    },
    ({ query }) => workOrders.adminList(query),
  )

  route(
    'get',
    '/admin/tasks/:id',
    {
      summary: '任务详情',
      access: DISPATCHER,
      params: workOrderParams,
      response: adminTaskDetail,
      message: '获取成功',
      errors: ['NOT_FOUND'],
    },
    ({ params }) => workOrders.adminDetail(params.id),
  )

  route(
    'patch',
    '/admin/tasks/:id',
    {
      summary: '设置服务地点与归属',
      access: staff('ADMIN'),
      params: workOrderParams,
      body: taskPatch,
      response: adminTaskRow,
      message: '已保存',
      errors: ['NOT_FOUND'],
    },
    ({ who, params, body }) => workOrders.patch(who, params.id, body),
  )
}
