import Sqlite from 'better-sqlite3'
import { createBulkInsert } from '../../server/demo/bulk-insert'
import { seedBulk } from '../../server/demo/bulk'
import { newId } from '../../server/ids'
import { readCsv } from '../support/csv'
import { addCrew, type Crew, NO_LIMITS } from '../support/field-work'
import { startTestApp, type TestApp } from '../support/test-app'

const TASKS = 100_000
const VISITS = 12_345
/** Rows an export reads at once. */
const BATCH = 1_000

jest.setTimeout(300_000)

let app: TestApp
let crew: Crew
beforeAll(async () => {
  app = await startTestApp({ ...NO_LIMITS })
  crew = await addCrew(app)
  await seedBulk(app.context, { tasks: TASKS, eventKey: app.secrets.eventKey })
  await addVisits()
  // What the log-ins said to WeChat is written afterwards.
  await app.context.externalLog.flush()
})
afterAll(() => app.close())

/** On every eighth task, a third of them with a doubt. */
async function addVisits(): Promise<void> {
  const { db, transaction } = app.context.database
  const tasks = await db.selectFrom('task').select(['id', 'create_time']).orderBy('id').limit(VISITS).execute()
  const insert = createBulkInsert('ec_care_tasks')
  const visits = tasks.map(({ id, create_time }, i) => ({
    id: newId(),
    work_order_id: id,
    visit_no: 1,
    worker_id: i % 2 ? crew.workerId : crew.otherId,
    status: 'CHECKED_OUT' as const,
    open_key: null,
    checkin_at: new Date(create_time.getTime() + 3600_000),
    checkout_at: new Date(create_time.getTime() + 7200_000),
    received_at: create_time,
    latitude: 31,
    longitude: 121,
    distance_meters: 12,
    radius_meters: 50,
    radius_scope: 'DEFAULT',
    service_latitude: 31,
    service_longitude: 121,
    signature: '张三已确认到场签到',
    flags: i % 3 ? '[]' : '["STALE_FIX"]',
    is_flagged: i % 3 === 0,
  }))
  await transaction((trx) => insert(trx, visits))
}

/** Answers a request and says what it asked the database. */
async function ask(path: string, request: { token: string }) {
  app.queries.length = 0
  const { status, body } = await app.api.get(path, request)
  return { status, data: body.data ?? body, queries: [...app.queries] }
}

const count = async (sql: string): Promise<number> => {
  const file = new Sqlite(app.config.database.file, { readonly: true })
  const { n } = file.prepare(`select count(*) as n from ${sql}`).get() as { n: number }
  file.close()
  return n
}

/** Every list, how many questions one page of it may ask (the caller's own account is one), and what it lists. */
const LISTS: [path: string, who: keyof Crew, queries: number, rows: string | null][] = [
  ['/api/v1/tasks', 'customer', 3, null],
  ['/api/v1/notifications', 'customer', 3, null],
  ['/homecare/work-orders', 'dispatcher', 3, 'task'],
  ['/homecare/work-orders?status=open', 'dispatcher', 3, "task where status = 'open' and current_step < 6"],
  ['/homecare/work-orders?status=done', 'dispatcher', 3, 'task where current_step >= 6'],
  ['/homecare/work-orders', 'worker', 3, 'task where worker_id = :worker'],
  [
    '/homecare/work-orders?scope=pool',
    'worker',
    3,
    "task where worker_id is null and status = 'open' and current_step < 6",
  ],
  ['/homecare/notifications', 'worker', 3, null],
  ['/api/v1/admin/tasks', 'admin', 3, 'task'],
  ['/api/v1/admin/tasks?page=900', 'admin', 3, 'task'],
  ['/api/v1/admin/tasks?status=cancelled', 'admin', 3, "task where status = 'cancelled'"],
  ['/api/v1/admin/tasks?status=open&step=3', 'admin', 3, "task where status = 'open' and current_step = 3"],
  ['/api/v1/admin/tasks?type=repair', 'admin', 3, "task where type = 'repair'"],
  ['/api/v1/admin/tasks?origin=miniprogram', 'admin', 3, 'task'],
  ['/api/v1/admin/tasks?origin=external', 'admin', 2, "task where origin = 'external'"],
  ['/api/v1/admin/tasks?unassigned=true', 'admin', 3, 'task where worker_id is null'],
  ['/api/v1/admin/tasks?worker_id=:worker', 'admin', 3, 'task where worker_id = :worker'],
  [
    '/api/v1/admin/tasks?from=2026-01-01&to=2026-01-31',
    'admin',
    3,
    "task where create_time >= '2025-12-31T16:00:00.000Z' and create_time < '2026-01-31T16:00:00.000Z'",
  ],
  ['/api/v1/admin/tasks?by=completed&from=2026-01-01', 'admin', 3, null],
  ['/api/v1/admin/tasks?by=cancelled&from=2026-01-01&to=2026-01-31', 'admin', 3, null],
  ['/api/v1/admin/tasks?attention=undispatched', 'admin', 3, "task where status = 'open' and current_step = 0"],
  ['/api/v1/admin/tasks?attention=unaccepted', 'admin', 2, "task where id = ''"],
  [
    '/api/v1/admin/tasks?attention=appointment_missed',
    'admin',
    3,
    "task where status = 'open' and current_step < 6 and visit_state is null and appointment_time < '2026-03-02T02:00:00.000Z'",
  ],
  [
    '/api/v1/admin/tasks?attention=appointment_soon',
    'admin',
    3,
    "task where status = 'open' and current_step < 6 and appointment_time >= '2026-03-02T02:00:00.000Z' and appointment_time < '2026-03-03T02:00:00.000Z'",
  ],
  ['/api/v1/admin/tasks?q=T20260301', 'admin', 3, "task where task_id like '%T20260301%'"],
  ['/api/v1/admin/visits', 'admin', 4, 'ec_care_tasks'],
  ['/api/v1/admin/visits?flagged=true&reviewed=false', 'admin', 4, 'ec_care_tasks where is_flagged = 1'],
  ['/api/v1/admin/visits?worker_id=:worker', 'admin', 4, 'ec_care_tasks where worker_id = :worker'],
  ['/api/v1/admin/visits?status=CHECKED_IN', 'admin', 3, "ec_care_tasks where status = 'CHECKED_IN'"],
  ['/api/v1/admin/evaluations', 'admin', 3, 'service_evaluation'],
  ['/api/v1/admin/evaluations?low=true', 'admin', 3, 'service_evaluation where overall_rating < 3'],
  ['/api/v1/admin/evaluations?below=4', 'admin', 3, 'service_evaluation where overall_rating < 4'],
  ['/api/v1/admin/staff', 'admin', 3, 'staff'],
  ['/api/v1/admin/customers', 'admin', 3, 'customer'],
  ['/api/v1/admin/sla-config', 'admin', 3, null],
  ['/api/v1/admin/outbox', 'admin', 3, 'outbox'],
  ['/api/v1/admin/ngs/drift', 'admin', 4, null],
  ['/api/v1/admin/audit', 'admin', 3, 'audit_log'],
  ['/api/v1/admin/external/systems', 'admin', 5, 'external_system'],
  ['/api/v1/admin/external/sessions', 'admin', 3, 'external_auth_session'],
  ['/api/v1/admin/external/challenges', 'admin', 3, 'external_challenge'],
  ['/api/v1/admin/external/logs', 'admin', 3, null],
  ['/api/v1/admin/external/work-orders', 'admin', 3, 'external_work_order'],
  ['/api/v1/admin/external/pulls', 'admin', 3, 'external_pull_run'],
  ['/api/v1/admin/notifications', 'admin', 3, 'notification_log'],
]

/** As many rows as there are in the code, or as were entered by hand for one system. */
const BOUNDED = ['/api/v1/admin/jobs', '/api/v1/admin/external/systems/{system}/endpoints']

const filled = (text: string, quote = '') => text.replace(':worker', `${quote}${crew.workerId}${quote}`)

test.each(LISTS)('%s (%s) asks at most %d questions and counts right', async (path, who, queries, rows) => {
  const { status, data, queries: asked } = await ask(filled(path), crew[who] as { token: string })
  expect(status).toBe(200)
  expect(asked.length).toBeLessThanOrEqual(queries)
  if (rows !== null) {
    const total = await count(filled(rows, "'"))
    expect(data.total).toBe(total)
    const before = (data.current - 1) * data.size
    expect(data.list).toHaveLength(Math.min(data.size, Math.max(0, total - before)))
  }
})

test('no list of the API is missing here', async () => {
  const document = (await app.api.get('/openapi.json')).body
  const isList = (operation: any) =>
    JSON.stringify(operation?.responses['200']?.content?.['application/json']?.schema ?? {}).includes('"pages"')
  const lists = Object.entries<any>(document.paths).flatMap(([path, { get }]) => (isList(get) ? [path] : []))
  expect(lists.length).toBeGreaterThan(15)
  for (const path of lists) expect([...LISTS.map(([listed]) => listed.split('?')[0]), ...BOUNDED]).toContain(path)
})

/** What grows with the years; the others stay small. */
const LARGE =
  /^SCAN (task|visit|rating|live|event|entry|ec_care_tasks|service_evaluation|hc_\w+|step_record|outbox|notification|audit_log|external_api_log|external_work_order)\b(?!.*USING)/

test('no page reads a large table from end to end without an index', async () => {
  const file = new Sqlite(app.config.database.file, { readonly: true })
  let pages = 0
  for (const [path, who] of LISTS) {
    const { queries } = await ask(filled(path), crew[who] as { token: string })
    for (const sql of queries.filter((one) => /\blimit \?/.test(one))) {
      pages += 1
      const parameters = Array.from({ length: sql.split('?').length - 1 }, () => null)
      const plan = file.prepare(`explain query plan ${sql}`).all(...parameters) as { detail: string }[]
      expect([path, plan.map(({ detail }) => detail).filter((detail) => LARGE.test(detail))]).toEqual([path, []])
    }
  }
  file.close()
  expect(pages).toBeGreaterThanOrEqual(LISTS.length - 3)
})

test.each([
  ['tasks.csv', 'task', '任务编号'],
  ['tasks.csv?status=open&type=repair', "task where status = 'open' and type = 'repair'", '任务编号'],
  ['tasks.csv?attention=undispatched', "task where status = 'open' and current_step = 0", '任务编号'],
  ['visits.csv', 'ec_care_tasks', '任务编号'],
  ['visits.csv?flagged=true', 'ec_care_tasks where is_flagged = 1', '任务编号'],
  ['evaluations.csv', 'service_evaluation', '任务编号'],
])('%s has every row once, and asks one question a thousand rows', async (path, rows, key) => {
  app.queries.length = 0
  const response = await fetch(`${app.url}/api/v1/admin/export/${path}`, {
    headers: { authorization: `Bearer ${crew.dispatcher.token}` },
  })
  const sheet = readCsv(Buffer.from(await response.arrayBuffer()))
  const total = await count(rows)
  expect(sheet).toHaveLength(total)
  expect(new Set(sheet.map((row) => row[key])).size).toBe(total)
  // The caller's account, and a transaction with the note of who took it.
  const around = app.queries.filter((sql) => !/\blimit \?/.test(sql))
  expect(around.length).toBeLessThanOrEqual(4)
  expect(app.queries.length - around.length).toBe(Math.floor(total / BATCH) + 1)
})

test('the overview asks as few questions as of an empty database', async () => {
  const { data, queries } = await ask('/api/v1/admin/overview', crew.admin)
  expect(queries).toHaveLength(8)
  expect(data.open.total).toBe(await count("task where status = 'open'"))
  expect(data.days.reduce((sum: number, day: { created: number }) => sum + day.created, 0)).toBe(
    await count("task where create_time >= '2026-01-31T16:00:00.000Z'"),
  )
})
