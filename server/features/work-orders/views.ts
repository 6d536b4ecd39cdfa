import type { AdminTaskRow } from '../../../types/api/admin'
import type { AssignmentStatus, StepRecordView, WorkOrderRow } from '../../../types/api/homecare'
import type { FileLink } from '../../../types/api/files'
import { STEP, STEP_LABELS } from '../../../types/task-types'
import { isoTime, shanghaiTime, type TimeText } from '../../time'
import type { FileVariant } from '../files/links'
import type { FileRow } from '../files/repository'
import type { StepRecordRow } from '../tasks/repository'
import type { EventView } from '../work-order-events/service'
import { attentionOf } from './attention'
import type { WorkOrderJoined } from './repository'

type Link = (id: string, variant?: FileVariant) => string

/** A finished order has no live assignment any more, but its worker completed it. */
function assignmentStatusOf(row: WorkOrderJoined): AssignmentStatus | null {
  if (row.assignment_status) return row.assignment_status
  if (!row.worker_id) return null
  if (row.status === 'cancelled') return 'CANCELLED'
  return row.current_step >= STEP.done ? 'COMPLETED' : null
}

const stepLabel = (step: number) => STEP_LABELS[step] ?? ''

/** What every list shows of an order. */
const basicsOf = (row: WorkOrderJoined) => ({
  id: row.id,
  task_id: row.task_id,
  task_type: row.type,
  status: row.status,
  current_step: row.current_step,
  step_label: stepLabel(row.current_step),
  device_name: row.device_name ?? row.purpose ?? '',
  description: row.description,
  customer_name: row.customer_name,
  customer_company: row.customer_company,
  customer_phone: row.customer_phone,
  service_latitude: row.service_latitude,
  service_longitude: row.service_longitude,
  assignment_status: assignmentStatusOf(row),
  worker_id: row.worker_id,
  worker_name: row.worker_name ?? '',
  visit_state: row.visit_state ?? ('NONE' as const),
})

/** A row of the staff's lists. An order in the pool shows no phone before it is taken. */
export const toWorkOrderRow = (row: WorkOrderJoined, { hidePhone = false, time = isoTime } = {}): WorkOrderRow => ({
  ...basicsOf(row),
  ...(hidePhone ? { customer_phone: '' } : {}),
  service_address: row.customer_address,
  appointment_time: row.appointment_time && time(row.appointment_time),
  created_at: time(row.create_time),
  updated_at: time(row.update_time),
})

/** A row of the console's list; times as /api/v1 shows them. */
export const toAdminRow = (row: WorkOrderJoined, now: Date): AdminTaskRow => ({
  ...basicsOf(row),
  customer_id: row.customer_id,
  customer_address: row.customer_address,
  org_id: row.org_id,
  team_id: row.team_id,
  origin: row.origin,
  content_flag: row.content_flag,
  appointment_time: row.appointment_time && shanghaiTime(row.appointment_time),
  attention: attentionOf(row, now),
  create_time: shanghaiTime(row.create_time),
  update_time: shanghaiTime(row.update_time),
})

/** The device fields that were filled in, by name. */
export function toDevice(row: WorkOrderJoined): Record<string, string | number> {
  const fields = {
    name: row.device_name,
    type: row.device_type,
    brand: row.device_brand,
    model: row.device_model,
    fault_description: row.fault_description,
    quantity: row.quantity,
    accessories: row.accessories,
    appointment_time: row.appointment_time && shanghaiTime(row.appointment_time),
    verification_type: row.verification_type,
    purpose: row.purpose,
    requirement_description: row.requirement_description,
  }
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string | number] => entry[1] !== null),
  )
}

/** Pictures and other files, apart. */
export function toLinks(files: FileRow[], link: Link): { images: FileLink[]; files: FileLink[] } {
  const toLink = (file: FileRow) => ({ name: file.original_name, url: link(file.id) })
  const isImage = (file: FileRow) => file.mime.startsWith('image/')
  return { images: files.filter(isImage).map(toLink), files: files.filter((file) => !isImage(file)).map(toLink) }
}

export function toStepRecord(
  record: StepRecordRow,
  files: FileRow[],
  { link, time }: { link: Link; time: TimeText },
): StepRecordView {
  const own = files.filter((file) => file.step_record_id === record.id)
  return {
    id: record.id,
    step: record.step_index,
    step_label: stepLabel(record.step_index),
    description: record.description,
    author: record.author_name,
    created_at: time(record.create_time),
    ...toLinks(own, link),
  }
}

export function toEventView(event: EventView, time: TimeText) {
  const { text, label, reasonCode, reason } = event.payload as Record<string, string | undefined>
  return {
    type: event.type,
    title: event.type === 'STEP_ENTERED' && label ? label : event.title,
    description: text ?? reason ?? reasonCode ?? '',
    actor: event.actor,
    created_at: time(event.time),
  }
}
