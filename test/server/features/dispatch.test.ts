import { isUniqueViolation } from '../../../server/db/db-error'
import { ENGINES } from '../../support/engines'
import {
  addAcceptedOrder,
  addCrew,
  addDispatchedOrder,
  addOrder,
  addStaff,
  chainOf,
  type Crew,
  NO_LIMITS,
  outcomeOf,
  rowsOf,
} from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

describe.each(ENGINES)('dispatch on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
  })
  afterAll(() => app.close())
  const dispatch = (workOrderId: string, workerId = crew.workerId, request: object = crew.dispatcher) =>
    app.api.post('/homecare/dispatch', { workOrderId, workerId, note: '带梯子' }, request)
  const accept = (workOrderId: string, request = crew.worker) =>
    app.api.post('/homecare/accept', { workOrderId }, request)
  const reject = (workOrderId: string, request = crew.worker) =>
    app.api.post('/homecare/reject', { workOrderId, reason: '排满了' }, request)
  const claim = (workOrderId: string, request = crew.worker) =>
    app.api.post('/homecare/claim', { workOrderId }, request)
  const cancel = (workOrderId: string) =>
    app.api.post('/homecare/cancel', { workOrderId, reason: '重复' }, crew.dispatcher)
  const step = (workOrderId: string, to: number) =>
    app.api.post(`/homecare/work-orders/${workOrderId}/steps`, { step: to, description: '说明' }, crew.dispatcher)
  const detail = async (workOrderId: string) =>
    (await app.api.get(`/homecare/work-orders/${workOrderId}`, crew.dispatcher)).body.data
  const inbox = async (request: { token: string }, workOrderId: string): Promise<string[]> =>
    (await app.api.get('/homecare/notifications?size=100', request)).body.data.list
      .filter((entry: { task_id: string }) => entry.task_id === workOrderId)
      .map((entry: { event: string }) => entry.event)
      .toReversed()

  test('takes an order from step 0 to 1, tells the worker and shows the note', async () => {
    const id = await addOrder(app, crew)
    const { body } = await dispatch(id)
    expect(body.data).toEqual({
      workOrderId: id,
      assignmentId: expect.any(String),
      workerId: crew.workerId,
      status: 'ASSIGNED',
      currentStep: 1,
    })
    expect(await detail(id)).toMatchObject({ current_step: 1, assignment_status: 'ASSIGNED', dispatch_note: '带梯子' })
    expect(await inbox(crew.worker, id)).toEqual(['DISPATCHED'])
    expect(await chainOf(app, id)).toEqual(['SUBMITTED', 'DISPATCHED'])
  })

  test('an admin dispatches too', async () => {
    expect((await dispatch(await addOrder(app, crew), crew.workerId, crew.admin)).status).toBe(200)
  })

  test('of two dispatchers at one order the second is told what the first did', async () => {
    const id = await addOrder(app, crew)
    const seen = (workerId: string, formerWorkerId: string | null) =>
      app.api.post('/homecare/dispatch', { workOrderId: id, workerId, formerWorkerId }, crew.dispatcher)
    expect(outcomeOf(await seen(crew.workerId, crew.otherId))).toBe('409 ALREADY_ASSIGNED')
    expect(outcomeOf(await seen(crew.workerId, null))).toBe('OK')
    const { status, body } = await seen(crew.otherId, null)
    expect([status, body.msg]).toEqual([409, '该工单刚刚已由他人派给另一位服务人员，请按最新情况再决定'])
    expect(await detail(id)).toMatchObject({ worker_id: crew.workerId })
    expect(outcomeOf(await seen(crew.otherId, crew.workerId))).toBe('OK')
    expect(await rowsOf(app, 'hc_dispatch_assignments', id)).toHaveLength(2)
  })

  test('reassigning keeps the step, ends the old assignment and tells both', async () => {
    const id = await addAcceptedOrder(app, crew)
    await step(id, 2)
    const { body } = await dispatch(id, crew.otherId)
    expect(body.data).toMatchObject({ currentStep: 2, status: 'ASSIGNED', workerId: crew.otherId })
    const [first, second] = await rowsOf(app, 'hc_dispatch_assignments', id)
    expect([first!.status, first!.live_key, second!.status, second!.live_key]).toEqual([
      'CANCELLED',
      null,
      'ASSIGNED',
      id,
    ])
    expect(first!.ended_at).toEqual(app.clock.now())
    expect(await inbox(crew.worker, id)).toEqual(['DISPATCHED', 'REASSIGNED'])
    expect(await inbox(crew.other, id)).toEqual(['DISPATCHED'])
    expect((await chainOf(app, id)).at(-1)).toBe('REASSIGNED')
  })

  test('to the worker who has it is a conflict', async () => {
    const id = await addDispatchedOrder(app, crew)
    expect(outcomeOf(await dispatch(id))).toBe('409 ALREADY_ASSIGNED')
    expect(await rowsOf(app, 'hc_dispatch_assignments', id)).toHaveLength(1)
  })

  test('goes to active workers only', async () => {
    const disabled = await addStaff(app, 'disabled@example.com', 'HOMECARE_WORKER', { is_active: false })
    const id = await addOrder(app, crew)
    for (const workerId of [disabled, crew.dispatcherId, crew.adminId])
      expect(outcomeOf(await dispatch(id, workerId))).toBe('409 WORKER_DISABLED')
    expect((await dispatch(id, '00000000-0000-7000-8000-000000000000')).status).toBe(404)
    expect(await detail(id)).toMatchObject({ current_step: 0, worker_id: null })
  })

  test('refuses a cancelled and a finished order', async () => {
    const cancelled = await addOrder(app, crew)
    await cancel(cancelled)
    expect(outcomeOf(await dispatch(cancelled))).toBe('409 TASK_CLOSED')
    const done = await addAcceptedOrder(app, crew)
    for (const to of [2, 5, 6]) await step(done, to)
    expect(outcomeOf(await dispatch(done, crew.otherId))).toBe('409 TASK_STEP_MISMATCH')
  })

  test('the database itself holds one live assignment per order', async () => {
    const id = await addDispatchedOrder(app, crew)
    const [row] = await rowsOf(app, 'hc_dispatch_assignments', id)
    const second = { ...row!, id: '00000000-0000-7000-8000-000000000001', worker_id: crew.otherId }
    const insert = app.context.database.db.insertInto('hc_dispatch_assignments').values(second as never)
    const refusal: unknown = await insert.execute().then(
      () => null,
      (error) => error,
    )
    expect(isUniqueViolation(refusal)).toBe(true)
  })

  describe('accepting', () => {
    test('twice is accepting once', async () => {
      const id = await addDispatchedOrder(app, crew)
      expect((await accept(id)).body.data).toMatchObject({ status: 'ACCEPTED', currentStep: 1 })
      expect((await accept(id)).body.data).toMatchObject({ status: 'ACCEPTED' })
      expect(await chainOf(app, id)).toEqual(['SUBMITTED', 'DISPATCHED', 'ACCEPTED'])
    })

    test.each<[string, (id: string) => Promise<unknown>, string]>([
      ['a reassigned order', (id) => dispatch(id, crew.otherId), '409 ASSIGNMENT_GONE'],
      ['an order given back', (id) => reject(id), '409 ASSIGNMENT_GONE'],
      ['a cancelled order', (id) => cancel(id), '409 TASK_CLOSED'],
    ])('%s has its own reason', async (_name, happen, expected) => {
      const id = await addDispatchedOrder(app, crew)
      await happen(id)
      const events = (await chainOf(app, id)).length
      expect(outcomeOf(await accept(id))).toBe(expected)
      expect(await chainOf(app, id)).toHaveLength(events)
    })

    test('somebody else’s order is refused', async () => {
      const id = await addDispatchedOrder(app, crew)
      expect(outcomeOf(await accept(id, crew.other))).toBe('403 WORK_ORDER_NOT_MINE')
      expect(outcomeOf(await reject(id, crew.other))).toBe('403 WORK_ORDER_NOT_MINE')
      expect(outcomeOf(await accept(await addOrder(app, crew)))).toBe('403 WORK_ORDER_NOT_MINE')
    })
  })

  describe('giving back', () => {
    test('at step 1 returns the order to step 0 and tells its dispatcher why', async () => {
      const id = await addDispatchedOrder(app, crew)
      expect((await reject(id)).body.data).toMatchObject({ status: 'REJECTED', currentStep: 0 })
      expect(await detail(id)).toMatchObject({ current_step: 0, worker_id: null, assignment_status: null })
      expect(await inbox(crew.dispatcher, id)).toEqual(['SUBMITTED', 'REJECTED'])
      const [row] = await rowsOf(app, 'hc_dispatch_assignments', id)
      expect([row!.status, row!.reason, row!.live_key]).toEqual(['REJECTED', '排满了', null])
      expect(outcomeOf(await reject(id))).toBe('409 ASSIGNMENT_GONE')
    })

    test('shows the customer at step 0 what they submitted', async () => {
      const id = await addDispatchedOrder(app, crew)
      await reject(id)
      const { body } = await app.api.get(`/api/v1/tasks/${id}`, crew.customer)
      expect([body.data.current_step, body.data.step_content.description]).toEqual([0, body.data.description])
    })

    test('later keeps the step', async () => {
      const id = await addAcceptedOrder(app, crew)
      await step(id, 2)
      expect((await reject(id)).body.data).toMatchObject({ status: 'REJECTED', currentStep: 2 })
      expect((await claim(id, crew.other)).body.data).toMatchObject({ status: 'ACCEPTED', currentStep: 2 })
      expect(outcomeOf(await accept(id))).toBe('409 ASSIGNMENT_GONE')
    })
  })

  describe('claiming', () => {
    test('dispatches and accepts in one', async () => {
      const id = await addOrder(app, crew)
      expect((await claim(id)).body.data).toMatchObject({
        workerId: crew.workerId,
        status: 'ACCEPTED',
        currentStep: 1,
      })
      expect(await chainOf(app, id)).toEqual(['SUBMITTED', 'CLAIMED'])
      expect((await app.api.get(`/api/v1/tasks/${id}`, crew.customer)).body.data).toMatchObject({
        current_step: 1,
        engineer_name: 'worker',
      })
    })

    test('is for orders nobody has, that are still to be done', async () => {
      expect(outcomeOf(await claim(await addDispatchedOrder(app, crew), crew.other))).toBe('409 ALREADY_ASSIGNED')
      const cancelled = await addOrder(app, crew)
      await cancel(cancelled)
      expect(outcomeOf(await claim(cancelled))).toBe('409 TASK_CLOSED')
      const done = await addAcceptedOrder(app, crew)
      for (const to of [2, 5, 6]) await step(done, to)
      expect(outcomeOf(await claim(done, crew.other))).toBe('409 TASK_STEP_MISMATCH')
    })
  })

  test('the same Idempotency-Key dispatches once, and another payload under it is 422', async () => {
    const id = await addOrder(app, crew)
    const request = { ...crew.dispatcher, headers: { 'idempotency-key': 'dispatch-1' } }
    const one = await dispatch(id, crew.workerId, request)
    const two = await dispatch(id, crew.workerId, request)
    expect([two.status, two.body.data]).toEqual([200, one.body.data])
    expect((await dispatch(id, crew.otherId, request)).status).toBe(422)
    expect(await chainOf(app, id)).toEqual(['SUBMITTED', 'DISPATCHED'])
  })
})
