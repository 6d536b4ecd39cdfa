import gcoord from 'gcoord'
import { keysOf, refusedPaths } from '../../support/answers'
import { ENGINES } from '../../support/engines'
import {
  addAcceptedOrder,
  addCrew,
  addDispatchedOrder,
  addOrder,
  countOf,
  type Crew,
  NO_LIMITS,
  northOfSite,
  rowsOf,
  SITE,
} from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

const UNKNOWN = '00000000-0000-7000-8000-000000000000'

describe.each(ENGINES)('precheck on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
  })
  afterAll(() => app.close())
  const precheck = (workOrderId: string, fix: object = northOfSite(10), request = crew.worker) =>
    app.api.post('/homecare/checkin/precheck', { workOrderId, ...fix }, request)

  describe('the checklist of the document, section 5.2', () => {
    test.each([
      [0, 0],
      [15.5, 15.5],
      [49.9, 49.9],
      [50, 50],
    ])('lets in at %d m', async (meters, shown) => {
      const { status, body } = await precheck(await addAcceptedOrder(app, crew), northOfSite(meters))
      expect([status, body.code, body.msg]).toEqual([200, 'OK', 'success'])
      expect(body.data).toEqual({
        distanceMeters: shown,
        allowedRadiusMeters: 50,
        canCheckin: true,
        reasonCode: 'OK',
        workerLocationAccepted: true,
        serviceLocationReady: true,
        decision: 'INSIDE',
        accuracyMeters: null,
        radiusScope: 'DEFAULT',
        flags: [],
      })
    })

    test.each([50.1, 100, 1000])('turns away at %d m', async (meters) => {
      app.clock.advance(3600_000) // time to get there
      const { status, body } = await precheck(await addAcceptedOrder(app, crew), northOfSite(meters))
      expect([status, keysOf(body), body.code, body.msg]).toEqual([
        400,
        ['code', 'data', 'msg', 'traceId'],
        'BAD_REQUEST',
        'Checkin rejected',
      ])
      expect(body.data).toEqual({
        distanceMeters: meters,
        allowedRadiusMeters: 50,
        canCheckin: false,
        reasonCode: 'OUT_OF_RADIUS',
        workerLocationAccepted: true,
        serviceLocationReady: true,
        decision: 'OUTSIDE',
        accuracyMeters: null,
        radiusScope: 'DEFAULT',
        flags: [],
      })
    })

    const withoutMeasure = (reasonCode: string) => ({
      distanceMeters: null,
      allowedRadiusMeters: 0,
      canCheckin: false,
      reasonCode,
      workerLocationAccepted: false,
      serviceLocationReady: false,
      decision: null,
      accuracyMeters: null,
      radiusScope: null,
      flags: [],
    })

    test.each<[string, string, (app: TestApp, crew: Crew) => Promise<string>]>([
      ['no place of service', 'SERVICE_LOCATION_MISSING', (at, of) => addAcceptedOrder(at, of, { located: false })],
      ['nobody', 'WORK_ORDER_NOT_ASSIGNABLE', addOrder],
      ['a worker who has not accepted', 'WORK_ORDER_NOT_ASSIGNABLE', addDispatchedOrder],
    ])('turns away from an order with %s', async (_name, reasonCode, add) => {
      app.clock.advance(3600_000)
      const { status, body } = await precheck(await add(app, crew))
      expect([status, body.code, body.msg]).toEqual([400, 'BAD_REQUEST', 'Checkin rejected'])
      expect(body.data).toEqual(withoutMeasure(reasonCode))
    })

    test('turns away who is not the order’s worker', async () => {
      const { status, body } = await precheck(await addAcceptedOrder(app, crew), undefined, crew.other)
      expect([status, body.data]).toEqual([400, withoutMeasure('WORKER_NOT_MATCHED')])
    })
  })

  describe('the order of checks', () => {
    test('an unknown order is 404 before anything else', async () => {
      const { status, body } = await precheck(UNKNOWN)
      expect([status, body.code, body.data]).toEqual([404, 'NOT_FOUND', null])
    })

    test('the body comes before the order', async () => {
      expect((await precheck(UNKNOWN, { ...SITE, latitude: 91 })).status).toBe(400)
    })

    test('not accepted comes before the wrong worker, the wrong worker before the missing place', async () => {
      const dispatched = await addDispatchedOrder(app, crew, { located: false })
      expect((await precheck(dispatched, undefined, crew.other)).body.data.reasonCode).toBe('WORK_ORDER_NOT_ASSIGNABLE')
      const accepted = await addAcceptedOrder(app, crew, { located: false })
      expect((await precheck(accepted, undefined, crew.other)).body.data.reasonCode).toBe('WORKER_NOT_MATCHED')
      expect((await precheck(accepted, northOfSite(1000))).body.data.reasonCode).toBe('SERVICE_LOCATION_MISSING')
    })

    test('a cancelled order has its own reason', async () => {
      const id = await addAcceptedOrder(app, crew)
      await app.api.post('/homecare/cancel', { workOrderId: id, reason: '重复' }, crew.dispatcher)
      expect((await precheck(id)).body.data.reasonCode).toBe('WORK_ORDER_CANCELLED')
    })

    test('a finished order takes no more check-ins', async () => {
      const id = await addAcceptedOrder(app, crew)
      for (const step of [2, 5, 6])
        await app.api.post(`/homecare/work-orders/${id}/steps`, { step, description: '说明' }, crew.worker)
      expect((await precheck(id)).body.data.reasonCode).toBe('WORK_ORDER_NOT_ASSIGNABLE')
    })
  })

  describe('positions of other systems', () => {
    test.each([
      ['wgs84', gcoord.WGS84],
      ['bd09', gcoord.BD09],
    ] as const)('%s is measured after its conversion to GCJ02', async (coordinateType, system) => {
      const id = await addAcceptedOrder(app, crew)
      const [longitude, latitude] = gcoord.transform([SITE.longitude, SITE.latitude], gcoord.GCJ02, system)
      const { body } = await precheck(id, { latitude, longitude, coordinateType })
      expect(body.data).toMatchObject({ canCheckin: true })
      expect(body.data.distanceMeters).toBeLessThan(1)
      const [fix] = await rowsOf(app, 'hc_worker_locations', id)
      expect(fix).toMatchObject({ latitude, longitude, coordinate_type: coordinateType })
      const [gcjLongitude, gcjLatitude] = gcoord.transform([longitude!, latitude!], system, gcoord.GCJ02)
      expect(fix!.gcj_latitude).toBeCloseTo(gcjLatitude!, 10)
      expect(fix!.gcj_longitude).toBeCloseTo(gcjLongitude!, 10)
      const taken = await precheck(id, { latitude, longitude, coordinateType: 'gcj02' })
      expect(taken.body.data.reasonCode).toBe('OUT_OF_RADIUS')
    })

    test('outside China the systems are one', async () => {
      const id = await addAcceptedOrder(app, crew)
      const paris = { latitude: 48.8584, longitude: 2.2945 }
      await precheck(id, { ...paris, coordinateType: 'wgs84' })
      const [fix] = await rowsOf(app, 'hc_worker_locations', id)
      expect([fix!.gcj_latitude, fix!.gcj_longitude]).toEqual([paris.latitude, paris.longitude])
    })
  })

  describe('every reported fix is stored', () => {
    test.each<[string, number, boolean, string]>([
      ['near', 10, true, 'OK'],
      ['far', 1000, true, 'OUT_OF_RADIUS'],
    ])('%s', async (_name, meters, accepted, reason_code) => {
      const id = await addAcceptedOrder(app, crew)
      await precheck(id, { ...northOfSite(meters), accuracy: 12.5, reportedAt: '2026-03-02T10:30:00+08:00' })
      const [fix, ...rest] = await rowsOf(app, 'hc_worker_locations', id)
      expect(rest).toEqual([])
      expect(fix).toMatchObject({
        worker_id: crew.workerId,
        source: 'precheck',
        ...northOfSite(meters),
        coordinate_type: 'gcj02',
        accuracy_meters: 12.5,
        reported_at: new Date('2026-03-02T02:30:00.000Z'),
        created_at: app.clock.now(),
        accepted,
        distance_meters: meters,
        reason_code,
      })
    })

    test('also when there is nothing to measure it against', async () => {
      const id = await addAcceptedOrder(app, crew, { located: false })
      await precheck(id)
      expect(await rowsOf(app, 'hc_worker_locations', id)).toMatchObject([
        { accepted: false, reason_code: 'SERVICE_LOCATION_MISSING', distance_meters: null },
      ])
    })

    test('also before acceptance and after cancellation', async () => {
      const id = await addDispatchedOrder(app, crew)
      await precheck(id)
      await app.api.post('/homecare/cancel', { workOrderId: id, reason: '重复' }, crew.dispatcher)
      await precheck(id)
      const reasons = (await rowsOf(app, 'hc_worker_locations', id)).map((fix) => fix.reason_code)
      expect(reasons).toEqual(['WORK_ORDER_NOT_ASSIGNABLE', 'WORK_ORDER_CANCELLED'])
    })

    test('except of an unknown order and of somebody else’s', async () => {
      const before = await countOf(app, 'hc_worker_locations')
      await precheck(UNKNOWN)
      await precheck(await addAcceptedOrder(app, crew), undefined, crew.other)
      await precheck(await addOrder(app, crew))
      expect(await countOf(app, 'hc_worker_locations')).toBe(before)
    })
  })

  test.each<[object, string[]]>([
    [{}, ['latitude', 'longitude']],
    [{ latitude: null, longitude: null }, ['latitude', 'longitude']],
    [{ ...SITE, latitude: '39.9042' }, ['latitude']],
    [{ ...SITE, longitude: 'NaN' }, ['longitude']],
    [{ ...SITE, latitude: 90.000001 }, ['latitude']],
    [{ ...SITE, latitude: -91 }, ['latitude']],
    [{ ...SITE, longitude: 180.5 }, ['longitude']],
    [{ ...SITE, longitude: -1e308 }, ['longitude']],
    [{ ...SITE, latitude: [39.9] }, ['latitude']],
    [{ ...SITE, latitude: true }, ['latitude']],
    [{ ...SITE, accuracy: -1 }, ['accuracy']],
    [{ ...SITE, accuracy: '10' }, ['accuracy']],
    [{ ...SITE, coordinateType: 'mercator' }, ['coordinateType']],
    [{ ...SITE, coordinateType: '__proto__' }, ['coordinateType']],
    [{ ...SITE, reportedAt: 'yesterday' }, ['reportedAt']],
    [{ ...SITE, reportedAt: 1772416800000 }, ['reportedAt']],
    [{ ...SITE, reportedAt: '2026-02-30T00:00:00Z' }, ['reportedAt']],
  ])('refuses %j, names the fields and stores nothing', async (fix, paths) => {
    const id = await addAcceptedOrder(app, crew)
    const { status, body } = await precheck(id, fix)
    expect(refusedPaths({ status, headers: new Headers(), body: { ...body, message: body.msg } })).toEqual(paths)
    expect(await rowsOf(app, 'hc_worker_locations', id)).toEqual([])
  })

  test('takes the poles and the date line', async () => {
    const id = await addAcceptedOrder(app, crew)
    for (const [latitude, longitude] of [
      [90, 180],
      [-90, -180],
    ])
      expect((await precheck(id, { latitude, longitude })).body.data.reasonCode).toBe('OUT_OF_RADIUS')
  })
})

test('a 31st precheck in a minute is 429 for this worker; submits go on', async () => {
  const app = await startTestApp()
  const crew = await addCrew(app)
  const body = { workOrderId: await addAcceptedOrder(app, crew), ...SITE }
  for (let i = 0; i < 30; i++)
    expect((await app.api.post('/homecare/checkin/precheck', body, crew.worker)).status).toBe(200)
  const refused = await app.api.post('/homecare/checkin/precheck', body, crew.worker)
  expect([refused.status, refused.body.data.reasonCode]).toEqual([429, 'RATE_LIMITED'])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
  expect((await app.api.post('/homecare/checkin/precheck', body, crew.other)).body.data.reasonCode).toBe(
    'WORKER_NOT_MATCHED',
  )
  const submit = await app.api.post('/homecare/checkin/submit', body, crew.worker)
  expect(submit.body.data.reasonCode).toBe('SIGNATURE_REQUIRED')
  await app.close()
})
