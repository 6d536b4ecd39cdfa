import type { Insertable } from 'kysely'
import type { Context } from '../context'
import type { Db, Trx } from '../db/database'
import type { CustomerTable } from '../db/schema'
import type { AssignmentRow } from '../features/dispatch/repository'
import {
  createTaskRepository,
  type EvaluationRow,
  type StepRecordRow,
  type TaskRow,
} from '../features/tasks/repository'
import { type EventRow, keyIdOf } from '../features/work-order-events/chain'
import { newId } from '../ids'
import { shanghaiDay } from '../time'
import { createBulkInsert } from './bulk-insert'
import { type Customer, type MadeTask, makeTask } from './bulk-task'

const DAY_MS = 24 * 3600 * 1000
const DAYS = 400
const TASKS_PER_CUSTOMER = 50
const MIN_CUSTOMERS = 20
const CUSTOMERS_PER_INSERT = 100

export interface BulkOptions {
  tasks: number
  /** Key of the event chain. */
  eventKey: string
  onProgress?: (done: number) => void
}

/**
 * Adds many submitted tasks, each with its step record and a SUBMITTED event that verifies, spread over the last 400
 * days and over many customers, a few of whom have very many. Later steps stand in the task and its assignment alone.
 */
export async function seedBulk({ database, now }: Context, { tasks, eventKey, onProgress }: BulkOptions) {
  const random = createRandom(tasks)
  const customers = await ensureCustomers(database.db, Math.max(MIN_CUSTOMERS, Math.ceil(tasks / TASKS_PER_CUSTOMER)))
  const workers = await database.db.selectFrom('staff').select('id').where('role', '=', 'HOMECARE_WORKER').execute()
  const insert = createInserts()
  const { ensureDay } = createTaskRepository(database)
  const maker = { random, customers, workers: workers.map(({ id }) => id), eventKey, keyId: keyIdOf(eventKey) }
  let done = 0
  for (let ago = DAYS; ago >= 1; ago--) {
    const count = Math.ceil((tasks - done) / ago)
    const day = shanghaiDay(new Date(now().getTime() - ago * DAY_MS))
    await ensureDay(day)
    await database.transaction(async (trx) => {
      const last = await takeNumbers(trx, day, count)
      const made = Array.from({ length: count }, (_, i) =>
        makeTask(maker, { taskId: numberOf(day, last + i + 1), time: timeOf(day, (i + 0.5) / count) }),
      )
      await insert(trx, made)
    })
    done += count
    onProgress?.(done)
    if (done === tasks) break
  }
}

const numberOf = (day: string, number: number) => `T${day}${String(number).padStart(4, '0')}`

/** An instant of that day in Asia/Shanghai, `part` from 0 to 1. */
function timeOf(day: string, part: number): Date {
  const midnight = Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00+08:00`)
  return new Date(midnight + Math.floor(part * DAY_MS))
}

/** Moves the day's counter on by `count`. @returns where it stood */
async function takeNumbers(trx: Trx, day: string, count: number): Promise<number> {
  await trx
    .updateTable('task_sequence')
    .set((eb) => ({ last_number: eb('last_number', '+', count) }))
    .where('day', '=', day)
    .execute()
  const { last_number } = await trx
    .selectFrom('task_sequence')
    .select('last_number')
    .where('day', '=', day)
    .executeTakeFirstOrThrow()
  return last_number - count
}

/** Everybody who has logged in so far, and as many others as are missing; the demo's own come first. */
async function ensureCustomers(db: Db, wanted: number): Promise<Customer[]> {
  const known = () =>
    db
      .selectFrom('customer')
      .select(['id', 'name', 'contact', 'phone', 'address'])
      .where('wechat_openid', 'is not', null)
      .orderBy('id')
      .execute()
  const before = await known()
  const missing = Array.from({ length: Math.max(0, wanted - before.length) }, (_, i) =>
    makeCustomer(before.length + i + 1),
  )
  for (let i = 0; i < missing.length; i += CUSTOMERS_PER_INSERT)
    await db
      .insertInto('customer')
      .values(missing.slice(i, i + CUSTOMERS_PER_INSERT))
      .execute()
  return missing.length > 0 ? known() : before
}

function makeCustomer(number: number): Insertable<CustomerTable> {
  const time = new Date()
  return {
    name: `第${number}检测实验室`,
    level: 'C',
    contact: `客户${number}`,
    phone: `137${String(number).padStart(8, '0')}`,
    address: `科技园区 ${number} 号`,
    wechat_openid: `bulk-${newId()}`,
    create_time: time,
    update_time: time,
  }
}

function createInserts() {
  const tasks = createBulkInsert<TaskRow>('task')
  const records = createBulkInsert<StepRecordRow>('step_record')
  const events = createBulkInsert<EventRow>('hc_work_order_events')
  const evaluations = createBulkInsert<EvaluationRow>('service_evaluation')
  const assignments = createBulkInsert<AssignmentRow>('hc_dispatch_assignments')
  return async (trx: Trx, made: MadeTask[]): Promise<void> => {
    const rowsOf = <K extends keyof MadeTask>(kind: K) => made.flatMap((one) => one[kind] ?? [])
    await tasks(trx, rowsOf('task'))
    await records(trx, rowsOf('record'))
    await events(trx, rowsOf('event'))
    await evaluations(trx, rowsOf('evaluation'))
    await assignments(trx, rowsOf('assignment'))
  }
}

/** The same numbers every time (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
