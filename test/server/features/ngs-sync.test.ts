import { startNgsSandbox } from '../../../server/sandbox/ngs'
import { ENGINES } from '../../support/engines'
import { addCrew, type Crew, NO_LIMITS } from '../../support/field-work'
import { operations, outboxRows, outboxStates, send, submitTask } from '../../support/ngs'
import { buildSubmission } from '../../support/builders'
import { startTestApp, type TestApp } from '../../support/test-app'
import { until } from '../../support/until'

const SECOND_MS = 1000
const HOUR_MS = 3600 * SECOND_MS

describe.each(ENGINES)('our tasks in ngs (%s)', (engine) => {
  let app: TestApp
  let crew: Crew
  afterEach(() => app.close())
  const start = async (env: Record<string, string> = {}) => {
    app = await startTestApp({ engine, ngs: true, env, ...NO_LIMITS })
    crew = await addCrew(app)
  }

  const act = async (number: string, action: string, body: object = {}) => {
    const { status } = await app.api.post(`/api/v1/tasks/${number}/${action}`, body, crew.customer)
    expect(status).toBe(200)
  }
  const put = (id: string, step: number) =>
    app.context.database.db.updateTable('task').set({ current_step: step }).where('id', '=', id).execute()
  const task = (id: string) =>
    app.context.database.db.selectFrom('task').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const evaluate = async ({ id, number }: { id: string; number: string }) => {
    await put(id, 6)
    await act(number, 'evaluation', { serviceAttitude: 5, serviceQuality: 5, overallRating: 5 })
  }
  const pass = async (ms: number) => {
    app.clock.advance(ms)
    await send(app)
  }

  describe('where all is well', () => {
    beforeEach(() => start())

    test('a task is created there with one send, reminded and closed', async () => {
      const submitted = await submitTask(app, crew)
      await act(submitted.number, 'reminder', { comment: '请尽快' })
      await evaluate(submitted)
      await send(app)
      expect(operations(app)).toEqual(['send', 'reminder', 'close'])
      const [order] = app.sandbox.ngs.orders()
      expect(order).toMatchObject({ state: 'closed', mapId: 'sandbox-repair', customerGuid: 'SANDBOX-CUSTOMER-0000' })
      const ids = { oId: order!.oId, taskId: order!.taskId }
      expect(app.sandbox.ngs.requests().map(({ body }) => body)).toEqual([
        {
          mapId: 'sandbox-repair',
          customerGuid: 'SANDBOX-CUSTOMER-0000',
          objective: {
            stringfield1: submitted.number,
            stringfield2: '维修',
            comments: '仪器无法正常启动',
            stringfield3: '张三',
            stringfield4: '13800138000',
          },
        },
        { ...ids, comments: '请尽快' },
        ids,
      ])
      expect(await task(submitted.id)).toMatchObject({ ngs_oid: order!.oId, ngs_task_id: order!.taskId })
      expect(await outboxStates(app)).toEqual(['ngs.send SENT', 'ngs.reminder SENT', 'ngs.close SENT'])
    })

    test.each(['customer', 'dispatcher'] as const)('a task the %s cancels is closed as failed', async (who) => {
      const { number, id } = await submitTask(app, crew)
      if (who === 'customer') await act(number, 'cancel', { reason: '不需要了' })
      else await app.api.post('/homecare/cancel', { workOrderId: id, reason: '重复' }, crew.dispatcher)
      await send(app)
      expect(operations(app)).toEqual(['send', 'failedClose'])
      expect(app.sandbox.ngs.orders()).toMatchObject([{ state: 'failed' }])
    })

    test('what is refused owes nothing', async () => {
      const body = buildSubmission({ file_ids: ['0195b000-0000-7000-8000-000000000000'] })
      expect((await app.api.post('/api/v1/tasks', body, crew.customer)).status).toBe(400)
      const { number } = await submitTask(app, crew)
      await act(number, 'reminder')
      expect((await app.api.post(`/api/v1/tasks/${number}/reminder`, {}, crew.customer)).status).toBe(429)
      expect(await outboxStates(app)).toEqual(['ngs.send PENDING', 'ngs.reminder PENDING'])
    })

    test('a task older than the connection owes nothing until its ids are known', async () => {
      const { id, number } = await submitTask(app, crew)
      await app.context.database.db.deleteFrom('outbox').execute()
      await act(number, 'reminder')
      expect(await outboxStates(app)).toEqual([])
      await app.context.database.db.updateTable('task').set({ ngs_oid: 'O', ngs_task_id: 'T' }).execute()
      await evaluate({ id, number })
      expect(await outboxStates(app)).toEqual(['ngs.close PENDING'])
    })

    test('one that is sent wakes the sender right after its commit', async () => {
      app.context.outboxWorker.listen()
      await submitTask(app, crew)
      await until(async () => (await outboxStates(app)).includes('ngs.send SENT'), 'the send')
      await app.context.outboxWorker.stop()
      expect(operations(app)).toEqual(['send'])
    })
  })

  describe('what a person must supply', () => {
    test('a customer without an ngs number waits visibly, and goes once there is one', async () => {
      const sandbox = await startNgsSandbox({ token: 'T' })
      const env = { NGS_BASE_URL: sandbox.url, NGS_TOKEN: 'T', NGS_MAP_IDS: '{"repair":"M1"}' }
      await start(env)
      await submitTask(app, crew)
      await send(app)
      const { list } = (await app.api.get('/api/v1/admin/outbox?waiting=true', crew.dispatcher)).body.data
      expect(list).toMatchObject([{ state: 'PENDING', waiting_for: 'CUSTOMER_GUID', attempts: 0 }])
      const { list: customers } = (await app.api.get('/api/v1/admin/customers', crew.admin)).body.data
      const path = `/api/v1/admin/customers/${customers[0].id}`
      const body = { ngs_customer_guid: 'OWN-GUID' }
      expect((await app.api.patch(path, body, crew.dispatcher)).status).toBe(403)
      expect((await app.api.patch(path, { ngs_customer_guid: 'x'.repeat(65) }, crew.admin)).status).toBe(400)
      expect((await app.api.patch('/api/v1/admin/customers/99999', body, crew.admin)).status).toBe(404)
      expect((await app.api.patch(path, body, crew.admin)).status).toBe(200)
      await send(app)
      expect(sandbox.orders()).toMatchObject([{ mapId: 'M1', customerGuid: 'OWN-GUID' }])
      expect((await app.api.get('/api/v1/admin/customers', crew.admin)).body.data.list[0]).toMatchObject(body)
      expect((await app.api.get('/api/v1/admin/audit', crew.admin)).body.data.list[0]).toMatchObject({
        action: 'customer.ngs-guid',
        detail: { before: null, after: 'OWN-GUID' },
      })
      await sandbox.close()
    })

    test('the numbers of an order older than the connection are entered once; then ngs is told', async () => {
      await start()
      const { id, number } = await submitTask(app, crew)
      await send(app)
      const [order] = app.sandbox.ngs.orders()
      await app.context.database.db.deleteFrom('outbox').execute()
      await app.context.database.db.updateTable('task').set({ ngs_oid: null, ngs_task_id: null }).execute()
      const ids = { oId: order!.oId, taskId: order!.taskId }
      const enter = (body: object, who = crew.admin) =>
        app.api.post(`/api/v1/admin/ngs/tasks/${number}/order`, body, who)
      expect((await enter(ids, crew.dispatcher)).status).toBe(403)
      expect((await enter({ oId: order!.oId })).body.message).toContain('taskId')
      expect((await enter({ ...ids, oId: 'O'.repeat(65) })).body.message).toContain('oId')
      expect((await enter(ids)).body.data).toEqual({ task_id: number, ngs_oid: ids.oId, ngs_task_id: ids.taskId })
      expect((await enter(ids)).status).toBe(409)
      await evaluate({ id, number })
      await send(app)
      expect(order!.state).toBe('closed')
    })

    test('a type without a mapId waits visibly and costs no attempt', async () => {
      await start({ NGS_MAP_IDS: '{"training":"M2"}' })
      await submitTask(app, crew)
      for (let i = 0; i < 12; i++) await pass(31 * SECOND_MS)
      const { list } = (await app.api.get('/api/v1/admin/outbox?waiting=true', crew.admin)).body.data
      expect(list).toMatchObject([{ state: 'PENDING', waiting_for: 'MAP_ID', attempts: 0, topic: 'ngs.send' }])
      expect(list[0].last_error).toMatch(/mapId/)
      expect(operations(app)).toEqual([])
    })

    test('a field map decides what is sent', async () => {
      const map = {
        id: 'task.event_guid',
        'customer.phone': 'step.phone',
        'device.quantity': 'tabc.dev.qty',
        'device.purpose': 'objective.x',
      }
      await start({ NGS_FIELD_MAP: JSON.stringify(map) })
      const { id } = await submitTask(app, crew)
      await send(app)
      const { mapId: _m, customerGuid: _c, ...fields } = app.sandbox.ngs.requests()[0]!.body as Record<string, unknown>
      expect(fields).toEqual({ task: { event_guid: id }, step: { phone: '13800138000' }, tabc: { dev: { qty: 1 } } })
    })

    test.each([1, 2])(
      'where ngs gives no ids, later entries wait; entered at entry %i, all leave in order',
      async (at) => {
        await start()
        app.sandbox.ngs.control({ values: false })
        const submitted = await submitTask(app, crew)
        await act(submitted.number, 'reminder')
        await evaluate(submitted)
        await send(app)
        expect(await outboxRows(app)).toMatchObject([
          { topic: 'ngs.send', state: 'SENT' },
          { topic: 'ngs.reminder', state: 'PENDING', waiting_for: 'ORDER_IDS', attempts: 0 },
          { topic: 'ngs.close', state: 'PENDING', waiting_for: null },
        ])
        const [order] = app.sandbox.ngs.orders()
        const waiting = (await outboxRows(app))[at]!
        const finding = { oId: order!.oId, taskId: order!.taskId, note: '在 ngs 中查到' }
        const { status } = await app.api.post(`/api/v1/admin/outbox/${waiting.id}/resolve`, finding, crew.admin)
        expect(status).toBe(200)
        await send(app)
        expect(operations(app)).toEqual(['send', 'reminder', 'close'])
        expect(order).toMatchObject({ state: 'closed' })
      },
    )

    test('the ids may also be entered at the create that is sent, once', async () => {
      await start()
      app.sandbox.ngs.control({ values: false })
      const { number } = await submitTask(app, crew)
      await act(number, 'cancel', { reason: 'x' })
      await send(app)
      const [create] = await outboxRows(app)
      const [order] = app.sandbox.ngs.orders()
      const resolve = () =>
        app.api.post(
          `/api/v1/admin/outbox/${create!.id}/resolve`,
          { oId: order!.oId, taskId: order!.taskId, note: '补录' },
          crew.admin,
        )
      expect((await resolve()).status).toBe(200)
      await send(app)
      expect(order!.state).toBe('failed')
      expect((await resolve()).status).toBe(409)
    })
  })

  describe('when ngs is away', () => {
    beforeEach(() => start())

    test('pauses double from one second, order is kept, and all arrives once', async () => {
      const first = await submitTask(app, crew, '一')
      await act(first.number, 'cancel', { reason: 'x' })
      app.sandbox.ngs.control({ status: 503 })
      await send(app)
      const pauses: number[] = []
      for (const seconds of [1, 2, 4]) {
        const [entry] = await outboxRows(app)
        pauses.push((entry!.next_attempt_at.getTime() - app.clock.now().getTime()) / SECOND_MS)
        await pass(seconds * SECOND_MS - 1)
        expect((await outboxRows(app))[0]!.attempts).toBe(entry!.attempts)
        await pass(1)
      }
      expect(pauses).toEqual([1, 2, 4])
      expect(app.sandbox.ngs.orders()).toEqual([])
      app.sandbox.ngs.control({ status: 0 })
      await pass(8 * SECOND_MS)
      expect(app.sandbox.ngs.orders().map(({ history }) => history.map(({ operation }) => operation))).toEqual([
        ['send', 'failedClose'],
      ])
      await pass(HOUR_MS)
      expect(operations(app).filter((operation) => operation === 'failedClose')).toHaveLength(1)
    })

    test('an open circuit costs no attempts', async () => {
      app.sandbox.ngs.control({ status: 503 })
      for (let i = 0; i < 20; i++) await submitTask(app, crew, `第 ${i}`)
      await send(app)
      const attempts = (await outboxRows(app)).map((entry) => entry.attempts)
      const tried = attempts.filter((count) => count === 1)
      // It opens at the fifth failure; of the four that are sent at once the others may be on their way.
      expect(tried.length).toBeGreaterThanOrEqual(5)
      expect(tried.length).toBeLessThanOrEqual(8)
      expect(attempts.filter((count) => count === 0)).toHaveLength(20 - tried.length)
      expect(operations(app)).toHaveLength(tried.length)
    })

    test('the first success fetches what waits out a long pause', async () => {
      const tasks = [await submitTask(app, crew, '一'), await submitTask(app, crew, '二')]
      await app.context.database.db
        .updateTable('outbox')
        .set({ attempts: 9, next_attempt_at: new Date(app.clock.now().getTime() + 250 * SECOND_MS) })
        .where('key', '=', tasks[1]!.id)
        .execute()
      app.sandbox.ngs.control({ failNext: 1 })
      await send(app)
      await pass(1 * SECOND_MS)
      await send(app)
      expect(app.sandbox.ngs.orders()).toHaveLength(2)
    })

    test('a task of another is not held up by one in doubt', async () => {
      app.sandbox.ngs.control({ dropAnswer: 1 })
      await submitTask(app, crew, '一')
      await send(app)
      await submitTask(app, crew, '二')
      await send(app)
      expect(await outboxStates(app)).toEqual(['ngs.send UNKNOWN', 'ngs.send SENT'])
    })
  })

  describe('what may have been executed', () => {
    beforeEach(() => start())

    test.each<[string, object]>([
      ['a lost answer', { dropAnswer: 1 }],
      ['an answer nobody can read', { garbage: 1 }],
      ['a cut connection', { dropConnection: 1 }],
      ['an inner error', { failNext: 1, status: 500 }],
    ])('%s: the create is never repeated by itself', async (_case, control) => {
      app.sandbox.ngs.control({ ...control })
      const { number } = await submitTask(app, crew)
      await act(number, 'reminder')
      for (let i = 0; i < 5; i++) await pass(HOUR_MS)
      expect(operations(app)).toEqual(['send'])
      expect(await outboxStates(app)).toEqual(['ngs.send UNKNOWN', 'ngs.reminder PENDING'])
    })

    test('a person who found the order enters its ids and the rest leaves', async () => {
      app.sandbox.ngs.control({ dropAnswer: 1 })
      const { number, id } = await submitTask(app, crew)
      await act(number, 'cancel', { reason: 'x' })
      await send(app)
      const [order] = app.sandbox.ngs.orders()
      const [create] = await outboxRows(app)
      const finding = { oId: order!.oId, taskId: order!.taskId, note: '已在 ngs 找到' }
      await app.api.post(`/api/v1/admin/outbox/${create!.id}/resolve`, finding, crew.admin)
      await send(app)
      expect(operations(app)).toEqual(['send', 'failedClose'])
      expect(await task(id)).toMatchObject({ ngs_oid: order!.oId })
    })

    test('a person who found nothing has it sent again', async () => {
      app.sandbox.ngs.control({ dropConnection: 1 })
      await submitTask(app, crew)
      await send(app)
      const [create] = await outboxRows(app)
      const { body } = await app.api.post(`/api/v1/admin/outbox/${create!.id}/retry`, undefined, crew.admin)
      expect(body.data).toMatchObject({ state: 'PENDING', attempts: 0 })
      await send(app)
      expect(app.sandbox.ngs.orders()).toHaveLength(1)
    })

    test('anything but a create is sent again', async () => {
      const { number } = await submitTask(app, crew)
      await send(app)
      await act(number, 'cancel', { reason: 'x' })
      app.sandbox.ngs.control({ dropConnection: 1 })
      await send(app)
      await pass(SECOND_MS)
      expect(operations(app)).toEqual(['send', 'failedClose', 'failedClose'])
      expect(await outboxStates(app)).toEqual(['ngs.send SENT', 'ngs.failedClose SENT'])
    })
  })

  describe('what ngs refuses', () => {
    beforeEach(() => start())

    test('is tried eight times, then is dead until a person has it tried again', async () => {
      app.sandbox.ngs.control({ refusals: [{ message: '字段 STRINGFIELD9 不存在 10.0.0.5', times: 8 }] })
      await submitTask(app, crew)
      for (let i = 0; i < 12; i++) await pass(5 * 60 * SECOND_MS)
      expect(operations(app)).toHaveLength(8)
      const answer = await app.api.get('/api/v1/admin/outbox?state=DEAD', crew.admin)
      expect(answer.body.data.list).toMatchObject([{ state: 'DEAD', attempts: 8 }])
      expect(JSON.stringify(answer.body)).not.toMatch(/STRINGFIELD9|10\.0\.0\.5/)
      const { id } = answer.body.data.list[0]
      await app.api.post(`/api/v1/admin/outbox/${id}/retry`, undefined, crew.admin)
      await send(app)
      expect(app.sandbox.ngs.orders()).toHaveLength(1)
    })
  })
})

test('without ngs nothing is owed', async () => {
  const app = await startTestApp()
  const crew = await addCrew(app)
  const { number } = await submitTask(app, crew)
  await app.api.post(`/api/v1/tasks/${number}/cancel`, { reason: 'x' }, crew.customer)
  expect(await outboxStates(app)).toEqual([])
  await app.close()
})
