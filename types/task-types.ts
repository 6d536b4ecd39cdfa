/**
 * The eight kinds of service and the device fields each of them asks for (miniprogram-api.md 2.1).
 * The one source for client forms, server validation, `GET /task-types` and OpenAPI.
 */
export const TASK_TYPES = [
  'repair',
  'maintenance',
  'recycle',
  'leasing',
  'training',
  'verification',
  'selection',
  'installation',
] as const
export type TaskType = (typeof TASK_TYPES)[number]

export const VERIFICATION_TYPES = ['IQ', 'OQ', 'PQ'] as const
export type VerificationType = (typeof VERIFICATION_TYPES)[number]

export type DeviceFieldName =
  | 'name'
  | 'type'
  | 'brand'
  | 'model'
  | 'fault_description'
  | 'quantity'
  | 'accessories'
  | 'appointment_time'
  | 'verification_type'
  | 'purpose'
  | 'requirement_description'

export type FieldKind = 'text' | 'textarea' | 'integer' | 'datetime' | 'choice'

export interface DeviceField {
  label: string
  kind: FieldKind
  maxLength?: number
  min?: number
  max?: number
  options?: readonly string[]
  placeholder: string
}

/** Lengths are UTF-16 code units, as both JavaScript and NVARCHAR count them. */
export const DEVICE_FIELDS: Record<DeviceFieldName, DeviceField> = {
  name: { label: '仪器名称', kind: 'text', maxLength: 100, placeholder: '例如：高效液相色谱仪' },
  type: { label: '仪器类型', kind: 'text', maxLength: 100, placeholder: '例如：色谱仪' },
  brand: { label: '品牌', kind: 'text', maxLength: 100, placeholder: '例如：安捷伦' },
  model: { label: '型号', kind: 'text', maxLength: 100, placeholder: '例如：1260' },
  fault_description: { label: '故障描述', kind: 'textarea', maxLength: 2000, placeholder: '现象、报警代码、何时开始' },
  quantity: { label: '数量', kind: 'integer', min: 1, max: 9999, placeholder: '1' },
  accessories: { label: '附件描述', kind: 'textarea', maxLength: 500, placeholder: '随机附件、耗材、说明书' },
  appointment_time: { label: '预约时间', kind: 'datetime', placeholder: '请选择日期和时间' },
  verification_type: { label: '验证类别', kind: 'choice', options: VERIFICATION_TYPES, placeholder: '请选择' },
  purpose: { label: '仪器用途或名称', kind: 'text', maxLength: 200, placeholder: '例如：食品中农药残留检测' },
  requirement_description: {
    label: '需求描述',
    kind: 'textarea',
    maxLength: 2000,
    placeholder: '检测项目、通量、预算、安装条件',
  },
}

export interface TaskTypeRule {
  label: string
  summary: string
  required: readonly DeviceFieldName[]
  optional: readonly DeviceFieldName[]
}

const DEVICE = ['name', 'type', 'brand', 'model'] as const

/** A device field that a type names neither as required nor as optional is not kept for it. */
export const TASK_TYPE_RULES: Record<TaskType, TaskTypeRule> = {
  repair: {
    label: '维修',
    summary: '仪器故障检测与修复',
    required: [...DEVICE, 'fault_description', 'quantity'],
    optional: ['appointment_time'],
  },
  maintenance: {
    label: '保养',
    summary: '定期维护，延长寿命',
    required: [...DEVICE, 'fault_description', 'quantity'],
    optional: ['appointment_time'],
  },
  recycle: {
    label: '回收',
    summary: '闲置仪器评估与回收',
    required: [...DEVICE, 'quantity'],
    optional: ['accessories', 'appointment_time'],
  },
  leasing: {
    label: '租赁',
    summary: '短期与长期仪器租用',
    required: [...DEVICE, 'quantity'],
    optional: ['accessories', 'appointment_time'],
  },
  training: {
    label: '培训',
    summary: '操作与方法培训',
    required: [...DEVICE, 'quantity', 'appointment_time'],
    optional: [],
  },
  verification: {
    label: '验证',
    summary: 'IQ / OQ / PQ 验证服务',
    required: [...DEVICE, 'quantity', 'verification_type'],
    optional: ['appointment_time'],
  },
  selection: {
    label: '选型',
    summary: '按需求推荐仪器方案',
    required: ['quantity', 'purpose', 'requirement_description'],
    optional: [...DEVICE],
  },
  installation: {
    label: '安装',
    summary: '开箱、安装与调试',
    required: [...DEVICE, 'quantity'],
    optional: ['appointment_time'],
  },
}

/** Steps of a work order (`current_step` 0–7). */
export const STEP_LABELS = [
  '已提交',
  '已派单',
  '检测诊断',
  '方案报价',
  '客户确认',
  '服务执行',
  '已完成待评价',
  '已评价',
] as const
export const STEP = {
  submitted: 0,
  dispatched: 1,
  diagnosis: 2,
  quote: 3,
  confirmation: 4,
  execution: 5,
  done: 6,
  evaluated: 7,
} as const
export const LAST_STEP = STEP.evaluated

export const TASK_STATUSES = ['open', 'cancelled', 'closed'] as const
export type TaskStatus = (typeof TASK_STATUSES)[number]

/** What may be attached to a submission (miniprogram-api.md 2.1). */
export const UPLOAD_LIMITS = {
  maxImages: 9,
  maxImageBytes: 5 * 1024 * 1024,
  maxFiles: 9,
  maxFileBytes: 10 * 1024 * 1024,
} as const

/** Of the documents the server takes, for choosing them; it goes by what is in them. */
export const DOCUMENT_EXTENSIONS = ['pdf', 'doc', 'docx', 'xls', 'xlsx']
