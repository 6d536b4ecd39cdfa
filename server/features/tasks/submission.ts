import { STEP, type TaskType } from '../../../types/task-types'
import { newId } from '../../ids'
import { DEFAULT_ORG_ID } from '../../organisation'
import type { TaskRow } from './repository'
import type { ParsedSubmission } from './schema'

/** What a person wrote in it. */
export const submittedTexts = ({ description, device }: ParsedSubmission) => [
  description,
  device.fault_description,
  device.requirement_description,
]

/** The row of a new task. */
export function newTaskRow(
  customerId: number,
  input: ParsedSubmission,
  made: { time: Date; taskId: string; flag: string | null },
): TaskRow {
  const { customer, device } = input
  return {
    id: newId(),
    task_id: made.taskId,
    type: input.type as TaskType,
    customer_id: customerId,
    customer_name: customer.name,
    customer_company: customer.company,
    customer_phone: customer.phone,
    customer_address: customer.address,
    customer_email: customer.email,
    device_name: device.name,
    device_type: device.type,
    device_brand: device.brand,
    device_model: device.model,
    fault_description: device.fault_description,
    quantity: device.quantity,
    accessories: device.accessories,
    appointment_time: device.appointment_time ?? null,
    verification_type: device.verification_type ?? null,
    purpose: device.purpose,
    requirement_description: device.requirement_description,
    description: input.description,
    current_step: STEP.submitted,
    status: 'open',
    service_latitude: customer.latitude ?? null,
    service_longitude: customer.longitude ?? null,
    org_id: DEFAULT_ORG_ID,
    team_id: null,
    origin: 'miniprogram',
    ngs_oid: null,
    ngs_task_id: null,
    worker_id: null,
    content_flag: made.flag,
    cancel_reason: null,
    reminded_at: null,
    visit_state: null,
    event_seq: 0,
    event_head: '',
    create_time: made.time,
    update_time: made.time,
  }
}
