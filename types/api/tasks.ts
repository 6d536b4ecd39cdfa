import type { DeviceFieldName, FieldKind, TaskStatus, TaskType, VerificationType } from '../task-types'
import type { FileLink } from './files'

/** `POST /tasks`; times as `YYYY-MM-DD HH:mm[:ss]` (Asia/Shanghai) or ISO 8601; coordinates GCJ02 degrees. */
export interface TaskSubmission {
  type: TaskType
  customer: {
    name: string
    company: string
    phone: string
    address: string
    email?: string | null
    latitude?: number | null
    longitude?: number | null
  }
  device: {
    name?: string | null
    type?: string | null
    brand?: string | null
    model?: string | null
    fault_description?: string | null
    quantity: number
    accessories?: string | null
    appointment_time?: string | null
    verification_type?: VerificationType | null
    purpose?: string | null
    requirement_description?: string | null
  }
  description: string
  file_ids?: string[]
}

export interface TaskCreated {
  task_id: string
  message: string
}

export interface TaskRow {
  task_id: string
  task_type: TaskType
  device_name: string
  description: string
  engineer_name: string
  engineer_phone: string
  current_step: number
  status: TaskStatus
  create_time: string
  update_time: string
}

export interface TaskStep {
  index: number
  label: string
  entered_at: string | null
  done: boolean
}

export interface StepContent {
  description: string
  images: string[]
  thumbnails: string[]
  files: FileLink[]
}

export interface TaskDetail extends TaskRow {
  id: string
  device_type: string
  device_brand: string
  device_model: string
  step_content: StepContent
  steps: TaskStep[]
  customer: { name: string; company: string; phone: string; address: string; email: string }
  device: Record<Exclude<DeviceFieldName, 'quantity'>, string> & { quantity: number }
  cancel_reason: string
  can_confirm: boolean
  can_evaluate: boolean
  can_cancel: boolean
  can_remind: boolean
}

/** One customer-safe entry of a task's history, oldest first. */
export interface TimelineEntry {
  type: string
  title: string
  description: string
  actor: string
  time: string
}

export interface Evaluation {
  serviceAttitude: number
  serviceQuality: number
  overallRating: number
  comment?: string | null
}

export interface EvaluationRecord extends Evaluation {
  task_id: string
  comment: string
  create_time: string
}

export interface TaskTypeField {
  name: `device.${DeviceFieldName}`
  label: string
  kind: FieldKind
  required: boolean
  placeholder: string
  max_length?: number
  min?: number
  max?: number
  options?: string[]
}

export interface TaskTypeInfo {
  type: TaskType
  label: string
  summary: string
  fields: TaskTypeField[]
}
