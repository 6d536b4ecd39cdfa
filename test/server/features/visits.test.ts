import { shanghaiTime } from '../../../server/time'
import { ENGINES } from '../../support/engines'
import {
  addAcceptedOrder,
  addCrew,
  addEvidence,
  addVisitedOrder,
  buildCheckin,
  chainOf,
  type Crew,
  NO_LIMITS,
  northOfSite,
  outcomeOf,
  rowsOf,
  SITE,
} from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

const VISITS = '/api/v1/admin/visits'

describe.each(ENGINES)('visits on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
  })
  afterAll(() => app.close())
  beforeEach(() => app.clock.advance(60_000))
  const checkout = (body: object, request: object = crew.worker) => app.api.post('/homecare/checkout', body, request)
  const leave = (workOrderId: string, changes: object = {}) => ({
    workOrderId,
    ...northOfSite(400),
    summary: '已修复',
    ...changes,
  })
  const list = async (query = '') => (await app.api.get(`${VISITS}?${query}`, crew.dispatcher)).body.data
  const flagged = async () => {
    const workOrderId = await addAcceptedOrder(app, crew)
    const reportedAt = new Date(app.clock.now().getTime() - 600_000).toISOString()
    const checkin = { ...(await buildCheckin(app, crew, workOrderId)), reportedAt }
    const { body } = await app.api.post('/homecare/checkin/submit', checkin, crew.worker)
    return { workOrderId, visitId: body.data.visitId as string }
  }

  describe('a check-out', () => {
    test('ends the visit anywhere, with its minutes, its place and its summary', async () => {
      const { workOrderId, visitId } = await addVisitedOrder(app, crew)
      app.clock.advance(95.4 * 60_000)
      const { status, body } = await checkout(leave(workOrderId))
      expect([status, body.data]).toEqual([
        200,
        { visitId, checkedOutAt: app.clock.now().toISOString(), durationMinutes: 95 },
      ])
      expect(await rowsOf(app, 'ec_care_tasks', workOrderId)).toMatchObject([
        { status: 'CHECKED_OUT', open_key: null, checkout_distance_meters: 400, summary: '已修复' },
      ])
      expect((await rowsOf(app, 'hc_worker_locations', workOrderId)).at(-1)).toMatchObject({ source: 'checkout' })
      expect((await chainOf(app, workOrderId)).at(-1)).toBe('CHECKED_OUT')
      expect(outcomeOf(await checkout(leave(workOrderId)))).toBe('409 NOT_CHECKED_IN')
    })

    test('needs a visit of one’s own', async () => {
      const { workOrderId } = await addVisitedOrder(app, crew)
      expect(outcomeOf(await checkout(leave(workOrderId), crew.other))).toBe('409 NOT_CHECKED_IN')
      expect(outcomeOf(await checkout(leave(await addAcceptedOrder(app, crew))))).toBe('409 NOT_CHECKED_IN')
      expect((await checkout(leave('00000000-0000-7000-8000-000000000000'))).status).toBe(404)
      expect(await rowsOf(app, 'ec_care_tasks', workOrderId)).toMatchObject([{ status: 'CHECKED_IN' }])
    })

    test('is possible after the order was finished, cancelled or given to somebody else', async () => {
      const endings: ((id: string) => Promise<unknown>)[] = [
        async (id) => {
          for (const step of [2, 5, 6])
            await app.api.post(`/homecare/work-orders/${id}/steps`, { step, description: '说明' }, crew.worker)
        },
        (id) => app.api.post('/homecare/cancel', { workOrderId: id, reason: '重复' }, crew.dispatcher),
        (id) => app.api.post('/homecare/dispatch', { workOrderId: id, workerId: crew.otherId }, crew.dispatcher),
      ]
      for (const end of endings) {
        const { workOrderId } = await addVisitedOrder(app, crew)
        await end(workOrderId)
        expect(outcomeOf(await checkout(leave(workOrderId)))).toBe('OK')
      }
    })

    test('under one Idempotency-Key ends one visit', async () => {
      const { workOrderId } = await addVisitedOrder(app, crew)
      const request = { ...crew.worker, headers: { 'idempotency-key': 'out-1' } }
      const one = await checkout(leave(workOrderId), request)
      expect((await checkout(leave(workOrderId), request)).body.data).toEqual(one.body.data)
    })

    test.each<[object, string]>([
      [{ summary: undefined }, 'summary'],
      [{ summary: ' ' }, 'summary'],
      [{ summary: 5 }, 'summary'],
      [{ summary: 'x'.repeat(2001) }, 'summary'],
      [{ latitude: '39.9' }, 'latitude'],
      [{ longitude: 181 }, 'longitude'],
      [{ workOrderId: null }, 'workOrderId'],
      [{ capturedAt: 'now' }, 'capturedAt'],
    ])('refuses %j by name and leaves the visit open', async (changes, path) => {
      const { workOrderId } = await addVisitedOrder(app, crew)
      const { status, body } = await checkout(leave(workOrderId, changes))
      expect([status, body.data.fields[0].path]).toEqual([400, path])
      expect(await rowsOf(app, 'ec_care_tasks', workOrderId)).toMatchObject([{ status: 'CHECKED_IN' }])
    })
  })

  describe('a review', () => {
    const review = (visitId: string, body: object, request: object = crew.dispatcher) =>
      app.api.post(`/homecare/visits/${visitId}/review`, body, request)

    test.each(['confirm', 'refuse'])(
      'to %s is given once, with comment and name, as an event and in the audit',
      async (decision) => {
        const { workOrderId, visitId } = await flagged()
        expect((await review(visitId, { decision, comment: '照片清楚' })).status).toBe(200)
        const visit = (await list('flagged=true')).list.find((row: { id: string }) => row.id === visitId)
        expect(visit).toMatchObject({
          work_order_id: workOrderId,
          flags: ['STALE_FIX'],
          worker_name: 'worker',
          distance_meters: 10,
          radius_meters: 50,
          review: { decision, comment: '照片清楚', reviewer: 'dispatcher', reviewed_at: shanghaiTime(app.clock.now()) },
        })
        const again = await review(visitId, { decision: 'confirm' }, crew.admin)
        expect(outcomeOf(again)).toBe('409 VISIT_REVIEWED')
        expect((await chainOf(app, workOrderId)).filter((type) => type === 'VISIT_REVIEWED')).toHaveLength(1)
        const [line] = (await app.api.get('/api/v1/admin/audit', crew.admin)).body.data.list
        expect(line).toMatchObject({
          action: 'visit.review',
          target: visitId,
          detail: { decision, comment: '照片清楚' },
        })
        const timeline = await app.api.get(`/api/v1/tasks/${workOrderId}/timeline`, crew.customer)
        expect(JSON.stringify(timeline.body)).not.toMatch(/VISIT_REVIEWED|照片清楚|STALE_FIX/)
      },
    )

    test('by two dispatchers at once is one', async () => {
      const { visitId } = await flagged()
      const both = await Promise.all([
        review(visitId, { decision: 'confirm' }),
        review(visitId, { decision: 'refuse' }, crew.admin),
      ])
      expect(both.map(outcomeOf).toSorted()).toEqual(['409 VISIT_REVIEWED', 'OK'])
    })

    test.each<[object, string]>([
      [{}, 'decision'],
      [{ decision: 'maybe' }, 'decision'],
      [{ decision: null }, 'decision'],
      [{ decision: 'confirm', comment: 'x'.repeat(501) }, 'comment'],
      [{ decision: 'confirm', comment: 5 }, 'comment'],
      [{ decision: 'confirm', comment: '\ud83d' }, 'comment'],
    ])('refuses %j by name', async (body, path) => {
      const { workOrderId, visitId } = await flagged()
      const answer = await review(visitId, body)
      expect([answer.status, answer.body.data.fields[0].path]).toEqual([400, path])
      expect((await rowsOf(app, 'ec_care_tasks', workOrderId))[0]!.reviewed_at).toBeNull()
    })

    test('of an unknown visit is 404', async () => {
      for (const id of ['00000000-0000-7000-8000-000000000000', '__proto__', 'x'])
        expect((await review(id, { decision: 'confirm' })).status).toBe(404)
    })
  })

  describe('the list', () => {
    test('filters by flags, by review and by text, newest first', async () => {
      await app.context.database.db.deleteFrom('ec_care_tasks').execute()
      const plain = await addVisitedOrder(app, crew)
      app.clock.advance(1000)
      const open = await flagged()
      app.clock.advance(1000)
      const done = await flagged()
      await app.api.post(`/homecare/visits/${done.visitId}/review`, { decision: 'confirm' }, crew.dispatcher)
      const ids = async (query: string) => (await list(query)).list.map((row: { id: string }) => row.id)
      expect(await ids('')).toEqual([done.visitId, open.visitId, plain.visitId])
      expect(await ids('flagged=true')).toEqual([done.visitId, open.visitId])
      expect(await ids('flagged=true&reviewed=false')).toEqual([open.visitId])
      expect(await ids('reviewed=true')).toEqual([done.visitId])
      expect(await ids('flagged=false')).toEqual([plain.visitId])
      expect(await ids('q=nobody')).toEqual([])
      expect(await ids('q=work')).toHaveLength(3)
      expect(await list('size=2&page=2')).toMatchObject({ total: 3, pages: 2, current: 2, list: { length: 1 } })
    })

    test.each(['flagged=yes', 'reviewed=1', 'page=0', 'size=1000'])('refuses %p', async (query) => {
      expect((await app.api.get(`${VISITS}?${query}`, crew.dispatcher)).status).toBe(400)
    })

    test('a row carries what the console shows', async () => {
      const { workOrderId, visitId } = await addVisitedOrder(app, crew)
      const [row] = (await list()).list
      expect(row).toMatchObject({
        id: visitId,
        work_order_id: workOrderId,
        task_id: expect.stringMatching(/^T\d{12}$/),
        visit_no: 1,
        worker_id: crew.workerId,
        status: 'CHECKED_IN',
        checkin_at: shanghaiTime(app.clock.now()),
        checkout_at: null,
        captured_at: null,
        received_at: shanghaiTime(app.clock.now()),
        decision: 'INSIDE',
        radius_scope: 'DEFAULT',
        accuracy_meters: 8,
        service_latitude: SITE.latitude,
        review: null,
      })
      expect(row.evidence[0]).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), name: '现场.png' })
    })
  })
})

describe.each(ENGINES)('a visit left open on %s', (engine) => {
  test('by a worker whose order went to another ends when the other arrives', async () => {
    const app = await startTestApp({ engine })
    const crew = await addCrew(app)
    const workOrderId = await addAcceptedOrder(app, crew)
    await app.api.post('/homecare/checkin/submit', await buildCheckin(app, crew, workOrderId), crew.worker)
    await app.api.post('/homecare/dispatch', { workOrderId, workerId: crew.otherId }, crew.dispatcher)
    await app.api.post('/homecare/accept', { workOrderId }, crew.other)
    const evidence = await addEvidence(app, workOrderId, crew.other)
    const second = await app.api.post(
      '/homecare/checkin/submit',
      {
        workOrderId: workOrderId.toUpperCase(),
        ...northOfSite(5),
        evidenceFileIds: [evidence],
        signature: '李四已确认到场' + '签到',
      },
      crew.other,
    )
    expect(second.status).toBe(200)
    const { body } = await app.api.get(`/homecare/work-orders/${workOrderId}`, crew.dispatcher)
    expect(body.data.visits.map((visit: { status: string }) => visit.status)).toEqual(['CHECKED_OUT', 'CHECKED_IN'])
    await app.close()
  })
})
