import { z } from 'zod'
import {
  type AdminTaskDetail,
  type AdminTaskPatch,
  type AdminTaskRow,
  TASK_MOMENTS,
  TASK_ORIGINS,
} from '../../../types/api/admin'
import {
  ASSIGNMENT_STATUSES,
  type StepRecordView,
  type WorkOrderDetail,
  type WorkOrderRow,
} from '../../../types/api/homecare'
import { TASK_ATTENTIONS } from '../../../types/api/overview'
import { LAST_STEP, TASK_STATUSES, TASK_TYPES } from '../../../types/task-types'
import {
  dayRange,
  filter,
  filterFlag,
  filterInteger,
  filterText,
  integer,
  latitude,
  listOf,
  longitude,
  oneOf,
  optionalText,
  pageQuery,
  recordId,
  text,
  uuid,
} from '../../http/fields'
import { fileLink } from '../files/schema'
import { slaInForce } from '../sla/schema'
import { visitView } from '../visits/schema'

const MAX_STEP_FILES = 18

export const workOrderQuery = z.object({
  ...pageQuery(),
  scope: filter(oneOf('范围', ['mine', 'pool', 'all'])),
  status: filter(oneOf('状态', [...TASK_STATUSES, 'done'])),
  q: filterText('搜索内容'),
})
export type WorkOrderQuery = z.infer<typeof workOrderQuery>

const orderBasics = {
  id: z.string(),
  task_id: z.string(),
  task_type: z.enum(TASK_TYPES),
  status: z.enum(TASK_STATUSES),
  current_step: z.number().int(),
  step_label: z.string(),
  device_name: z.string(),
  description: z.string(),
  customer_name: z.string(),
  customer_company: z.string(),
  customer_phone: z.string(),
  service_latitude: z.number().nullable(),
  service_longitude: z.number().nullable(),
  assignment_status: z.enum(ASSIGNMENT_STATUSES).nullable(),
  worker_id: z.string().nullable(),
  worker_name: z.string(),
  visit_state: z.enum(['NONE', 'CHECKED_IN', 'CHECKED_OUT']),
  appointment_time: z.string().nullable(),
}

export const workOrderRow = z.object({
  ...orderBasics,
  service_address: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
}) satisfies z.ZodType<WorkOrderRow>

const stepRecord = z.object({
  id: z.string(),
  step: z.number().int(),
  step_label: z.string(),
  description: z.string(),
  author: z.string(),
  created_at: z.string(),
  images: z.array(fileLink),
  files: z.array(fileLink),
}) satisfies z.ZodType<StepRecordView>

export const workOrderDetail = workOrderRow.extend({
  device: z.record(z.string(), z.union([z.string(), z.number()])),
  submission: z.object({ images: z.array(fileLink), files: z.array(fileLink) }),
  step_records: z.array(stepRecord),
  visits: z.array(visitView),
  radius: slaInForce,
  offline_ticket: z
    .object({
      workOrderId: z.string(),
      workerId: z.string(),
      latitude: z.number(),
      longitude: z.number(),
      radiusMeters: z.number(),
      nonce: z.string(),
      expiresAt: z.string(),
      signature: z.string(),
    })
    .nullable(),
  dispatch_note: z.string(),
  events: z.array(
    z.object({
      type: z.string(),
      title: z.string(),
      description: z.string(),
      actor: z.string(),
      created_at: z.string(),
    }),
  ),
}) satisfies z.ZodType<WorkOrderDetail>

export const workOrderParams = z.object({ id: recordId('工单编号') })

export const stepBody = z.object({
  step: integer('步骤', 0, LAST_STEP),
  description: text('步骤说明', 2000),
  fileIds: listOf('文件', uuid('文件编号'), MAX_STEP_FILES).nullish(),
})
export type StepInput = z.infer<typeof stepBody>
export const stepAnswer = z.object({ workOrderId: z.string(), currentStep: z.number().int(), recordId: z.string() })

export const cancelBody = z.object({ workOrderId: recordId('工单编号'), reason: text('取消原因', 500) })

/** What the console's list and its export can be narrowed to. */
export const adminTaskFilters = {
  status: filter(oneOf('状态', TASK_STATUSES)),
  type: filter(oneOf('任务类型', TASK_TYPES)),
  step: filterInteger('步骤', 0, LAST_STEP),
  attention: filter(oneOf('待关注原因', TASK_ATTENTIONS)),
  unassigned: filterFlag('是否未派单'),
  done: filterFlag('服务是否完成'),
  worker_id: filter(uuid('服务人员编号')),
  origin: filter(oneOf('来源', TASK_ORIGINS)),
  /** What `from` and `to` are the days of; a submission, if nothing is said. */
  by: filter(oneOf('日期类型', TASK_MOMENTS)),
  ...dayRange(),
  q: filterText('搜索内容'),
}
export type AdminTaskFilters = Omit<AdminTaskQuery, 'page' | 'size'>

export const adminTaskQuery = z.object({
  ...pageQuery(20),
  ...adminTaskFilters,
})
export type AdminTaskQuery = z.infer<typeof adminTaskQuery>

export const adminTaskRow = z.object({
  ...orderBasics,
  customer_id: z.number().int(),
  customer_address: z.string(),
  org_id: z.string(),
  team_id: z.string().nullable(),
  origin: z.enum(TASK_ORIGINS),
  content_flag: z.string().nullable(),
  attention: z.array(z.enum(TASK_ATTENTIONS)),
  create_time: z.string(),
  update_time: z.string(),
}) satisfies z.ZodType<AdminTaskRow>
export const adminTaskDetail = workOrderDetail
  .omit({ offline_ticket: true })
  .extend(adminTaskRow.shape) satisfies z.ZodType<AdminTaskDetail>

export const taskPatch = z
  .object({
    service_latitude: latitude('服务地点纬度').nullish(),
    service_longitude: longitude('服务地点经度').nullish(),
    org_id: text('组织', 36).optional(),
    team_id: optionalText('团队', 36).optional(),
  })
  .refine((value) => (value.service_latitude == null) === (value.service_longitude == null), {
    message: '服务地点经度和纬度必须同时填写',
    path: ['service_latitude'],
  }) satisfies z.ZodType<AdminTaskPatch>
export type TaskPatch = z.infer<typeof taskPatch>
