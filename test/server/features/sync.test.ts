import { ENGINES } from '../../support/engines'
import {
  addAcceptedOrder,
  addCrew,
  addEvidence,
  addOrder,
  addVisitedOrder,
  buildCheckin,
  chainOf,
  type Crew,
  NO_LIMITS,
  northOfSite,
  rowsOf,
  SITE,
} from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

describe.each(ENGINES)('offline sync on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
  })
  afterAll(() => app.close())
  beforeEach(() => app.clock.advance(60_000))

  let number = 0
  const before = (minutes: number) => new Date(app.clock.now().getTime() - minutes * 60_000).toISOString()
  const item = (kind: string, payload: unknown, changes: object = {}) => ({
    clientId: `item-${++number}`,
    kind,
    capturedAt: before(30),
    payload,
    ...changes,
  })
  const send = (items: unknown, request = crew.worker) => app.api.post('/homecare/sync', { items }, request)
  const results = async (...items: unknown[]) => {
    const { status, body } = await send(items)
    expect([status, body.code]).toEqual([200, 'OK'])
    return body.data.results
  }

  test('a check-in without ticket is a visit of today’s rules, late, with both times', async () => {
    const id = await addAcceptedOrder(app, crew)
    const one = item('checkin', await buildCheckin(app, crew, id))
    expect(await results(one)).toEqual([{ clientId: one.clientId, status: 'accepted', visitId: expect.any(String) }])
    expect(await rowsOf(app, 'ec_care_tasks', id)).toMatchObject([
      {
        checkin_at: new Date(one.capturedAt),
        captured_at: new Date(one.capturedAt),
        received_at: app.clock.now(),
        flags: '["LATE_SYNC"]',
        is_flagged: true,
      },
    ])
    expect((await chainOf(app, id)).at(-1)).toBe('CHECKED_IN')
  })

  test('a check-out ends the visit when it was captured', async () => {
    const { workOrderId, visitId } = await addVisitedOrder(app, crew)
    app.clock.advance(90 * 60_000)
    const one = item('checkout', { workOrderId, ...northOfSite(5), summary: '已修复' })
    expect(await results(one)).toEqual([{ clientId: one.clientId, status: 'accepted', visitId }])
    const [visit] = await rowsOf(app, 'ec_care_tasks', workOrderId)
    expect([visit!.checkout_at, visit!.summary]).toEqual([new Date(one.capturedAt), '已修复'])
    const event = JSON.parse((await rowsOf(app, 'hc_work_order_events', workOrderId)).at(-1)!.payload)
    expect(event).toMatchObject({ duration_minutes: 60, captured_at: one.capturedAt })
  })

  test('a queue sent several times at once is done once, and no call is told that it failed', async () => {
    const id = await addAcceptedOrder(app, crew)
    const queue = [
      item('checkin', await buildCheckin(app, crew, id), { capturedAt: before(50) }),
      item('checkout', { workOrderId: id, ...SITE, summary: '完成' }),
    ]
    const calls = await Promise.all(Array.from({ length: 8 }, () => results(...queue)))
    for (const index of queue.keys()) {
      const count = (status: string) => calls.filter((answers) => answers[index].status === status).length
      expect([count('accepted'), count('duplicate')]).toEqual([1, 7])
    }
    expect(await rowsOf(app, 'ec_care_tasks', id)).toHaveLength(1)
  })

  test('a check-out captured before its check-in ends with it, not earlier', async () => {
    const { workOrderId } = await addVisitedOrder(app, crew)
    await results(item('checkout', { workOrderId, ...SITE, summary: '完成' }))
    const [visit] = await rowsOf(app, 'ec_care_tasks', workOrderId)
    expect(visit!.checkout_at).toEqual(visit!.checkin_at)
  })

  test('a step moves the order, and its event knows when it was done', async () => {
    const workOrderId = await addAcceptedOrder(app, crew)
    const one = item('step', { workOrderId, step: 2, description: '电源故障' })
    expect(await results(one)).toEqual([{ clientId: one.clientId, status: 'accepted' }])
    const event = (await rowsOf(app, 'hc_work_order_events', workOrderId)).at(-1)!
    expect([event.event_type, event.created_at]).toEqual(['STEP_ENTERED', app.clock.now()])
    expect(JSON.parse(event.payload)).toMatchObject({ step: 2, captured_at: one.capturedAt })
  })

  test('a fix is stored with the time it was captured and the time it came in', async () => {
    const id = await addAcceptedOrder(app, crew)
    const one = item('fix', { workOrderId: id, ...northOfSite(300), accuracy: 20 })
    expect(await results(one)).toEqual([{ clientId: one.clientId, status: 'accepted' }])
    expect(await rowsOf(app, 'hc_worker_locations', id)).toMatchObject([
      {
        source: 'fix',
        reported_at: new Date(one.capturedAt),
        created_at: app.clock.now(),
        reason_code: 'OUT_OF_RADIUS',
        accepted: true,
        accuracy_meters: 20,
      },
    ])
  })

  test('a whole afternoon comes in one batch, in order', async () => {
    app.clock.advance(12 * 3600_000 - 7200_000)
    crew.worker = { token: app.context.tokens.issue('staff', crew.workerId) }
    const id = await addAcceptedOrder(app, crew)
    const answers = await results(
      item('fix', { workOrderId: id, ...northOfSite(9000) }, { capturedAt: before(40) }),
      item('checkin', await buildCheckin(app, crew, id), { capturedAt: before(30) }),
      item('step', { workOrderId: id, step: 2, description: '诊断' }, { capturedAt: before(20) }),
      item('checkout', { workOrderId: id, ...SITE, summary: '完成' }, { capturedAt: before(10) }),
    )
    expect(answers.map((answer: { status: string }) => answer.status)).toEqual(Array(4).fill('accepted'))
    // 9 km in the ten minutes between the captures: a queue that arrives at once does not fly.
    expect(await rowsOf(app, 'ec_care_tasks', id)).toMatchObject([{ flags: '["LATE_SYNC"]', status: 'CHECKED_OUT' }])
    expect(await chainOf(app, id)).toEqual([
      'SUBMITTED',
      'DISPATCHED',
      'ACCEPTED',
      'CHECKED_IN',
      'STEP_ENTERED',
      'CHECKED_OUT',
    ])
  })

  test('a capture from the future counts as now', async () => {
    const id = await addAcceptedOrder(app, crew)
    await results(item('checkin', await buildCheckin(app, crew, id), { capturedAt: before(-600) }))
    expect((await rowsOf(app, 'ec_care_tasks', id))[0]!.checkin_at).toEqual(app.clock.now())
  })

  describe('an item sent twice', () => {
    test('in one batch and in the next is one visit', async () => {
      const id = await addAcceptedOrder(app, crew)
      const one = item('checkin', await buildCheckin(app, crew, id))
      const [first, second] = await results(one, one)
      expect(second).toEqual({ clientId: one.clientId, status: 'duplicate', visitId: first.visitId })
      expect(await results(one)).toEqual([second])
      expect(await rowsOf(app, 'ec_care_tasks', id)).toHaveLength(1)
      expect(await rowsOf(app, 'hc_worker_locations', id)).toHaveLength(1)
    })

    test('by two workers is two items', async () => {
      const clientId = 'the-same'
      const mine = await addAcceptedOrder(app, crew)
      const theirs = await addOrder(app, crew)
      await app.api.post('/homecare/claim', { workOrderId: theirs }, crew.other)
      await results(item('fix', { workOrderId: mine, ...SITE }, { clientId }))
      const { body } = await send([item('fix', { workOrderId: theirs, ...SITE }, { clientId })], crew.other)
      expect(body.data.results).toEqual([{ clientId, status: 'accepted' }])
    })

    test('after a refusal is decided again', async () => {
      const id = await addAcceptedOrder(app, crew)
      const far = { ...(await buildCheckin(app, crew, id)), ...northOfSite(80) }
      const one = item('checkin', far)
      expect(await results(one)).toEqual([{ clientId: one.clientId, status: 'rejected', reasonCode: 'OUT_OF_RADIUS' }])
      const rule = { config_key: 'HOMECARE_CHECKIN_RADIUS_METERS', config_value: '100', scope_type: 'WORK_ORDER' }
      await app.api.post('/api/v1/admin/sla-config', { ...rule, scope_id: id }, crew.admin)
      expect(await results(one)).toMatchObject([{ status: 'accepted' }])
    })
  })

  test.each<[string, string, string]>([
    ['checkout', 'NOT_CHECKED_IN', 'no visit is open'],
    ['step', 'TASK_STEP_MISMATCH', 'the step is out of turn'],
    ['checkin', 'SIGNATURE_REQUIRED', 'nobody signed'],
  ])('%s is rejected with %s when %s', async (kind, reasonCode) => {
    const workOrderId = await addAcceptedOrder(app, crew)
    const payload = {
      checkout: { workOrderId, ...SITE, summary: '完成' },
      step: { workOrderId, step: 5, description: '跳过' },
      checkin: { workOrderId, ...SITE, evidenceFileIds: [await addEvidence(app, workOrderId, crew.worker)] },
    }[kind]
    expect(await results(item(kind, payload))).toMatchObject([{ status: 'rejected', reasonCode }])
  })

  test('a rejected check-in keeps its fix and its event', async () => {
    const id = await addAcceptedOrder(app, crew)
    await results(item('checkin', { workOrderId: id, ...northOfSite(400) }))
    expect(await rowsOf(app, 'hc_worker_locations', id)).toMatchObject([{ reason_code: 'OUT_OF_RADIUS' }])
    expect((await chainOf(app, id)).at(-1)).toBe('CHECKIN_REJECTED')
  })

  test('somebody else’s and unknown orders are rejected, item by item, and leave nothing', async () => {
    const theirs = await addOrder(app, crew)
    await app.api.post('/homecare/claim', { workOrderId: theirs }, crew.other)
    for (const [workOrderId, codes] of [
      [theirs, ['WORKER_NOT_MATCHED', 'NOT_CHECKED_IN', 'WORK_ORDER_NOT_MINE', 'WORK_ORDER_NOT_MINE']],
      ['00000000-0000-7000-8000-000000000000', Array(4).fill('NOT_FOUND')],
    ] as const) {
      const answers = await results(
        item('checkin', { workOrderId, ...SITE, signature: '12345678' }),
        item('checkout', { workOrderId, ...SITE, summary: '完成' }),
        item('step', { workOrderId, step: 2, description: '说明' }),
        item('fix', { workOrderId, ...SITE }),
      )
      expect(answers.map((answer: any) => [answer.status, answer.reasonCode])).toEqual(
        codes.map((code) => ['rejected', code]),
      )
    }
    expect(await rowsOf(app, 'hc_worker_locations', theirs)).toEqual([])
  })

  test('what was cancelled meanwhile says so', async () => {
    const { workOrderId } = await addVisitedOrder(app, crew)
    await app.api.post('/homecare/cancel', { workOrderId, reason: '重复' }, crew.dispatcher)
    const answers = await results(
      item('step', { workOrderId, step: 2, description: '诊断' }),
      item('checkout', { workOrderId, ...SITE, summary: '离开' }),
      item('checkin', { workOrderId, ...SITE }),
    )
    expect(answers.map((answer: any) => [answer.status, answer.reasonCode])).toEqual([
      ['rejected', 'TASK_CLOSED'],
      ['accepted', undefined],
      ['rejected', 'WORK_ORDER_CANCELLED'],
    ])
  })
})
