import type { Selectable } from 'kysely'
import {
  type DeviceFieldName,
  STEP,
  STEP_LABELS,
  TASK_TYPE_RULES,
  TASK_TYPES,
  type TaskType,
} from '../../types/task-types'
import type { CustomerTable } from '../db/schema'
import type { AssignmentRow } from '../features/dispatch/repository'
import type { EvaluationRow, StepRecordRow, TaskRow } from '../features/tasks/repository'
import { type EventRow, eventHash, GENESIS } from '../features/work-order-events/chain'
import { newId } from '../ids'
import { DEFAULT_ORG_ID } from '../organisation'

const DAY_MS = 24 * 3600 * 1000

export type Customer = Pick<Selectable<CustomerTable>, 'id' | 'name' | 'contact' | 'phone' | 'address'>

/** What the tasks are made from. */
export interface Maker {
  random: () => number
  customers: Customer[]
  workers: string[]
  eventKey: string
  keyId: string
}

export interface MadeTask {
  task: TaskRow
  record: StepRecordRow
  event: EventRow
  evaluation: EvaluationRow | null
  assignment: AssignmentRow | null
}

/** A submitted task with what belongs to it. */
export function makeTask(maker: Maker, { taskId, time }: { taskId: string; time: Date }): MadeTask {
  const { random, customers } = maker
  // Cubed: a few customers have very many tasks, most have some.
  const customer = customers[Math.floor(customers.length * random() ** 3)]!
  const task = taskRow(maker, { customer, taskId, time })
  const actor = { kind: 'customer' as const, id: String(customer.id), name: task.customer_name }
  const record: StepRecordRow = {
    id: newId(),
    task_id: task.id,
    step_index: STEP.submitted,
    description: task.description,
    author_kind: actor.kind,
    author_id: actor.id,
    author_name: actor.name,
    create_time: time,
  }
  const event = submittedEvent(maker, task, actor)
  task.event_seq = event.seq
  task.event_head = event.hash
  const evaluation = task.current_step === STEP.evaluated ? evaluationOf(task, random) : null
  return { task, record, event, evaluation, assignment: task.worker_id ? assignmentOf(task, task.worker_id) : null }
}

/** Taken from the pool and accepted; over once the work is done. */
function assignmentOf(task: TaskRow, worker: string): AssignmentRow {
  const done = task.current_step >= STEP.done
  return {
    id: newId(),
    work_order_id: task.id,
    worker_id: worker,
    dispatcher_id: null,
    status: done ? 'COMPLETED' : 'ACCEPTED',
    live_key: done ? null : task.id,
    note: null,
    reason: null,
    created_at: task.create_time,
    accepted_at: task.create_time,
    ended_at: done ? task.update_time : null,
  }
}

function submittedEvent(
  { eventKey, keyId }: Maker,
  task: TaskRow,
  actor: { kind: 'customer'; id: string; name: string },
): EventRow {
  const text = task.description
  const unsigned = {
    id: newId(),
    work_order_id: task.id,
    seq: 1,
    event_type: 'SUBMITTED',
    actor_kind: actor.kind,
    actor_id: actor.id,
    actor_name: actor.name,
    payload: JSON.stringify({ from: 0, step: 0, label: STEP_LABELS[0], text, files: [], file_ids: [] }),
    created_at: task.create_time,
    key_id: keyId,
    prev_hash: GENESIS,
  }
  return { ...unsigned, hash: eventHash(eventKey, unsigned) }
}

const evaluationOf = (task: TaskRow, random: () => number): EvaluationRow => ({
  id: newId(),
  task_id: task.id,
  customer_id: task.customer_id,
  service_attitude: 3 + Math.floor(random() * 3),
  service_quality: 3 + Math.floor(random() * 3),
  overall_rating: 3 + Math.floor(random() * 3),
  comment: random() < 0.5 ? '服务及时，问题已解决' : null,
  create_time: task.update_time,
})

const DEVICES = [
  ['高效液相色谱仪', '色谱仪', '安捷伦', '1260'],
  ['气相色谱仪', '色谱仪', '岛津', 'GC-2030'],
  ['液质联用仪', '质谱仪', '赛默飞', 'TSQ Altis'],
  ['分析天平', '称量仪器', '梅特勒-托利多', 'XPR205'],
  ['紫外分光光度计', '光谱仪', '珀金埃尔默', 'Lambda 365'],
  ['离心机', '前处理', '艾本德', '5810R'],
] as const
const FAULTS = ['开机无显示', '压力波动超限', '基线漂移', '自检报警', '读数不稳定', '年度保养到期']
/** How many in a hundred stand at each step; the rest are evaluated. */
const SHARES = [5, 5, 6, 4, 4, 6, 10]
const CANCELLED_SHARE = 0.05

function taskRow(maker: Maker, made: { customer: Customer; taskId: string; time: Date }): TaskRow {
  const { customer, taskId, time } = made
  const { random, workers } = maker
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!
  const type = pick(TASK_TYPES)
  const device = pick(DEVICES)
  const fault = pick(FAULTS)
  const cancelled = random() < CANCELLED_SHARE
  const step = cancelled ? STEP.submitted : stepAt(random() * 100)
  return {
    id: newId(),
    task_id: taskId,
    type,
    customer_id: customer.id,
    ...contactOf(customer),
    ...deviceOf(type, { device, fault, time }),
    quantity: 1 + Math.floor(random() * 3),
    description: `${device[0]}${fault}，请尽快安排`,
    current_step: step,
    status: cancelled ? 'cancelled' : step === STEP.evaluated ? 'closed' : 'open',
    service_latitude: 31 + random(),
    service_longitude: 120 + random(),
    org_id: DEFAULT_ORG_ID,
    team_id: null,
    origin: 'miniprogram',
    ngs_oid: null,
    ngs_task_id: null,
    worker_id: step > STEP.submitted && workers.length > 0 ? pick(workers) : null,
    content_flag: null,
    cancel_reason: cancelled ? '暂不需要' : null,
    reminded_at: null,
    visit_state: null,
    event_seq: 0,
    event_head: GENESIS,
    create_time: time,
    update_time: new Date(time.getTime() + step * 3600 * 1000),
  }
}

const contactOf = ({ contact, name, phone, address }: Customer) => ({
  customer_name: contact || '客户',
  customer_company: name || '未填写',
  customer_phone: phone || '13700000000',
  customer_address: address || '未填写',
  customer_email: null,
})

type Device = (typeof DEVICES)[number]

/** The fields a task of this type asks for, as the form would have sent them. */
function deviceOf(type: TaskType, { device, fault, time }: { device: Device; fault: string; time: Date }) {
  const { required } = TASK_TYPE_RULES[type]
  const asked = <T>(field: DeviceFieldName, value: T) => (required.includes(field) ? value : null)
  const [name, kind, brand, model] = device
  return {
    device_name: asked('name', name),
    device_type: asked('type', kind),
    device_brand: asked('brand', brand),
    device_model: asked('model', model),
    fault_description: asked('fault_description', fault),
    accessories: null,
    appointment_time: asked('appointment_time', new Date(time.getTime() + 5 * DAY_MS)),
    verification_type: asked('verification_type', 'OQ'),
    purpose: asked('purpose', `${name}选型`),
    requirement_description: asked('requirement_description', '满足日常检测通量，预算待定'),
  }
}

function stepAt(percent: number): number {
  let sum = 0
  const step = SHARES.findIndex((share) => percent < (sum += share))
  return step < 0 ? STEP.evaluated : step
}
