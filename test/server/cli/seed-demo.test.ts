import type { LogEvent } from 'kysely'
import { seedBulk } from '../../../server/demo/bulk'
import { DEMO_CUSTOMERS } from '../../../server/demo/people'
import { seedDemo } from '../../../server/demo/seed'
import { eventHash } from '../../../server/features/work-order-events/chain'
import { ENGINES } from '../../support/engines'
import { startTestApp, type TestApp } from '../../support/test-app'

async function expectVerifiedChains({ context: { database }, secrets }: TestApp) {
  const tasks = await database.db.selectFrom('task').select(['id', 'event_seq', 'event_head']).execute()
  const events = await database.db.selectFrom('hc_work_order_events').selectAll().orderBy('seq').execute()
  const chains = new Map<string, typeof events>(tasks.map(({ id }) => [id, []]))
  for (const event of events) chains.get(event.work_order_id)!.push(event)
  for (const { id, event_seq, event_head } of tasks) {
    let previous = ''
    for (const { hash, ...row } of chains.get(id)!) {
      expect(row.prev_hash).toBe(previous)
      expect(hash).toBe(eventHash(secrets.eventKey, row))
      previous = hash
    }
    expect(previous).toBe(event_head)
    expect(chains.get(id)).toHaveLength(event_seq)
  }
  return events
}

describe.each(ENGINES)('the demo (%s)', (engine) => {
  let app: TestApp
  let partnerCalls: number
  beforeAll(async () => {
    app = await startTestApp({ engine })
    await seedDemo(app.context)
    partnerCalls = app.sandbox.wechat.requests().length
  })
  afterAll(() => app.close())

  const rows = (table: 'task' | 'staff' | 'notification') =>
    app.context.database.db.selectFrom(table).select('id').execute()

  test.each([
    ['dispatcher@example.com', 'HOMECARE_DISPATCHER', '周调度'],
    ['worker@example.com', 'HOMECARE_WORKER', '李工'],
    ['admin@example.com', 'ADMIN', '管理员'],
  ])('%s can log in', async (email, role, full_name) => {
    const { body } = await app.api.post('/auth/email-login', { email, password: 'password123' })
    expect(body.data.user).toMatchObject({ email, role, full_name, org_id: '00000000-0000-0000-0000-000000000000' })
  })

  test('there are tasks at every step, and a cancelled one', async () => {
    const tasks = await app.context.database.db.selectFrom('task').select(['current_step', 'status']).execute()
    const open = tasks.filter((task) => task.status !== 'cancelled').map((task) => task.current_step)
    expect(new Set(open)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]))
    expect(tasks.map((task) => task.status)).toContain('cancelled')
  })

  test('nothing has happened in the future, and every chain of events verifies', async () => {
    const events = await expectVerifiedChains(app)
    expect(events.length).toBeGreaterThan(40)
    for (const { created_at } of events) expect(created_at.getTime()).toBeLessThanOrEqual(app.clock.now().getTime())
  })

  test('there is exactly one active radius rule', async () => {
    const rules = await app.context.database.db.selectFrom('sys_sla_config').selectAll().execute()
    expect(rules).toMatchObject([{ config_value: '50', scope_type: 'GLOBAL', scope_id: '', is_active: true }])
  })

  test('customers find their company and their tasks, with pictures and documents that open', async () => {
    for (const { code, profile } of DEMO_CUSTOMERS) {
      const token = await app.api.customer(code)
      expect((await app.api.get('/api/v1/user/profile', { token })).body.data).toMatchObject(profile)
      const { list } = (await app.api.get('/api/v1/tasks?size=100', { token })).body.data
      expect(list.length).toBeGreaterThan(0)
      for (const { task_id } of list) {
        const { step_content } = (await app.api.get(`/api/v1/tasks/${task_id}`, { token })).body.data
        for (const link of [...step_content.images, ...step_content.thumbnails]) {
          const { status, headers } = await app.api.get(link)
          expect([status, headers.get('content-type')]).toEqual([200, 'image/jpeg'])
        }
        for (const { name, url } of step_content.files) {
          expect(name).toMatch(/\.pdf$/)
          expect((await app.api.get(url)).headers.get('content-type')).toBe('application/pdf')
        }
      }
    }
  })

  test('the worker has an accepted order to check in to, and its engineer is shown to the customer', async () => {
    const token = await app.api.staff('worker@example.com')
    const { list } = (await app.api.get('/homecare/work-orders?scope=mine&status=open', { token })).body.data
    const waiting = list.find((order: { visit_state: string; current_step: number }) => order.visit_state === 'NONE')
    expect(waiting).toMatchObject({ assignment_status: 'ACCEPTED', service_latitude: expect.any(Number) })
    const customer = await app.api.customer('demo-customer-1')
    const detail = await app.api.get(`/api/v1/tasks/${waiting.task_id}`, { token: customer })
    expect(detail.body.data).toMatchObject({ engineer_name: '李工', engineer_phone: '13900139000' })
  })

  test('there are visits to review, finished ones and one under way', async () => {
    const token = await app.api.staff('admin@example.com')
    const { list } = (await app.api.get('/api/v1/admin/visits?size=100', { token })).body.data
    const states = list.map((visit: { status: string }) => visit.status)
    expect(new Set(states)).toEqual(new Set(['CHECKED_IN', 'CHECKED_OUT']))
    const flags = list.flatMap((visit: { flags: string[] }) => visit.flags)
    expect(flags).toEqual(['STALE_FIX'])
    for (const { signature, evidence } of list) {
      expect(signature).toMatch(/^data:image\/png;base64,/)
      expect(evidence).toHaveLength(1)
    }
  })

  test('no partner was called', () => {
    expect(partnerCalls).toBe(0)
  })

  test('a second seeding changes nothing', async () => {
    const before = await Promise.all([rows('staff'), rows('task'), rows('notification')])
    await seedDemo(app.context)
    expect(await Promise.all([rows('staff'), rows('task'), rows('notification')])).toEqual(before)
  })
})

test('two servers starting at once seed one demo', async () => {
  const app = await startTestApp()
  await Promise.all([seedDemo(app.context), seedDemo(app.context)])
  expect(await app.context.database.db.selectFrom('staff').select('id').execute()).toHaveLength(5)
  await app.close()
})

test('production is never seeded', async () => {
  const app = await startTestApp()
  const context = { ...app.context, config: { ...app.config, production: true } }
  await expect(seedDemo(context)).rejects.toThrow('never seeded in production')
  expect(await app.context.database.db.selectFrom('staff').select('id').execute()).toEqual([])
  await app.close()
})

describe.each(ENGINES)('many tasks (%s)', (engine) => {
  const TASKS = 1203
  const BUSY_DAY = '20260110'
  let app: TestApp
  const sizes: number[] = []
  beforeAll(async () => {
    app = await startTestApp({ engine, onQuery: ({ query }: LogEvent) => void sizes.push(query.parameters.length) })
    await app.context.database.db.insertInto('task_sequence').values({ day: BUSY_DAY, last_number: 9998 }).execute()
    await seedBulk(app.context, { tasks: TASKS, eventKey: app.secrets.eventKey })
  })
  afterAll(() => app.close())

  test('exactly as many as asked for, each with its step record and a chain that verifies', async () => {
    const { db } = app.context.database
    const events = await expectVerifiedChains(app)
    expect(events).toHaveLength(TASKS)
    const records = await db.selectFrom('step_record').select('task_id').execute()
    expect(new Set(records.map((record) => record.task_id)).size).toBe(TASKS)
  })

  test('numbers go on from the counter of their day without gap, with five digits past 9999', async () => {
    const { db } = app.context.database
    const days = await db.selectFrom('task_sequence').selectAll().execute()
    const tasks = await db.selectFrom('task').select(['task_id', 'create_time']).orderBy('create_time').execute()
    for (const { day, last_number } of days) {
      const numbers = tasks.filter((task) => task.task_id.startsWith(`T${day}`)).map(({ task_id }) => task_id)
      const from = day === BUSY_DAY ? 9999 : 1
      const expected = Array.from({ length: last_number - from + 1 }, (_, i) => String(from + i).padStart(4, '0'))
      expect(numbers).toEqual(expected.map((number) => `T${day}${number}`))
    }
    expect(tasks.map(({ task_id }) => task_id)).toContain(`T${BUSY_DAY}10000`)
  })

  test('statements stay below what SQL Server takes', () => {
    expect(Math.max(...sizes)).toBeLessThan(2100)
  })

  test('they are spread over customers, steps and days, and a second round adds to them', async () => {
    const { db } = app.context.database
    await seedBulk(app.context, { tasks: 100, eventKey: app.secrets.eventKey })
    const tasks = await db.selectFrom('task').select(['customer_id', 'current_step', 'status']).execute()
    expect(tasks).toHaveLength(TASKS + 100)
    expect(new Set(tasks.map((task) => task.customer_id)).size).toBeGreaterThanOrEqual(15)
    expect(new Set(tasks.map((task) => task.current_step)).size).toBe(8)
    expect(new Set(tasks.map((task) => task.status)).size).toBe(3)
    await expectVerifiedChains(app)
  })
})
