import { z } from 'zod'
import { ASSIGNMENT_STATUSES } from '../../../types/api/homecare'
import { staff } from '../../http/authenticate'
import { optionalText, recordId, text } from '../../http/fields'
import type { Family } from '../../http/guard'
import type { AssignmentAnswer, DispatchService } from './service'

const workOrderId = recordId('工单编号')
const dispatchBody = z.object({
  workOrderId,
  workerId: recordId('服务人员编号'),
  note: optionalText('派单备注', 500),
  /** Who has the order as far as the dispatcher knows, null for nobody; what changed meanwhile is a 409. */
  formerWorkerId: recordId('原服务人员编号').nullish(),
})
const orderBody = z.object({ workOrderId })
const rejectBody = z.object({ workOrderId, reason: text('退回原因', 500) })

const assignment = z.object({
  workOrderId: z.string(),
  assignmentId: z.string(),
  workerId: z.string(),
  status: z.enum(ASSIGNMENT_STATUSES),
  currentStep: z.number().int(),
}) satisfies z.ZodType<AssignmentAnswer>

const ACT = { response: assignment, idempotent: true } as const
const WORKER = staff('HOMECARE_WORKER')

export function mountDispatchRoutes({ route }: Family, { dispatch }: { dispatch: DispatchService }) {
  route(
    'post',
    '/dispatch',
    {
      ...ACT,
      summary: '派单或改派',
      access: staff('HOMECARE_DISPATCHER', 'ADMIN'),
      body: dispatchBody,
      errors: ['NOT_FOUND', 'TASK_CLOSED', 'TASK_STEP_MISMATCH', 'WORKER_DISABLED', 'ALREADY_ASSIGNED'],
    },
    ({ who, body, once }) => dispatch.dispatch(who, body, once),
  )

  route(
    'post',
    '/accept',
    {
      ...ACT,
      summary: '接单',
      access: WORKER,
      body: orderBody,
      errors: ['NOT_FOUND', 'TASK_CLOSED', 'ASSIGNMENT_GONE', 'WORK_ORDER_NOT_MINE'],
    },
    ({ who, body, once }) => dispatch.accept(who, body.workOrderId, once),
  )

  route(
    'post',
    '/reject',
    {
      ...ACT,
      summary: '退回派单',
      access: WORKER,
      body: rejectBody,
      errors: ['NOT_FOUND', 'TASK_CLOSED', 'ASSIGNMENT_GONE', 'WORK_ORDER_NOT_MINE'],
    },
    ({ who, body, once }) => dispatch.reject(who, body, once),
  )

  route(
    'post',
    '/claim',
    {
      ...ACT,
      summary: '从待派工单中接单',
      access: WORKER,
      body: orderBody,
      errors: ['NOT_FOUND', 'TASK_CLOSED', 'TASK_STEP_MISMATCH', 'ALREADY_ASSIGNED'],
    },
    ({ who, body, once }) => dispatch.claim(who, body.workOrderId, once),
  )
}
