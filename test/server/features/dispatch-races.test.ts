import type { ApiAnswer, ApiClient } from '../../support/api-client'
import { ENGINES } from '../../support/engines'
import {
  addAcceptedOrder,
  addCrew,
  addDispatchedOrder,
  addEvidence,
  addOrder,
  addVisitedOrder,
  buildCheckin,
  chainOf,
  type Crew,
  NO_LIMITS,
  northOfSite,
  outcomeOf,
  rowsOf,
  SITE,
  startTwin,
  ticketFor,
} from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

const ROUNDS = [0, 1, 2, 3, 4, 5]

/** Several servers on one database, as in production; the races go through all of them. */
describe.each(ENGINES)('races between three servers on one %s database', (engine) => {
  let app: TestApp
  let crew: Crew
  let twins: Awaited<ReturnType<typeof startTwin>>[]
  let apis: ApiClient[]
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
    twins = [await startTwin(app), await startTwin(app)]
    apis = [app.api, ...twins.map((twin) => twin.api)]
  })
  afterAll(async () => {
    for (const twin of twins) await twin.close()
    await app.close()
  })
  const server = (index: number) => apis[index % apis.length]!
  const live = async (id: string) =>
    (await rowsOf(app, 'hc_dispatch_assignments', id)).filter((row) => row.live_key !== null)
  const dispatchTo = (api: ApiClient, workOrderId: string, workerId: string) =>
    api.post('/homecare/dispatch', { workOrderId, workerId }, crew.dispatcher)
  const outcomes = async (calls: Promise<ApiAnswer>[]) => (await Promise.all(calls)).map(outcomeOf)

  test.each(ROUNDS)(
    'two dispatchers with two workers leave one live assignment and tell both stories (%i)',
    async (round) => {
      const id = await addOrder(app, crew)
      const answers = await outcomes([
        dispatchTo(server(round), id, crew.workerId),
        dispatchTo(server(round + 1), id, crew.otherId),
      ])
      expect(answers).toEqual(['OK', 'OK'])
      expect(await live(id)).toHaveLength(1)
      expect(await chainOf(app, id)).toEqual(['SUBMITTED', 'DISPATCHED', 'REASSIGNED'])
    },
  )

  test.each(ROUNDS)('two dispatchers with the same worker assign once (%i)', async (round) => {
    const id = await addOrder(app, crew)
    const answers = await outcomes([0, 1, 2].map((shift) => dispatchTo(server(round + shift), id, crew.workerId)))
    expect(answers.toSorted()).toEqual(['409 ALREADY_ASSIGNED', '409 ALREADY_ASSIGNED', 'OK'])
    expect(await chainOf(app, id)).toEqual(['SUBMITTED', 'DISPATCHED'])
  })

  test.each(ROUNDS)(
    'accept against reassign: the old worker is in before, or told that it is gone (%i)',
    async (round) => {
      const id = await addDispatchedOrder(app, crew)
      const [accepted, reassigned] = await outcomes([
        server(round).post('/homecare/accept', { workOrderId: id }, crew.worker),
        dispatchTo(server(round + 1), id, crew.otherId),
      ])
      expect(reassigned).toBe('OK')
      expect(['OK', '409 ASSIGNMENT_GONE']).toContain(accepted)
      expect(await live(id)).toMatchObject([{ worker_id: crew.otherId, status: 'ASSIGNED' }])
      expect((await chainOf(app, id)).filter((type) => type === 'ACCEPTED')).toHaveLength(accepted === 'OK' ? 1 : 0)
    },
  )

  test.each(ROUNDS)('claim against dispatch: one of them has it first (%i)', async (round) => {
    const id = await addOrder(app, crew)
    const [claimed, dispatched] = await outcomes([
      server(round).post('/homecare/claim', { workOrderId: id }, crew.other),
      dispatchTo(server(round + 1), id, crew.workerId),
    ])
    expect(dispatched).toBe('OK')
    expect(['OK', '409 ALREADY_ASSIGNED']).toContain(claimed)
    expect(await live(id)).toMatchObject([{ worker_id: crew.workerId }])
    expect(await chainOf(app, id)).toEqual(
      claimed === 'OK' ? ['SUBMITTED', 'CLAIMED', 'REASSIGNED'] : ['SUBMITTED', 'DISPATCHED'],
    )
  })

  test.each(ROUNDS)('two claims: one order, one worker (%i)', async (round) => {
    const id = await addOrder(app, crew)
    const answers = await outcomes([
      server(round).post('/homecare/claim', { workOrderId: id }, crew.worker),
      server(round + 1).post('/homecare/claim', { workOrderId: id }, crew.other),
    ])
    expect(answers.toSorted()).toEqual(['409 ALREADY_ASSIGNED', 'OK'])
    expect(await live(id)).toHaveLength(1)
  })

  test.each(ROUNDS)('six submits at once through three servers are one visit (%i)', async () => {
    const id = await addAcceptedOrder(app, crew)
    const base = await buildCheckin(app, crew, id)
    const files = await Promise.all(Array.from({ length: 6 }, () => addEvidence(app, id, crew.worker)))
    const answers = await outcomes(
      files.map((file, index) =>
        server(index).post('/homecare/checkin/submit', { ...base, evidenceFileIds: [file] }, crew.worker),
      ),
    )
    expect(answers.toSorted()).toEqual([...Array(5).fill('409 ALREADY_CHECKED_IN'), 'OK'])
    expect(await rowsOf(app, 'ec_care_tasks', id)).toMatchObject([{ visit_no: 1, open_key: id }])
    expect(await rowsOf(app, 'hc_worker_locations', id)).toHaveLength(6)
    expect((await chainOf(app, id)).filter((type) => type === 'CHECKED_IN')).toHaveLength(1)
  })

  test.each(ROUNDS)('six taps with one Idempotency-Key are one visit and one answer (%i)', async (round) => {
    const id = await addAcceptedOrder(app, crew)
    const checkin = await buildCheckin(app, crew, id)
    const request = { ...crew.worker, headers: { 'idempotency-key': `tap-${round}` } }
    const taps = Array.from({ length: 6 }, (_, i) => server(i).post('/homecare/checkin/submit', checkin, request))
    const answers = await Promise.all(taps)
    const [visit, ...rest] = await rowsOf(app, 'ec_care_tasks', id)
    expect(rest).toEqual([])
    for (const { status, body } of answers)
      expect(status === 409 ? body.data.reasonCode : body.data.visitId).toBe(
        status === 409 ? 'REQUEST_IN_PROGRESS' : visit!.id,
      )
    expect(answers.map(({ status }) => status)).toContain(200)
    expect((await chainOf(app, id)).at(-1)).toBe('CHECKED_IN')
  })

  test.each(ROUNDS)('a sync against a live submit with the same ticket and photo is one visit (%i)', async (round) => {
    const id = await addAcceptedOrder(app, crew)
    const offlineTicket = await ticketFor(app, id, crew.worker)
    const payload = { ...(await buildCheckin(app, crew, id)), offlineTicket }
    const item = { clientId: `race-${round}`, kind: 'checkin', capturedAt: app.clock.now().toISOString(), payload }
    const [live, first, second] = await Promise.all([
      server(round).post('/homecare/checkin/submit', payload, crew.worker),
      server(round + 1).post('/homecare/sync', { items: [item] }, crew.worker),
      server(round + 2).post('/homecare/sync', { items: [item] }, crew.worker),
    ])
    expect(await rowsOf(app, 'ec_care_tasks', id)).toHaveLength(1)
    const synced = [first!, second!].map(({ status, body }) => [status, body.data.results[0].status])
    if (live!.status === 200)
      expect(synced).toEqual([
        [200, 'rejected'],
        [200, 'rejected'],
      ])
    else {
      expect(outcomeOf(live!)).toBe('409 ALREADY_CHECKED_IN')
      expect(synced.map(([, status]) => String(status)).toSorted()).toEqual(['accepted', 'duplicate'])
    }
    expect((await chainOf(app, id)).filter((type) => type === 'CHECKED_IN')).toHaveLength(1)
  })

  test.each(ROUNDS)('cancel against check-in: a visit before the end, or none (%i)', async (round) => {
    const id = await addAcceptedOrder(app, crew)
    const checkin = await buildCheckin(app, crew, id)
    const [submitted, cancelled] = await outcomes([
      server(round).post('/homecare/checkin/submit', checkin, crew.worker),
      server(round + 1).post('/homecare/cancel', { workOrderId: id, reason: '重复' }, crew.dispatcher),
    ])
    expect(cancelled).toBe('OK')
    expect(['OK', '400 WORK_ORDER_CANCELLED']).toContain(submitted)
    expect(await rowsOf(app, 'ec_care_tasks', id)).toHaveLength(submitted === 'OK' ? 1 : 0)
    expect((await chainOf(app, id)).slice(3)).toEqual(
      submitted === 'OK' ? ['CHECKED_IN', 'CANCELLED'] : ['CANCELLED', 'CHECKIN_REJECTED'],
    )
  })

  test.each(ROUNDS)('two check-outs end a visit once (%i)', async (round) => {
    const { workOrderId } = await addVisitedOrder(app, crew)
    const body = { workOrderId, ...SITE, summary: '完成' }
    const answers = await outcomes(
      [0, 1].map((shift) => server(round + shift).post('/homecare/checkout', body, crew.worker)),
    )
    expect(answers.toSorted()).toEqual(['409 NOT_CHECKED_IN', 'OK'])
    expect((await chainOf(app, workOrderId)).filter((type) => type === 'CHECKED_OUT')).toHaveLength(1)
  })

  test.each(ROUNDS)('a crowd on one order loses no event (%i)', async (round) => {
    const { workOrderId } = await addVisitedOrder(app, crew)
    const before = (await chainOf(app, workOrderId)).length
    const note = (api: ApiClient, request = crew.worker) =>
      api.post(`/homecare/work-orders/${workOrderId}/steps`, { step: 1, description: '补充' }, request)
    const answers = await outcomes([
      note(server(round)),
      note(server(round + 1), crew.dispatcher),
      note(server(round + 2), crew.admin),
      server(round).post(`/api/v1/tasks/${workOrderId}/reminder`, {}, crew.customer),
      server(round + 1).post('/homecare/checkin/precheck', { workOrderId, ...northOfSite(3) }, crew.worker),
      server(round + 2).post('/homecare/checkout', { workOrderId, ...SITE, summary: '完成' }, crew.worker),
    ])
    expect(answers).toEqual(Array(6).fill('OK'))
    expect((await chainOf(app, workOrderId)).slice(before).toSorted()).toEqual([
      'CHECKED_OUT',
      'REMINDED',
      'STEP_NOTED',
      'STEP_NOTED',
      'STEP_NOTED',
    ])
  })
})
