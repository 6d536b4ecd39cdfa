import { randomUUID } from 'node:crypto'
import { buildSubmission } from '../support/builders'
import { addCrew, addAcceptedOrder, buildCheckin, type Crew, NO_LIMITS } from '../support/field-work'
import { emptyLedger, expectInvariantsOf } from '../support/invariants'
import { send } from '../support/ngs'
import { startTestApp, type TestApp } from '../support/test-app'
import { skipCircuitPause } from '../support/clock'
import './drive'

const HOUR_MS = 3600_000
const DAY_MS = 24 * HOUR_MS
const ONCE = (key: string) => ({ 'idempotency-key': key })

let app: TestApp
let crew: Crew
let ledger: ReturnType<typeof emptyLedger>
beforeEach(async () => {
  app = await startTestApp({ ngs: true, wxwork: true, ...NO_LIMITS })
  crew = await addCrew(app)
  ledger = emptyLedger()
})
afterEach(async () => {
  jest.restoreAllMocks()
  await app.close()
})

let described = 0
/** A task under a key. @returns its number */
async function create(key: string = randomUUID(), description = `第 ${++described} 个任务`): Promise<string> {
  const request = { ...crew.customer, headers: ONCE(key) }
  const { status, body } = await app.api.post('/api/v1/tasks', buildSubmission({ description }), request)
  expect([status, body.code]).toEqual([200, 200])
  ledger.tasks.set(body.data.task_id, { description, files: [] })
  return body.data.task_id
}

async function notice(text: string): Promise<void> {
  const body = { uuid: 'u', type: 1, json: { text } }
  const { status } = await app.api.post(`/callback/wxwork/${app.secrets.callbackSecret}`, body)
  expect(status).toBe(200)
  ledger.notices.add(JSON.stringify(body))
}

/** What the scheduler does within an hour. */
async function runJobs(): Promise<void> {
  const { idempotency, chainHeads, externalLog, wxworkCallbacks } = app.context
  await chainHeads.write()
  await idempotency.prune()
  await externalLog.prune()
  await wxworkCallbacks.prune()
  await send(app)
}

/** Everything must hold as on any other day. */
async function finish(): Promise<void> {
  await app.context.wxworkCallbacks.process()
  app.clock.set(new Date(Date.now() + 2 * DAY_MS).toISOString())
  await send(app)
  await expectInvariantsOf(app.context, ledger, { ngs: app.sandbox.ngs, wxwork: app.sandbox.wxwork })
}

test('numbers go on without a gap or a double across midnight, a day forward and an hour back', async () => {
  app.clock.set('2026-03-02T15:59:58.000Z')
  const numbers = [await create(), await create()]
  for (const step of [3_000, -HOUR_MS, DAY_MS, -HOUR_MS, 2 * HOUR_MS]) {
    app.clock.advance(step)
    numbers.push(...(await Promise.all([create(), create()])))
  }
  const days = numbers.map((number) => number.slice(1, 9))
  expect(days).toEqual([2, 2, 3, 3, 2, 2, 3, 3, 3, 3, 4, 4].map((day) => `2026030${day}`))
  expect(new Set(numbers).size).toBe(numbers.length)
  await finish()
})

test('field work, callbacks and jobs at every step leave one whole story', async () => {
  for (const [index, step] of [0, HOUR_MS, -HOUR_MS, 2 * HOUR_MS, -HOUR_MS].entries()) {
    app.clock.advance(step)
    const workOrderId = await addAcceptedOrder(app, crew)
    const checkin = await buildCheckin(app, crew, workOrderId)
    const request = { ...crew.worker, headers: ONCE(`checkin-${index}`) }
    const first = await app.api.post('/homecare/checkin/submit', checkin, request)
    const again = await app.api.post('/homecare/checkin/submit', checkin, request)
    expect([first.status, again.body.data]).toEqual([200, first.body.data])
    ledger.visits.set(workOrderId, first.body.data.visitId)
    ledger.assigned.set(workOrderId, crew.workerId)
    await notice(`第 ${index} 条`)
    await notice(`第 ${index} 条`)
    await runJobs()
  }
  await finish()
})

test('a key is good for its day whichever way the clock jumps, and for no longer', async () => {
  const key = randomUUID()
  const number = await create(key, '同一个请求')
  for (const step of [HOUR_MS, -2 * HOUR_MS, 24 * HOUR_MS]) {
    app.clock.advance(step)
    await runJobs()
    expect(await create(key, '同一个请求')).toBe(number)
  }
  app.clock.advance(2 * HOUR_MS)
  await runJobs()
  ledger.tasks.clear()
  expect(await create(key, '同一个请求')).not.toBe(number)
})

test('tokens outlive an hour back, end after their time, and a new password works at once', async () => {
  const me = async (token: string) => (await app.api.get('/auth/me', { token })).status
  const token = await app.api.staff('worker@example.com')
  app.clock.advance(-HOUR_MS)
  expect(await me(token)).toBe(200)
  app.clock.advance(HOUR_MS + 1_000)
  const passwords = { oldPassword: 'password123', newPassword: 'password456' }
  expect((await app.api.post('/auth/password', passwords, { token })).status).toBe(200)
  app.clock.advance(-HOUR_MS)
  expect(await me(token)).toBe(401)
  expect(await me(await app.api.staff('worker@example.com', 'password456'))).toBe(200)
  app.clock.advance(DAY_MS)
  expect(await me(token)).toBe(401)
})

test('what ngs is owed leaves once, in order, however the clock jumps while ngs is away', async () => {
  app.sandbox.ngs.control({ status: 503 })
  const number = await create()
  await app.api.post(`/api/v1/tasks/${number}/reminder`, {}, crew.customer)
  for (const step of [0, HOUR_MS, -HOUR_MS, DAY_MS]) {
    app.clock.advance(step)
    await send(app)
  }
  app.sandbox.ngs.control({ status: 0 })
  for (const step of [-HOUR_MS, 2 * HOUR_MS]) {
    app.clock.advance(step)
    await send(app)
  }
  const operations = () => app.sandbox.ngs.orders().map(({ history }) => history.map(({ operation }) => operation))
  for (let attempt = 0; attempt < 3 && operations()[0]?.length !== 2; attempt++) {
    skipCircuitPause()
    app.clock.advance(HOUR_MS)
    await send(app)
  }
  expect(operations()).toEqual([['send', 'reminder']])
  await finish()
})

test('a job runs once a tick, and a lease left by a dead process ends with its time', async () => {
  const ran: string[] = []
  const job = { name: 'stepping', title: '测试', schedule: '0 0 * * * *' }
  const { jobs } = app.context
  await jobs.announce(job, null)
  const run = () =>
    jobs.run(job, async () => {
      ran.push(app.clock.now().toISOString())
      return { result: 'ok', detail: null, nextRunAt: null }
    })
  expect([await run(), await run()]).toEqual(['ok', 'done'])
  app.clock.advance(DAY_MS)
  expect([await run(), await run()]).toEqual(['ok', 'done'])
  app.clock.advance(-HOUR_MS)
  await run()
  app.clock.advance(2 * HOUR_MS)
  await app.context.database.db
    .updateTable('job_run')
    .set({ lease_owner: 'dead', lease_until: new Date(app.clock.now().getTime() + 60_000) })
    .execute()
  expect(await run()).toBe('held')
  app.clock.advance(61_000)
  expect(await run()).toBe('ok')
  expect(new Set(ran).size).toBe(ran.length)
})
