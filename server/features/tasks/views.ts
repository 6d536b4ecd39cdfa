import type {
  StepContent,
  TaskDetail,
  TaskRow as TaskRowView,
  TaskStep,
  TaskTypeInfo,
  TimelineEntry,
} from '../../../types/api/tasks'
import { DEVICE_FIELDS, LAST_STEP, STEP, STEP_LABELS, TASK_TYPES, TASK_TYPE_RULES } from '../../../types/task-types'
import { shanghaiTime } from '../../time'
import type { FileVariant } from '../files/links'
import type { FileRow } from '../files/repository'
import type { EventView } from '../work-order-events/service'
import { customerActions } from './lifecycle'
import type { EngineerColumns, StepRecordRow, TaskListRow, TaskRow } from './repository'

type Link = (id: string, variant?: FileVariant) => string

/** A row of the customer's list (miniprogram-api.md 2.2). A selection task has no device yet: its purpose stands in. */
export function toTaskRow(row: TaskListRow): TaskRowView {
  return {
    task_id: row.task_id,
    task_type: row.type,
    device_name: row.device_name ?? row.purpose ?? '',
    description: row.description,
    engineer_name: row.engineer_name ?? '',
    engineer_phone: row.engineer_phone ?? '',
    current_step: row.current_step,
    status: row.status,
    create_time: shanghaiTime(row.create_time),
    update_time: shanghaiTime(row.update_time),
  }
}

interface DetailParts {
  task: TaskRow & EngineerColumns
  records: StepRecordRow[]
  files: FileRow[]
  link: Link
  now: Date
}

/** The customer's view of one task (miniprogram-api.md 2.3, with the steps and what may be done now). */
export function toTaskDetail({ task, records, files, link, now }: DetailParts): TaskDetail {
  return {
    ...toTaskRow(task),
    id: task.id,
    device_type: task.device_type ?? '',
    device_brand: task.device_brand ?? '',
    device_model: task.device_model ?? '',
    step_content: stepContent(currentRecords(records, task.current_step), files, link),
    steps: toSteps(task, records),
    customer: {
      name: task.customer_name,
      company: task.customer_company,
      phone: task.customer_phone,
      address: task.customer_address,
      email: task.customer_email ?? '',
    },
    device: toDevice(task),
    cancel_reason: task.cancel_reason ?? '',
    ...customerActions(task, now),
  }
}

function toDevice(task: TaskRow): TaskDetail['device'] {
  return {
    name: task.device_name ?? '',
    type: task.device_type ?? '',
    brand: task.device_brand ?? '',
    model: task.device_model ?? '',
    fault_description: task.fault_description ?? '',
    quantity: task.quantity,
    accessories: task.accessories ?? '',
    appointment_time: task.appointment_time ? shanghaiTime(task.appointment_time) : '',
    verification_type: task.verification_type ?? '',
    purpose: task.purpose ?? '',
    requirement_description: task.requirement_description ?? '',
  }
}

/**
 * Records of the present stay in the current step: a refused plan starts step 3 anew. Who is asked to confirm a plan
 * sees the plan, so step 4 shows the quote before it as well.
 */
function currentRecords(records: StepRecordRow[], step: number): StepRecordRow[] {
  if (step === STEP.submitted) return records.slice(0, 1) // the submission itself, also after a worker gave it back
  let start = records.length
  for (const shown of step === STEP.confirmation ? [STEP.confirmation, STEP.quote] : [step])
    while (records[start - 1]?.step_index === shown) start--
  return records.slice(start)
}

function stepContent(records: StepRecordRow[], files: FileRow[], link: Link): StepContent {
  const ids = new Set(records.map((record) => record.id))
  const own = files.filter((file) => file.step_record_id && ids.has(file.step_record_id))
  const images = own.filter((file) => file.mime.startsWith('image/'))
  return {
    description: records.map((record) => record.description).join('\n'),
    images: images.map((file) => link(file.id)),
    thumbnails: images.map((file) => link(file.id, 'thumbnail')),
    files: own
      .filter((file) => !file.mime.startsWith('image/'))
      .map((file) => ({ name: file.original_name, url: link(file.id) })),
  }
}

function toSteps(task: TaskRow, records: StepRecordRow[]): TaskStep[] {
  return STEP_LABELS.map((label, index) => {
    const entered = records.find((record) => record.step_index === index)
    const reached = index <= task.current_step
    return {
      index,
      label,
      entered_at: entered && reached ? shanghaiTime(entered.create_time) : null,
      done: index < task.current_step || (index === LAST_STEP && task.current_step === LAST_STEP),
    }
  })
}

/** The customer-safe part of an event: who and what, never where. */
export function toTimelineEntry(event: EventView): TimelineEntry {
  const { text, label } = event.payload as { text?: string; label?: string }
  return {
    type: event.type,
    title: event.type === 'STEP_ENTERED' && label ? label : event.title,
    description: text ?? '',
    actor: event.actor,
    time: shanghaiTime(event.time),
  }
}

/** `GET /task-types`. */
export const taskTypeInfos: TaskTypeInfo[] = TASK_TYPES.map((type) => {
  const { label, summary, required, optional } = TASK_TYPE_RULES[type]
  return {
    type,
    label,
    summary,
    fields: [...required, ...optional].map((name) => {
      const { maxLength, options, ...field } = DEVICE_FIELDS[name]
      return {
        ...field,
        name: `device.${name}` as const,
        required: required.includes(name),
        max_length: maxLength,
        options: options && [...options],
      }
    }),
  }
})
