import { z } from 'zod'
import { customers, open } from '../../http/authenticate'
import type { Family } from '../../http/guard'
import { pageOf } from '../../http/page'
import {
  cancelBody,
  confirmBody,
  evaluationBody,
  evaluationRecord,
  messageAnswer,
  reminderBody,
  SUBMISSION_UPLOADS,
  taskCreated,
  taskDetail,
  taskParams,
  taskQuery,
  taskRow,
  taskSubmission,
  taskTypeInfo,
  timelineEntry,
} from './schema'
import type { TaskService } from './service'
import { taskTypeInfos } from './views'

const DECISION = { access: customers, params: taskParams, response: messageAnswer, idempotent: true } as const
const DECISION_ERRORS = ['NOT_FOUND', 'TASK_CLOSED', 'TASK_STEP_MISMATCH'] as const

export function mountTaskRoutes({ route }: Family, { tasks }: { tasks: TaskService }) {
  route(
    'get',
    '/task-types',
    {
      summary: '八种任务类型及其字段',
      access: open,
      response: z.object({ list: z.array(taskTypeInfo) }),
      message: '获取成功',
    },
    async () => ({ list: taskTypeInfos }),
  )

  route(
    'post',
    '/tasks',
    {
      summary: '创建任务',
      access: customers,
      body: taskSubmission,
      upload: {
        fields: SUBMISSION_UPLOADS,
        lists: ['file_ids'],
        objects: ['customer', 'device'],
        numbers: ['device.quantity', 'customer.latitude', 'customer.longitude'],
      },
      response: taskCreated,
      message: '任务提交成功',
      errors: ['FILE_TYPE_REFUSED', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA', 'CONTENT_REFUSED'],
      idempotent: true,
    },
    ({ who, body, uploads, once }) => tasks.create(who, { input: body, uploads, once }),
  )

  route(
    'get',
    '/tasks',
    { summary: '获取任务列表', access: customers, query: taskQuery, response: pageOf(taskRow), message: '获取成功' },
    ({ who, query }) => tasks.list(who, query),
  )

  route(
    'get',
    '/tasks/:id',
    {
      summary: '获取任务详情',
      access: customers,
      params: taskParams,
      response: taskDetail,
      message: '获取成功',
      errors: ['NOT_FOUND'],
    },
    ({ who, params }) => tasks.detail(who, params.id),
  )

  route(
    'get',
    '/tasks/:id/timeline',
    {
      summary: '任务进展',
      access: customers,
      params: taskParams,
      response: z.object({ list: z.array(timelineEntry) }),
      message: '获取成功',
      errors: ['NOT_FOUND'],
    },
    ({ who, params }) => tasks.timeline(who, params.id),
  )

  route(
    'post',
    '/tasks/:id/confirm',
    { ...DECISION, summary: '确认或退回方案', body: confirmBody, message: '操作成功', errors: DECISION_ERRORS },
    ({ who, params, body, once }) => tasks.confirm(who, params.id, { ...body, once }),
  )

  route(
    'post',
    '/tasks/:id/cancel',
    {
      ...DECISION,
      summary: '取消任务',
      body: cancelBody,
      message: '任务已取消',
      errors: [...DECISION_ERRORS, 'TASK_NOT_CANCELLABLE'],
    },
    ({ who, params, body, once }) => tasks.cancel(who, params.id, { ...body, once }),
  )

  route(
    'post',
    '/tasks/:id/reminder',
    {
      ...DECISION,
      summary: '催办，每小时一次',
      body: reminderBody,
      message: '催办成功',
      errors: [...DECISION_ERRORS, 'REMINDED_RECENTLY'],
    },
    ({ who, params, body, once }) => tasks.remind(who, params.id, { ...body, once }),
  )

  route(
    'post',
    '/tasks/:id/evaluation',
    {
      ...DECISION,
      summary: '提交服务评价',
      body: evaluationBody,
      message: '评价提交成功',
      errors: ['NOT_FOUND', 'TASK_NOT_EVALUABLE', 'ALREADY_EVALUATED', 'CONTENT_REFUSED'],
    },
    ({ who, params, body, once }) => tasks.evaluate(who, params.id, { input: body, once }),
  )

  route(
    'get',
    '/tasks/:id/evaluation',
    {
      summary: '查看服务评价',
      access: customers,
      params: taskParams,
      response: evaluationRecord,
      message: '获取成功',
      errors: ['NOT_FOUND'],
    },
    ({ who, params }) => tasks.evaluation(who, params.id),
  )
}
