import { ENGINES } from '../../support/engines'
import { buildFile, buildPdf, buildPng } from '../../support/builders'
import {
  addAcceptedOrder,
  addCrew,
  addDispatchedOrder,
  addOrder,
  chainOf,
  type Crew,
  NO_LIMITS,
  outcomeOf,
} from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

const STEPS = [0, 1, 2, 3, 4, 5, 6, 7]
/** data-model.md, steps: what staff may move by this route. Staying is a note. */
const LEGAL = new Set(['1>2', '2>3', '2>5', '3>4', '5>6'])

describe.each(ENGINES)('steps on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
  })
  afterAll(() => app.close())
  const post = (id: string, step: unknown, request: object = crew.worker, extra: object = {}) =>
    app.api.post(`/homecare/work-orders/${id}/steps`, { step, description: '说明', ...extra }, request)
  const putAt = (id: string, current_step: number) =>
    app.context.database.db
      .updateTable('task')
      .set({ current_step, status: current_step === 7 ? 'closed' : 'open' })
      .where('id', '=', id)
      .execute()
  const task = async (id: string) => (await app.api.get(`/api/v1/tasks/${id}`, crew.customer)).body.data
  const detail = async (id: string) => (await app.api.get(`/homecare/work-orders/${id}`, crew.dispatcher)).body.data

  describe.each(STEPS)('from %i', (from) => {
    test.each(STEPS)('to %i, by worker, dispatcher and admin, only as the table of moves says', async (to) => {
      for (const who of ['worker', 'dispatcher', 'admin'] as const) {
        const id = await addAcceptedOrder(app, crew)
        await putAt(id, from)
        const events = await chainOf(app, id)
        const answer = await post(id, to, crew[who])
        const allowed = from !== 7 && (from === to || LEGAL.has(`${from}>${to}`))
        const refusal = from === 7 ? '409 TASK_CLOSED' : '409 TASK_STEP_MISMATCH'
        expect([who, outcomeOf(answer)]).toEqual([who, allowed ? 'OK' : refusal])
        expect((await detail(id)).current_step).toBe(allowed ? to : from)
        const told = allowed ? [from === to ? 'STEP_NOTED' : 'STEP_ENTERED'] : []
        expect((await chainOf(app, id)).slice(events.length)).toEqual(told)
      }
    })
  })

  test('a move is a record that customer and staff see, with its author', async () => {
    const id = await addAcceptedOrder(app, crew)
    const { body } = await post(id, 2, crew.worker, { description: '电源模块故障' })
    expect(body.data).toEqual({ workOrderId: id, currentStep: 2, recordId: expect.any(String) })
    const record = (await detail(id)).step_records.at(-1)
    expect(record).toMatchObject({ id: body.data.recordId, step: 2, description: '电源模块故障', author: 'worker' })
    expect(await task(id)).toMatchObject({ current_step: 2 })
    expect(JSON.stringify(await task(id))).toContain('电源模块故障')
    const timeline = await app.api.get(`/api/v1/tasks/${id}/timeline`, crew.customer)
    expect(timeline.body.data.list.at(-1).type).toBe('STEP_ENTERED')
  })

  test('finishing completes the assignment; the worker is done with the order', async () => {
    const id = await addAcceptedOrder(app, crew)
    for (const step of [2, 5, 6]) expect((await post(id, step)).status).toBe(200)
    expect(await detail(id)).toMatchObject({ current_step: 6, assignment_status: 'COMPLETED' })
    expect(outcomeOf(await post(id, 6))).toBe('403 WORK_ORDER_NOT_MINE')
    expect(outcomeOf(await post(id, 6, crew.dispatcher))).toBe('OK')
  })

  test('only the worker who accepted writes; the dispatcher may always', async () => {
    const waiting = await addDispatchedOrder(app, crew)
    expect(outcomeOf(await post(waiting, 2))).toBe('409 TASK_STEP_MISMATCH')
    expect(outcomeOf(await post(waiting, 2, crew.other))).toBe('403 WORK_ORDER_NOT_MINE')
    const pooled = await addOrder(app, crew)
    expect(outcomeOf(await post(pooled, 0))).toBe('403 WORK_ORDER_NOT_MINE')
    expect(outcomeOf(await post(pooled, 0, crew.dispatcher))).toBe('OK')
    const taken = await addAcceptedOrder(app, crew)
    await app.api.post('/homecare/dispatch', { workOrderId: taken, workerId: crew.otherId }, crew.dispatcher)
    expect(outcomeOf(await post(taken, 2))).toBe('403 WORK_ORDER_NOT_MINE')
    expect((await post(taken, 1, crew.customer)).status).toBe(403)
  })

  test('a cancelled order takes no more steps from anybody', async () => {
    const id = await addAcceptedOrder(app, crew)
    await app.api.post('/homecare/cancel', { workOrderId: id, reason: '重复' }, crew.dispatcher)
    for (const request of [crew.worker, crew.dispatcher])
      expect(outcomeOf(await post(id, 1, request))).toBe('409 TASK_CLOSED')
  })

  test('one Idempotency-Key is one move', async () => {
    const id = await addAcceptedOrder(app, crew)
    const request = { ...crew.worker, headers: { 'idempotency-key': 'step-1' } }
    const [one, two] = [await post(id, 2, request), await post(id, 2, request)]
    expect([two.status, two.body.data]).toEqual([200, one.body.data])
    expect((await detail(id)).step_records).toHaveLength(
      (await chainOf(app, id)).filter((e) => e !== 'ACCEPTED').length,
    )
  })

  describe('files', () => {
    const upload = async (content: Buffer, name: string, request = crew.worker) => {
      const form = new FormData()
      form.set('file', buildFile(content, name))
      return (await app.api.upload('/api/v1/files', form, request)).body.data.file_id as string
    }

    test('hang on their record, pictures and documents apart', async () => {
      const id = await addAcceptedOrder(app, crew)
      const fileIds = [await upload(await buildPng(), '现场.png'), await upload(buildPdf(), '报告.pdf')]
      expect((await post(id, 2, crew.worker, { fileIds })).status).toBe(200)
      const record = (await detail(id)).step_records.at(-1)
      expect([record.images[0].name, record.files[0].name]).toEqual(['现场.png', '报告.pdf'])
      expect((await app.api.get(record.files[0].url)).status).toBe(200)
    })

    test('of somebody else, unknown or used before undo the whole move', async () => {
      const id = await addAcceptedOrder(app, crew)
      const used = await upload(buildPdf('used'), 'a.pdf')
      await post(id, 1, crew.worker, { fileIds: [used] })
      const events = await chainOf(app, id)
      const theirs = await upload(buildPdf('other'), 'b.pdf', crew.other)
      const good = await upload(buildPdf('good'), 'c.pdf')
      for (const fileIds of [[theirs], [used], ['00000000-0000-7000-8000-000000000000'], [good, theirs]])
        expect((await post(id, 2, crew.worker, { fileIds })).status).toBe(400)
      expect(await chainOf(app, id)).toEqual(events)
      expect((await detail(id)).current_step).toBe(1)
      expect((await post(id, 2, crew.worker, { fileIds: [good] })).status).toBe(200)
    })
  })

  test.each<[object, string]>([
    [{ step: undefined }, 'step'],
    [{ step: null }, 'step'],
    [{ step: '2' }, 'step'],
    [{ step: 2.5 }, 'step'],
    [{ step: -1 }, 'step'],
    [{ step: 8 }, 'step'],
    [{ description: undefined }, 'description'],
    [{ description: '   ' }, 'description'],
    [{ description: 'x'.repeat(2001) }, 'description'],
    [{ description: 'a\u0000' }, 'description'],
    [{ description: '\udc00' }, 'description'],
    [{ fileIds: 'x' }, 'fileIds'],
    [{ fileIds: ['not a uuid'] }, 'fileIds.0'],
    [{ fileIds: Array(19).fill('00000000-0000-7000-8000-000000000000') }, 'fileIds'],
  ])('refuses %j by name', async (changes, path) => {
    const id = await addAcceptedOrder(app, crew)
    const events = await chainOf(app, id)
    const { status, body } = await post(id, 2, crew.worker, changes)
    expect([status, body.data.fields[0].path]).toEqual([400, path])
    expect(body.msg).toMatch(/[\u4e00-\u9fff]/)
    expect(await chainOf(app, id)).toEqual(events)
  })

  describe('the customer', () => {
    const confirm = (id: string, accept: boolean) =>
      app.api.post(`/api/v1/tasks/${id}/confirm`, { accept, comment: '意见' }, crew.customer)

    test.each(STEPS)('confirms or refuses a plan at 4 only; at %i', async (step) => {
      for (const accept of [true, false]) {
        const id = await addAcceptedOrder(app, crew)
        await putAt(id, step)
        const { status } = await confirm(id, accept)
        expect(status).toBe(step === 4 ? 200 : 409)
        expect((await detail(id)).current_step).toBe(step === 4 ? (accept ? 5 : 3) : step)
        if (step === 4) expect((await chainOf(app, id)).at(-1)).toBe(accept ? 'PLAN_CONFIRMED' : 'PLAN_REFUSED')
      }
    })

    test.each(STEPS)('cancels before 5 only; at %i', async (step) => {
      const id = await addAcceptedOrder(app, crew)
      await putAt(id, step)
      const { status } = await app.api.post(`/api/v1/tasks/${id}/cancel`, { reason: '不需要了' }, crew.customer)
      expect(status).toBe(step < 5 ? 200 : 409)
      expect((await detail(id)).status).toBe(step < 5 ? 'cancelled' : step === 7 ? 'closed' : 'open')
      const pooled = await app.api.post('/homecare/claim', { workOrderId: id }, crew.other)
      if (step < 5) expect(outcomeOf(pooled)).toBe('409 TASK_CLOSED')
    })

    test('reminds once an hour, and the worker hears of it', async () => {
      const id = await addAcceptedOrder(app, crew)
      const remind = () => app.api.post(`/api/v1/tasks/${id}/reminder`, { comment: '请快一点' }, crew.customer)
      expect((await remind()).status).toBe(200)
      app.clock.advance(3600_000 - 1)
      const early = await remind()
      expect([early.status, early.headers.has('retry-after')]).toEqual([429, true])
      app.clock.advance(1)
      expect((await remind()).status).toBe(200)
      const inbox = await app.api.get('/homecare/notifications', crew.worker)
      expect(inbox.body.data.list[0]).toMatchObject({ event: 'REMINDED', task_id: id })
      expect(inbox.body.data.list[0].content).toContain('请快一点')
      await putAt(id, 6)
      app.clock.advance(3600_000)
      expect((await remind()).status).toBe(409)
    })
  })
})
