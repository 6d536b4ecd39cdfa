import { sql } from 'kysely'
import { keysOf } from '../../support/answers'
import { ENGINES } from '../../support/engines'
import {
  addAcceptedOrder,
  addCrew,
  addDispatchedOrder,
  addEvidence,
  addVisitedOrder,
  buildCheckin,
  chainOf,
  countOf,
  type Crew,
  NO_LIMITS,
  northOfSite,
  outcomeOf,
  rowsOf,
  SITE,
} from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

const SUBMIT = '/homecare/checkin/submit'
const UNKNOWN = '00000000-0000-7000-8000-000000000000'

describe.each(ENGINES)('submitting a check-in on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
  })
  afterAll(() => app.close())
  beforeEach(() => app.clock.advance(120_000))
  const submit = (body: object, request: object = crew.worker) => app.api.post(SUBMIT, body, request)
  const checkout = (workOrderId: string, request = crew.worker) =>
    app.api.post('/homecare/checkout', { workOrderId, ...northOfSite(5), summary: '完成' }, request)

  test('answers the precheck’s fields and the visit', async () => {
    const id = await addAcceptedOrder(app, crew)
    const { status, body } = await submit(await buildCheckin(app, crew, id))
    expect(status).toBe(200)
    expect(keysOf(body.data)).toEqual(
      [
        'accuracyMeters',
        'allowedRadiusMeters',
        'canCheckin',
        'decision',
        'distanceMeters',
        'flags',
        'radiusScope',
        'reasonCode',
        'serviceLocationReady',
        'visitId',
        'workerLocationAccepted',
      ].toSorted(),
    )
    expect(body.data).toMatchObject({ distanceMeters: 10, canCheckin: true, reasonCode: 'OK', accuracyMeters: 8 })
  })

  test('writes the visit, its evidence, its fix and its event, and leaves the step', async () => {
    const id = await addAcceptedOrder(app, crew)
    const checkin = await buildCheckin(app, crew, id)
    const { body } = await submit(checkin)
    expect(await rowsOf(app, 'ec_care_tasks', id)).toMatchObject([
      {
        id: body.data.visitId,
        visit_no: 1,
        status: 'CHECKED_IN',
        open_key: id,
        worker_id: crew.workerId,
        checkin_at: app.clock.now(),
        received_at: app.clock.now(),
        captured_at: null,
        ...northOfSite(10),
        distance_meters: 10,
        radius_meters: 50,
        radius_scope: 'DEFAULT',
        decision: 'INSIDE',
        service_latitude: SITE.latitude,
        signature: '张三已确认到场签到',
        flags: '[]',
        is_flagged: false,
      },
    ])
    expect(await rowsOf(app, 'hc_worker_locations', id)).toMatchObject([{ source: 'submit', accepted: true }])
    expect(await chainOf(app, id)).toEqual(['SUBMITTED', 'DISPATCHED', 'ACCEPTED', 'CHECKED_IN'])
    const detail = (await app.api.get(`/homecare/work-orders/${id}`, crew.worker)).body.data
    expect(detail).toMatchObject({ current_step: 1, visit_state: 'CHECKED_IN' })
    expect(detail.visits[0].evidence.map((file: { file_id: string }) => file.file_id)).toEqual(checkin.evidenceFileIds)
    const event = (await rowsOf(app, 'hc_work_order_events', id)).at(-1)!
    expect(JSON.parse(event.payload).evidence).toEqual([detail.visits[0].evidence[0].sha256])
  })

  test('numbers visits 1, 2 with a check-out between', async () => {
    const { workOrderId } = await addVisitedOrder(app, crew)
    const again = await buildCheckin(app, crew, workOrderId)
    expect(outcomeOf(await submit(again))).toBe('409 ALREADY_CHECKED_IN')
    expect((await checkout(workOrderId)).status).toBe(200)
    expect((await submit(again)).status).toBe(200)
    const visits = await rowsOf(app, 'ec_care_tasks', workOrderId)
    expect(visits.map((visit) => [visit.visit_no, visit.status, visit.open_key])).toEqual([
      [1, 'CHECKED_OUT', null],
      [2, 'CHECKED_IN', workOrderId],
    ])
  })

  describe('is refused, kept as an event with its fix, and leaves no visit', () => {
    const cases: [string, string, (id: string) => Promise<object> | object][] = [
      ['too far away', 'OUT_OF_RADIUS', () => northOfSite(50.1)],
      ['no signature', 'SIGNATURE_REQUIRED', () => ({ signature: undefined })],
      ['a null signature', 'SIGNATURE_REQUIRED', () => ({ signature: null })],
      ['seven characters', 'SIGNATURE_REQUIRED', () => ({ signature: '1234567' })],
      ['blanks for a signature', 'SIGNATURE_REQUIRED', () => ({ signature: ' '.repeat(20) })],
      ['no evidence field', 'EVIDENCE_FILE_NOT_EXIST', () => ({ evidenceFileIds: undefined })],
      ['no evidence', 'EVIDENCE_FILE_NOT_EXIST', () => ({ evidenceFileIds: [] })],
      ['null evidence', 'EVIDENCE_FILE_NOT_EXIST', () => ({ evidenceFileIds: null })],
      ['unknown evidence', 'EVIDENCE_FILE_NOT_EXIST', () => ({ evidenceFileIds: [UNKNOWN] })],
      [
        'evidence that is no id',
        'EVIDENCE_FILE_NOT_EXIST',
        () => ({ evidenceFileIds: ["' or 1=1 --", '\u0000', '\ud83d'] }),
      ],
      ['evidence with an endless id', 'EVIDENCE_FILE_NOT_EXIST', () => ({ evidenceFileIds: ['x'.repeat(5000)] })],
      [
        'more evidence than anybody takes',
        'EVIDENCE_FILE_NOT_EXIST',
        () => ({ evidenceFileIds: Array.from({ length: 3000 }, (_, index) => `photo-${index}`) }),
      ],
      [
        'evidence of another order',
        'EVIDENCE_FILE_NOT_EXIST',
        async () => ({ evidenceFileIds: [await addEvidence(app, await addAcceptedOrder(app, crew), crew.worker)] }),
      ],
      [
        'one good and one unknown',
        'EVIDENCE_FILE_NOT_EXIST',
        async (id) => ({ evidenceFileIds: [await addEvidence(app, id, crew.worker), UNKNOWN] }),
      ],
      [
        'an ordinary upload',
        'EVIDENCE_FILE_NOT_EXIST',
        async () => {
          const form = new FormData()
          form.set('file', new File(['%PDF-1.4\n%%EOF'], 'a.pdf'))
          return { evidenceFileIds: [(await app.api.upload('/api/v1/files', form, crew.worker)).body.data.file_id] }
        },
      ],
      [
        'the evidence of an earlier visit',
        'EVIDENCE_FILE_NOT_EXIST',
        async (id) => {
          const checkin = await buildCheckin(app, crew, id)
          await submit(checkin)
          await checkout(id)
          return { evidenceFileIds: checkin.evidenceFileIds }
        },
      ],
    ]
    test.each(cases)('%s', async (_name, reasonCode, change) => {
      const id = await addAcceptedOrder(app, crew)
      const changes = await change(id)
      const visits = await countOf(app, 'ec_care_tasks')
      const fixes = (await rowsOf(app, 'hc_worker_locations', id)).length
      const { status, body } = await submit({ ...(await buildCheckin(app, crew, id)), ...changes })
      expect([status, body.code, body.msg]).toEqual([400, 'BAD_REQUEST', 'Checkin rejected'])
      expect([body.data.reasonCode, body.data.canCheckin]).toEqual([reasonCode, false])
      expect(await countOf(app, 'ec_care_tasks')).toBe(visits)
      expect(await rowsOf(app, 'hc_worker_locations', id)).toHaveLength(fixes + 1)
      expect((await chainOf(app, id)).at(-1)).toBe('CHECKIN_REJECTED')
      expect(JSON.parse((await rowsOf(app, 'hc_work_order_events', id)).at(-1)!.payload).reasonCode).toBe(reasonCode)
    })

    test('evidence of a worker who had the order before', async () => {
      const id = await addAcceptedOrder(app, crew)
      const evidence = await addEvidence(app, id, crew.worker)
      await app.api.post('/homecare/dispatch', { workOrderId: id, workerId: crew.otherId }, crew.dispatcher)
      await app.api.post('/homecare/accept', { workOrderId: id }, crew.other)
      const checkin = { ...(await buildCheckin(app, crew, id, crew.other)), evidenceFileIds: [evidence] }
      expect(outcomeOf(await submit(checkin, crew.other))).toBe('400 EVIDENCE_FILE_NOT_EXIST')
    })

    test('distance comes before signature, signature before evidence', async () => {
      const id = await addAcceptedOrder(app, crew)
      expect(outcomeOf(await submit({ workOrderId: id, ...northOfSite(60) }))).toBe('400 OUT_OF_RADIUS')
      expect(outcomeOf(await submit({ workOrderId: id, ...SITE }))).toBe('400 SIGNATURE_REQUIRED')
      expect(outcomeOf(await submit({ workOrderId: id, ...SITE, signature: '12345678' }))).toBe(
        '400 EVIDENCE_FILE_NOT_EXIST',
      )
    })
  })

  test('eight characters are a signature, and so is a picture', async () => {
    for (const signature of ['12345678', `data:image/png;base64,${'A'.repeat(200_000)}`]) {
      const id = await addAcceptedOrder(app, crew)
      expect((await submit({ ...(await buildCheckin(app, crew, id)), signature })).status).toBe(200)
    }
  })

  test('who is not the worker leaves neither fix nor visit', async () => {
    const id = await addAcceptedOrder(app, crew)
    const checkin = await buildCheckin(app, crew, id)
    expect(outcomeOf(await submit(checkin, crew.other))).toBe('400 WORKER_NOT_MATCHED')
    expect(await rowsOf(app, 'hc_worker_locations', id)).toEqual([])
    const waiting = await addDispatchedOrder(app, crew)
    expect(outcomeOf(await submit({ ...checkin, workOrderId: waiting }))).toBe('400 WORK_ORDER_NOT_ASSIGNABLE')
    expect(outcomeOf(await submit({ ...checkin, workOrderId: UNKNOWN }))).toBe('404 NOT_FOUND')
  })

  test('a check-in on a cancelled order has its own reason and is an event', async () => {
    const id = await addAcceptedOrder(app, crew)
    const checkin = await buildCheckin(app, crew, id)
    await app.api.post('/homecare/cancel', { workOrderId: id, reason: '重复' }, crew.dispatcher)
    expect(outcomeOf(await submit(checkin))).toBe('400 WORK_ORDER_CANCELLED')
    expect((await chainOf(app, id)).at(-1)).toBe('CHECKIN_REJECTED')
  })

  test('a second check-in while the first is open is an event too', async () => {
    const { workOrderId, visitId } = await addVisitedOrder(app, crew)
    const { body } = await submit(await buildCheckin(app, crew, workOrderId))
    expect(body.data).toMatchObject({ reasonCode: 'ALREADY_CHECKED_IN', visitId })
    expect((await chainOf(app, workOrderId)).at(-1)).toBe('CHECKIN_REJECTED')
  })

  describe('under one Idempotency-Key', () => {
    const keyed = (key: string) => ({ ...crew.worker, headers: { 'idempotency-key': key } })

    test('an accepted check-in is given again, without a second visit', async () => {
      const id = await addAcceptedOrder(app, crew)
      const checkin = await buildCheckin(app, crew, id)
      const one = await submit(checkin, keyed('in-1'))
      const two = await submit(checkin, keyed('in-1'))
      expect([two.status, two.body.data]).toEqual([200, one.body.data])
      expect(await rowsOf(app, 'hc_worker_locations', id)).toHaveLength(1)
      expect((await submit({ ...checkin, accuracy: 9 }, keyed('in-1'))).status).toBe(422)
    })

    test('a refused check-in is refused again with the same decision, and is one event', async () => {
      const id = await addAcceptedOrder(app, crew)
      const far = { ...(await buildCheckin(app, crew, id)), ...northOfSite(80) }
      const one = await submit(far, keyed('in-2'))
      const two = await submit(far, keyed('in-2'))
      expect([two.status, two.body.data]).toEqual([400, one.body.data])
      expect((await chainOf(app, id)).filter((type) => type === 'CHECKIN_REJECTED')).toHaveLength(1)
    })
  })

  if (engine === 'sqlite')
    test.each(['hc_work_order_events', 'ec_care_tasks', 'notification', 'idempotency_key'])(
      'that fails while it writes %s leaves nothing half, and succeeds when it comes again',
      async (table) => {
        const id = await addAcceptedOrder(app, crew)
        const checkin = await buildCheckin(app, crew, id)
        const { db } = app.context.database
        await sql`create trigger broken before insert on ${sql.table(table)} begin select raise(abort, 'broken'); end`.execute(
          db,
        )
        const request = { ...crew.worker, headers: { 'idempotency-key': `broken-${table}` } }
        const { status, body } = await submit(checkin, request)
        await sql`drop trigger broken`.execute(db)
        expect([status, body.code, body.data]).toEqual([500, 'INTERNAL_ERROR', null])
        expect(JSON.stringify(body)).not.toMatch(/broken|SQLITE/)
        expect(await rowsOf(app, 'ec_care_tasks', id)).toEqual([])
        expect(await rowsOf(app, 'hc_worker_locations', id)).toEqual([])
        expect(await chainOf(app, id)).toEqual(['SUBMITTED', 'DISPATCHED', 'ACCEPTED'])
        expect((await submit(checkin, request)).status).toBe(200)
        expect((await chainOf(app, id)).at(-1)).toBe('CHECKED_IN')
      },
    )
})
