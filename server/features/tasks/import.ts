import { STEP, type TaskType } from '../../../types/task-types'
import type { Db } from '../../db/database'
import { newId } from '../../ids'
import { DEFAULT_ORG_ID } from '../../organisation'
import { shanghaiDay } from '../../time'
import type { Actor } from '../work-order-events/service'
import type { TaskLifecycle } from './lifecycle'
import type { TaskRepository, TaskRow } from './repository'

/** A task that came from another system; lengths already fit the columns. */
export interface ImportedTask {
  type: TaskType
  customerId: number
  customerName: string
  company: string
  phone: string
  address: string
  description: string
}

export interface TaskImportDeps {
  repository: TaskRepository
  lifecycle: TaskLifecycle
  now: () => Date
}

/** Makes tasks of orders that nobody submitted here (origin `external`). */
export function createTaskImport({ repository, lifecycle, now }: TaskImportDeps) {
  return {
    /** Before the transaction: the day's counter must be there. @returns the time the task is made at */
    async prepare(): Promise<Date> {
      const time = now()
      await repository.ensureDay(shanghaiDay(time))
      return time
    },

    async insert(
      trx: Db,
      input: ImportedTask,
      { actor, time, payload }: { actor: Actor; time: Date; payload: Record<string, unknown> },
    ): Promise<TaskRow> {
      const day = shanghaiDay(time)
      const number = await repository.nextNumber(day, trx)
      const task = toRow(input, time, `T${day}${String(number).padStart(4, '0')}`)
      await repository.insert(trx, task)
      const { description } = input
      await lifecycle.record(trx, task, { step: STEP.submitted, description, actor, event: 'SUBMITTED', payload })
      return task
    },
  }
}

export type TaskImport = ReturnType<typeof createTaskImport>

const NO_DEVICE = {
  device_name: null,
  device_type: null,
  device_brand: null,
  device_model: null,
  fault_description: null,
  quantity: 1,
  accessories: null,
  appointment_time: null,
  verification_type: null,
  purpose: null,
  requirement_description: null,
}

const toRow = (input: ImportedTask, time: Date, taskId: string): TaskRow => ({
  ...NO_DEVICE,
  id: newId(),
  task_id: taskId,
  type: input.type,
  customer_id: input.customerId,
  customer_name: input.customerName,
  customer_company: input.company,
  customer_phone: input.phone,
  customer_address: input.address,
  customer_email: null,
  description: input.description,
  current_step: STEP.submitted,
  status: 'open',
  service_latitude: null,
  service_longitude: null,
  org_id: DEFAULT_ORG_ID,
  team_id: null,
  origin: 'external',
  ngs_oid: null,
  ngs_task_id: null,
  worker_id: null,
  content_flag: null,
  cancel_reason: null,
  reminded_at: null,
  visit_state: null,
  event_seq: 0,
  event_head: '',
  create_time: time,
  update_time: time,
})
