import { TASK_TYPE_RULES } from '../../../types/task-types'
import type { NgsSource } from '../../config/ngs'
import { shanghaiTime } from '../../time'
import type { TaskRow } from '../tasks/repository'

const SOURCES: Record<NgsSource, (task: TaskRow) => string | number | null> = {
  id: (task) => task.id,
  task_id: (task) => task.task_id,
  type: (task) => task.type,
  type_label: (task) => TASK_TYPE_RULES[task.type].label,
  description: (task) => task.description,
  create_time: (task) => shanghaiTime(task.create_time),
  origin: (task) => task.origin,
  org_id: (task) => task.org_id,
  team_id: (task) => task.team_id,
  'customer.name': (task) => task.customer_name,
  'customer.company': (task) => task.customer_company,
  'customer.phone': (task) => task.customer_phone,
  'customer.address': (task) => task.customer_address,
  'customer.email': (task) => task.customer_email,
  'device.name': (task) => task.device_name,
  'device.type': (task) => task.device_type,
  'device.brand': (task) => task.device_brand,
  'device.model': (task) => task.device_model,
  'device.fault_description': (task) => task.fault_description,
  'device.quantity': (task) => task.quantity,
  'device.accessories': (task) => task.accessories,
  'device.appointment_time': (task) => task.appointment_time && shanghaiTime(task.appointment_time),
  'device.verification_type': (task) => task.verification_type,
  'device.purpose': (task) => task.purpose,
  'device.requirement_description': (task) => task.requirement_description,
}

type Tables = Record<string, Record<string, unknown>>

/** A task's values where `NGS_FIELD_MAP` wants them: `objective.x`, `task.x`, `step.x` or `tabc.table.x`. */
export function toNgsFields(task: TaskRow, fieldMap: Record<string, string>): Tables {
  const fields: Tables = {}
  for (const [source, target] of Object.entries(fieldMap)) {
    const value = SOURCES[source as NgsSource](task)
    if (value === null) continue
    const path = target.split('.')
    const column = path.pop()!
    let table = fields as Record<string, unknown>
    for (const part of path) table = (table[part] ??= {}) as Record<string, unknown>
    table[column] = value
  }
  return fields
}
