import { z } from 'zod'
import type {
  Evaluation,
  EvaluationRecord,
  TaskCreated,
  TaskDetail,
  TaskRow,
  TimelineEntry,
} from '../../../types/api/tasks'
import {
  DEVICE_FIELDS,
  type DeviceFieldName,
  TASK_STATUSES,
  TASK_TYPES,
  TASK_TYPE_RULES,
  type TaskType,
  UPLOAD_LIMITS,
  VERIFICATION_TYPES,
} from '../../../types/task-types'
import {
  filterText,
  instant,
  integer,
  latitude,
  listOf,
  longitude,
  oneOf,
  optionalEmail,
  optionalText,
  pageQuery,
  phone,
  text,
  uuid,
} from '../../http/fields'
import type { UploadSpec } from '../../http/uploads'

/** Pictures and other files are counted once it is known which is which. */
const MAX_FILE_IDS = 100
const customer = z
  .object(
    {
      name: text('客户姓名', 50),
      company: text('公司名称', 100),
      phone: phone('联系电话'),
      address: text('联系地址', 255),
      email: optionalEmail('电子邮箱'),
      latitude: latitude().nullish(),
      longitude: longitude().nullish(),
    },
    '客户信息不能为空',
  )
  .refine((value) => (value.latitude == null) === (value.longitude == null), {
    message: '经度和纬度必须同时填写',
    path: ['latitude'],
  })

const optionalDeviceText = (name: DeviceFieldName) =>
  optionalText(DEVICE_FIELDS[name].label, DEVICE_FIELDS[name].maxLength!)

/** For OpenAPI: `故障描述：维修、保养必填`. */
function requirementOf(name: DeviceFieldName): string {
  const types = TASK_TYPES.filter((type) => TASK_TYPE_RULES[type].required.includes(name))
  const who = types.length === TASK_TYPES.length ? '' : types.map((type) => TASK_TYPE_RULES[type].label).join('、')
  return DEVICE_FIELDS[name].label + (types.length > 0 ? `：${who}必填` : '')
}

const described = <T extends z.ZodRawShape>(shape: T): T =>
  Object.fromEntries(
    Object.entries(shape).map(([name, field]) => [
      name,
      (field as z.ZodType).meta({ description: requirementOf(name as DeviceFieldName) }),
    ]),
  ) as unknown as T
const blankToNull = (value: unknown) => (value === '' ? null : value)

/** Every device field as it may come; which of them a type requires or keeps is decided by `TASK_TYPE_RULES`. */
const deviceShape = {
  name: optionalDeviceText('name'),
  type: optionalDeviceText('type'),
  brand: optionalDeviceText('brand'),
  model: optionalDeviceText('model'),
  fault_description: optionalDeviceText('fault_description'),
  quantity: integer(DEVICE_FIELDS.quantity.label, DEVICE_FIELDS.quantity.min!, DEVICE_FIELDS.quantity.max!),
  accessories: optionalDeviceText('accessories'),
  appointment_time: z.preprocess(blankToNull, instant(DEVICE_FIELDS.appointment_time.label).nullish()),
  verification_type: z.preprocess(
    blankToNull,
    oneOf(DEVICE_FIELDS.verification_type.label, VERIFICATION_TYPES).nullish(),
  ),
  purpose: optionalDeviceText('purpose'),
  requirement_description: optionalDeviceText('requirement_description'),
}

const isTaskType = (type: unknown): type is TaskType => (TASK_TYPES as readonly unknown[]).includes(type)
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A field the type does not ask for is not even looked at. */
const onlyAskedFor = (given: unknown): unknown => {
  if (!isRecord(given)) return given
  const body: Record<string, unknown> = { customer: {}, device: {}, ...given } // so that each missing field is named
  const { type, device } = body
  const rule = isTaskType(type) ? TASK_TYPE_RULES[type] : null
  if (!rule || !isRecord(device)) return body
  const asked = new Set<string>([...rule.required, ...rule.optional])
  return { ...body, device: Object.fromEntries(Object.entries(device).filter(([name]) => asked.has(name))) }
}

const submission = z
  .object({
    type: oneOf('任务类型', TASK_TYPES),
    customer,
    device: z.object(described(deviceShape), '仪器信息不能为空'),
    description: text('任务详细描述', 2000),
    file_ids: listOf('文件', uuid('文件编号'), MAX_FILE_IDS).default([]),
  })
  .superRefine(
    ({ type, device }, context) => {
      if (!isRecord(device) || !isTaskType(type)) return
      for (const name of TASK_TYPE_RULES[type].required)
        if (name !== 'quantity' && device[name] == null)
          context.addIssue({ code: 'custom', path: ['device', name], message: `${DEVICE_FIELDS[name].label}不能为空` })
    },
    { when: ({ value }) => isRecord(value) }, // also where other fields are wrong: every missing one is named at once
  )

/** `POST /tasks` (miniprogram-api.md 2.1); the conditional fields come from `types/task-types.ts`. */
export const taskSubmission = z.preprocess(onlyAskedFor, submission)
export type ParsedSubmission = z.infer<typeof submission>

export const SUBMISSION_UPLOADS: UploadSpec = {
  images: { label: '图片', maxFiles: UPLOAD_LIMITS.maxImages, maxBytes: UPLOAD_LIMITS.maxImageBytes },
  files: { label: '附件', maxFiles: UPLOAD_LIMITS.maxFiles, maxBytes: UPLOAD_LIMITS.maxFileBytes },
}

export const taskCreated = z.object({ task_id: z.string(), message: z.string() }) satisfies z.ZodType<TaskCreated>

export const taskRow = z.object({
  task_id: z.string(),
  task_type: z.enum(TASK_TYPES),
  device_name: z.string(),
  description: z.string(),
  engineer_name: z.string(),
  engineer_phone: z.string(),
  current_step: z.number().int(),
  status: z.enum(TASK_STATUSES),
  create_time: z.string(),
  update_time: z.string(),
}) satisfies z.ZodType<TaskRow>

const deviceView = z.object({
  name: z.string(),
  type: z.string(),
  brand: z.string(),
  model: z.string(),
  fault_description: z.string(),
  quantity: z.number().int(),
  accessories: z.string(),
  appointment_time: z.string(),
  verification_type: z.string(),
  purpose: z.string(),
  requirement_description: z.string(),
})

export const taskDetail = taskRow.extend({
  id: z.string(),
  device_type: z.string(),
  device_brand: z.string(),
  device_model: z.string(),
  step_content: z.object({
    description: z.string(),
    images: z.array(z.string()),
    thumbnails: z.array(z.string()),
    files: z.array(z.object({ name: z.string(), url: z.string() })),
  }),
  steps: z.array(
    z.object({ index: z.number().int(), label: z.string(), entered_at: z.string().nullable(), done: z.boolean() }),
  ),
  customer: z.object({
    name: z.string(),
    company: z.string(),
    phone: z.string(),
    address: z.string(),
    email: z.string(),
  }),
  device: deviceView,
  cancel_reason: z.string(),
  can_confirm: z.boolean(),
  can_evaluate: z.boolean(),
  can_cancel: z.boolean(),
  can_remind: z.boolean(),
}) satisfies z.ZodType<TaskDetail>

export const timelineEntry = z.object({
  type: z.string(),
  title: z.string(),
  description: z.string(),
  actor: z.string(),
  time: z.string(),
}) satisfies z.ZodType<TimelineEntry>

const blankIsAbsent = (value: unknown) => (value === '' ? undefined : value)

export const taskQuery = z.object({
  ...pageQuery(),
  status: z.preprocess(blankIsAbsent, oneOf('状态', TASK_STATUSES).optional()),
  type: z.preprocess(blankIsAbsent, oneOf('任务类型', TASK_TYPES).optional()),
  q: filterText('搜索内容'),
})

/** T-number or UUID. */
export const taskParams = z.object({
  id: text('任务编号', 40).transform((value) => (value.startsWith('T') ? value : value.toLowerCase())),
})

export const evaluationBody = z.object({
  serviceAttitude: integer('服务态度评分', 1, 5),
  serviceQuality: integer('服务质量评分', 1, 5),
  overallRating: integer('总体评价评分', 1, 5),
  comment: optionalText('评价内容', 1000),
}) satisfies z.ZodType<Evaluation>
export type EvaluationInput = z.infer<typeof evaluationBody>

export const evaluationRecord = z.object({
  task_id: z.string(),
  serviceAttitude: z.number().int(),
  serviceQuality: z.number().int(),
  overallRating: z.number().int(),
  comment: z.string(),
  create_time: z.string(),
}) satisfies z.ZodType<EvaluationRecord>

export const messageAnswer = z.object({ message: z.string() })
export const confirmBody = z.object({
  accept: z.boolean({
    error: (issue) => (issue.input == null ? '是否同意方案不能为空' : '是否同意方案必须是 true 或 false'),
  }),
  comment: optionalText('意见', 500),
})
export const cancelBody = z.object({ reason: text('取消原因', 500) })
export const reminderBody = z.object({ comment: optionalText('催办说明', 500) })

export const taskTypeInfo = z.object({
  type: z.enum(TASK_TYPES),
  label: z.string(),
  summary: z.string(),
  fields: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      kind: z.enum(['text', 'textarea', 'integer', 'datetime', 'choice']),
      required: z.boolean(),
      placeholder: z.string(),
      max_length: z.number().int().optional(),
      min: z.number().int().optional(),
      max: z.number().int().optional(),
      options: z.array(z.string()).optional(),
    }),
  ),
})
