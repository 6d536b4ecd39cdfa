import fs from 'node:fs'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import type { CompiledQuery, Selectable } from 'kysely'
import { type Database, openDatabase } from '../../../server/db/database'
import { migrate } from '../../../server/db/migrate'
import type { Schema } from '../../../server/db/schema'
import { tempDir } from '../../support/engines'
import { REPOSITORIES } from './repository-calls'

const DECISION = path.resolve(__dirname, '../../../docs/decisions/0014-query-plans.md')

/** Tables of a company's own size, which do not grow with its work. */
const SMALL = [
  'external_auth_session',
  'external_system',
  'job_run',
  'staff',
  'sys_sla_config',
  'wxwork_listing',
  'wxwork_session',
]

/** Functions that read a whole table and why they may. */
const WHOLE: Record<string, string> = {
  'customers.unboundByName': 'once for each import without a customer; the column is the company’s own',
  'external-systems.remove': 'a system is removed once',
  'external-systems.sealedChallenges': 'all of them are sealed anew when the key changes',
  'ngs-sync.drift': 'asks what is missing elsewhere; in the order of the list',
  'wxwork.countEvents': 'a few hundred are kept of each account',
  'work-order-events.firstOrphan': 'the verifier reads everything',
}

/** What runs with every request or every second, and the index that answers it. */
const HOT: [call: string, indexes: string[]][] = [
  ['customers.find', ['INTEGER PRIMARY KEY']],
  ['customers.findByOpenid', ['UQ_customer_wechat_openid']],
  ['dispatch.live', ['uq_hc_dispatch_assignments_live']],
  ['external-log.list', ['ix_external_api_log_time']],
  ['external-log.removeBefore', ['ix_external_api_log_time']],
  ['external-sessions.due', ['ix_external_auth_session_due']],
  ['external-work-orders.list', ['ix_external_work_order_seen', 'ix_external_work_order_system']],
  ['files.knownKeys', ['uq_task_file_key', 'ix_task_file_stamped']],
  ['files.ofTask', ['ix_task_file_task']],
  ['notifications.list', ['ix_notification_audience']],
  ['outbox.due', ['ix_outbox_due', 'uq_outbox_order']],
  ['outbox.list', ['ix_outbox_time', 'ix_outbox_listed']],
  ['sla.rulesFor', ['ix_sys_sla_config_scope']],
  ['tasks.findOwn', ['uq_task_task_id']],
  ['tasks.listOwn', ['ix_task_customer']],
  ['tasks.steps', ['ix_step_record_task']],
  ['visits.subject', ['uq_hc_dispatch_assignments_live']],
  ['visits.evidenceOf', ['ix_task_file_visit']],
  ['visits.lastAcceptedFix', ['ix_hc_worker_locations_accepted']],
  ['visits.list', ['ix_ec_care_tasks_time']],
  ['visits.nextVisitNo', ['uq_ec_care_tasks_no']],
  ['visits.openVisit', ['uq_ec_care_tasks_open']],
  ['visits.repeatedBefore', ['ix_hc_worker_locations_repeated']],
  ['visits.usedElsewhere', ['ix_task_file_digest']],
  ['work-order-events.ofWorkOrder', ['uq_hc_work_order_events_seq']],
  ['work-orders.list', ['ix_task_time', 'ix_task_worker', 'uq_hc_dispatch_assignments_live']],
  ['wxwork.busySessions', ['ix_wxwork_message_state']],
  ['wxwork.messages', ['ix_wxwork_message_listed']],
  ['wxwork.openNotices', ['ix_wxwork_notice_open']],
  ['wxwork.pruneNotices', ['ix_wxwork_notice_received']],
]

interface Plan {
  call: string
  sql: string
  steps: string[]
}

let dir: string
let database: Database
let plans: Plan[]
beforeAll(async () => {
  dir = tempDir()
  const file = path.join(dir, 'app.db')
  const asked: CompiledQuery[] = []
  database = await openDatabase({ engine: 'sqlite', file, url: '' }, ({ query }) => asked.push(query as CompiledQuery))
  await migrate(database)
  asked.length = 0
  const reader = new Sqlite(file, { readonly: true })
  plans = []
  for await (const call of callAll(database, reader)) {
    for (const { sql, parameters } of asked.splice(0))
      plans.push({ call, sql, steps: explain(reader, sql, parameters.length) })
  }
  reader.close()
})
afterAll(async () => {
  await database.close()
  fs.rmSync(dir, { recursive: true })
})

function explain(db: Sqlite.Database, sql: string, parameters: number): string[] {
  const rows = db.prepare(`explain query plan ${sql}`).all(Array(parameters).fill(null)) as { detail: string }[]
  return rows.map(({ detail }) => detail)
}

/** Calls every function of every repository; whether it finds or may write anything does not matter here. */
async function* callAll(on: Database, reader: Sqlite.Database): AsyncIterable<string> {
  const columnsOf = (table: string) => reader.pragma(`table_info(${table})`) as { name: string }[]
  const row = <T extends keyof Schema>(table: T) =>
    Object.fromEntries(columnsOf(table).map(({ name }) => [name, 'x'])) as unknown as Selectable<Schema[T]>
  for (const [feature, { create, calls }] of Object.entries(REPOSITORIES)) {
    const functions = create(on) as Record<string, (...args: unknown[]) => unknown>
    for (const [name, argumentLists] of Object.entries(calls({ on: on.db, row })))
      for (const args of argumentLists) {
        await drain(functions[name]!(...args)).catch(() => {})
        yield `${feature}.${name}`
      }
  }
}

async function drain(result: unknown): Promise<void> {
  const stream = result as Partial<AsyncIterable<unknown>> | null
  if (!stream?.[Symbol.asyncIterator]) return void (await result)
  for await (const _ of stream as AsyncIterable<unknown>);
}

/** Whether a step reads all rows of a table that grows: not to count them, and not only as far as a page. */
function readsAll({ sql, steps }: Plan): string[] {
  const counts = sql.startsWith('select count(*)')
  const pages = / limit \?/.test(sql) && !steps.some((step) => step === 'USE TEMP B-TREE FOR ORDER BY')
  return steps.filter((step) => {
    const [, name, index] = /^SCAN (\w+)( USING (?:COVERING )?INDEX)?/.exec(step) ?? []
    if (!name || /CONSTANT ROW|VALUES CLAUSE/.test(step) || SMALL.includes(name) || counts) return false
    return !(pages && index)
  })
}

test('nothing reads the whole of a table that grows, but for what is listed', () => {
  const found = plans.filter((plan) => readsAll(plan).length > 0 && !/ like \?/.test(plan.sql))
  expect(found.filter(({ call }) => !WHOLE[call])).toEqual([])
  expect(plans.length).toBeGreaterThan(250)
})

test('what is listed as reading whole tables still exists', () => {
  expect(Object.keys(WHOLE).filter((name) => !plans.some(({ call }) => call === name))).toEqual([])
})

test.each(HOT)('%s is answered by %j', (name, indexes) => {
  const steps = plans.filter(({ call }) => call === name).flatMap((plan) => plan.steps)
  for (const index of indexes) expect(steps.join('\n')).toContain(index)
})

test('the decision names every one of these indexes', () => {
  const text = fs.readFileSync(DECISION, 'utf8')
  const indexes = HOT.flatMap(([, names]) => names).filter((name) => !name.includes(' '))
  expect(indexes.filter((name) => !text.includes(name))).toEqual([])
})
