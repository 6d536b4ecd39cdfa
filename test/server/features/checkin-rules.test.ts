import gcoord from 'gcoord'
import { newId } from '../../../server/ids'
import { ENGINES } from '../../support/engines'
import {
  addAcceptedOrder,
  addCrew,
  buildCheckin,
  buildPhoto,
  chainOf,
  type Crew,
  evidenceForm,
  logInAgain,
  NO_LIMITS,
  northOfSite,
  rowsOf,
  SITE,
} from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

const RADIUS = 'HOMECARE_CHECKIN_RADIUS_METERS'
const MODE = 'HOMECARE_CHECKIN_ACCURACY_MODE'
const ORG = '11111111-aaaa-1111-1111-111111111111'
const DAY_MS = 24 * 3600_000

describe.each(ENGINES)('the rules of a check-in on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  let id: string
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
  })
  afterAll(() => app.close())
  beforeEach(async () => {
    const { db } = app.context.database
    await db.deleteFrom('sys_sla_config').execute()
    await db.deleteFrom('hc_worker_locations').execute()
    await logInAgain(app, crew)
    id = await addAcceptedOrder(app, crew)
    await app.api.patch(`/api/v1/admin/tasks/${id}`, { org_id: ORG, team_id: 'Team-North' }, crew.admin)
  })
  const rule = (scope_type: string, scope_id: string, config_value: string, changes: object = {}) =>
    app.context.database.db
      .insertInto('sys_sla_config')
      .values({
        id: newId(),
        config_key: RADIUS,
        config_value,
        scope_type: scope_type as 'GLOBAL',
        scope_id,
        is_active: true,
        updated_at: app.clock.now(),
        ...changes,
      })
      .execute()
  const set = (scope_type: string, scope_id: string | null, config_value: string | number) =>
    app.api.post('/api/v1/admin/sla-config', { config_key: RADIUS, config_value, scope_type, scope_id }, crew.admin)
  const precheck = async (fix: object) =>
    (await app.api.post('/homecare/checkin/precheck', { workOrderId: id, ...fix }, crew.worker)).body.data
  const inForce = async () => {
    const { allowedRadiusMeters, radiusScope } = await precheck(SITE)
    const asked = await app.api.get(`/homecare/sla-config?workOrderId=${id}`, crew.worker)
    expect(asked.body.data).toMatchObject({ radiusMeters: allowedRadiusMeters, radiusScope })
    return [allowedRadiusMeters, radiusScope]
  }

  describe('the radius', () => {
    test('is that of the most specific scope: order, organisation, team, all, and 50 m without any', async () => {
      expect(await inForce()).toEqual([50, 'DEFAULT'])
      await set('GLOBAL', null, 80)
      expect(await inForce()).toEqual([80, 'GLOBAL'])
      await set('TEAM', 'Team-North', 70)
      expect(await inForce()).toEqual([70, 'TEAM'])
      await set('ORG', ORG.toUpperCase(), 60)
      expect(await inForce()).toEqual([60, 'ORG'])
      await set('WORK_ORDER', id, 40.5)
      expect(await inForce()).toEqual([40.5, 'WORK_ORDER'])
    })

    test('decides: what is outside of 50 m is inside of 60', async () => {
      expect((await precheck(northOfSite(60))).reasonCode).toBe('OUT_OF_RADIUS')
      await set('ORG', ORG, 60)
      expect(await precheck(northOfSite(60))).toMatchObject({ reasonCode: 'OK', allowedRadiusMeters: 60 })
    })

    test('of other orders, organisations and teams does not count', async () => {
      await rule('WORK_ORDER', newId(), '500')
      await rule('ORG', '22222222-2222-2222-2222-222222222222', '500')
      await rule('TEAM', 'team-south', '500')
      expect(await inForce()).toEqual([50, 'DEFAULT'])
    })

    test('of an inactive row does not count', async () => {
      await rule('WORK_ORDER', id, '500', { is_active: false })
      await rule('GLOBAL', '', '90')
      expect(await inForce()).toEqual([90, 'GLOBAL'])
    })

    test.each(['-5', '0', 'NaN', 'Infinity', '1e3', 'fifty', '', '50m', '100001', '0x40', '５０', "1' or '1'='1"])(
      'written as %p into the table is passed over for the next scope',
      async (value) => {
        await rule('WORK_ORDER', id, value)
        await rule('GLOBAL', '', '75')
        expect(await inForce()).toEqual([75, 'GLOBAL'])
      },
    )

    test('may be written into the table by hand, with the team as it is spelled', async () => {
      await rule('TEAM', 'Team-North', ' 120 ')
      expect(await inForce()).toEqual([120, 'TEAM'])
    })
  })

  describe('accuracy', () => {
    const strict = () => rule('GLOBAL', '', 'strict', { config_key: MODE })

    test.each([
      [30, 20, 'INSIDE', 'OK', 'OK'],
      [30, 20.5, 'UNCERTAIN', 'OK', 'LOW_ACCURACY'],
      [50, 0, 'INSIDE', 'OK', 'OK'],
      [50, null, 'INSIDE', 'OK', 'OK'],
      [60, 10, 'UNCERTAIN', 'OUT_OF_RADIUS', 'LOW_ACCURACY'],
      [60, 9.5, 'OUTSIDE', 'OUT_OF_RADIUS', 'OUT_OF_RADIUS'],
      [150, 100, 'UNCERTAIN', 'OUT_OF_RADIUS', 'LOW_ACCURACY'],
      [151, 5000, 'OUTSIDE', 'OUT_OF_RADIUS', 'OUT_OF_RADIUS'],
      [0, 5000, 'UNCERTAIN', 'OK', 'LOW_ACCURACY'],
    ])('%d m ± %p is %s: %s by the document, %s when strict', async (...row) => {
      const [meters, accuracy, decision, plain, exact] = row
      const fix = { ...northOfSite(meters), accuracy }
      expect(await precheck(fix)).toMatchObject({ decision, reasonCode: plain, canCheckin: plain === 'OK' })
      await strict()
      expect(await precheck(fix)).toMatchObject({
        decision,
        reasonCode: exact,
        canCheckin: exact === 'OK',
        accuracyMeters: accuracy,
        distanceMeters: meters,
      })
    })

    test('strict mode holds for the submit too', async () => {
      await strict()
      const checkin = { ...(await buildCheckin(app, crew, id)), accuracy: 45 }
      const { status, body } = await app.api.post('/homecare/checkin/submit', checkin, crew.worker)
      expect([status, body.data.reasonCode, body.data.canCheckin]).toEqual([400, 'LOW_ACCURACY', false])
      expect(await rowsOf(app, 'ec_care_tasks', id)).toEqual([])
    })
  })

  describe('flags', () => {
    const flags = async (fix: object) => (await precheck(fix)).flags
    async function nextDay() {
      app.clock.advance(DAY_MS)
      await logInAgain(app, crew)
    }
    const reported = (secondsAgo: number) => new Date(app.clock.now().getTime() - secondsAgo * 1000).toISOString()

    test.each([
      [119, []],
      [120, []],
      [121, ['STALE_FIX']],
      [0, []],
      [-60, ['STALE_FIX']],
    ])('a fix of %d s ago has %j', async (seconds, expected) => {
      expect(await flags({ ...SITE, reportedAt: reported(seconds) })).toEqual(expected)
    })

    test('faster than 150 km/h since the last fix is IMPOSSIBLE_SPEED, slower is not', async () => {
      await precheck(northOfSite(0))
      app.clock.advance(60_000)
      expect(await flags(northOfSite(2490))).toEqual([])
      app.clock.advance(60_000)
      expect(await flags(northOfSite(0))).toEqual([])
      app.clock.advance(60_000)
      expect(await flags(northOfSite(2510))).toEqual(['IMPOSSIBLE_SPEED'])
    })

    test('the same coordinates to 1e-6 on a third day are REPEATED_COORDINATES, on the second or twice a day not', async () => {
      const nudged = { latitude: SITE.latitude + 0.000_000_3, longitude: SITE.longitude - 0.000_000_3 }
      expect(await flags(SITE)).toEqual([])
      expect(await flags(SITE)).toEqual([])
      await nextDay()
      expect(await flags(nudged)).toEqual([])
      await nextDay()
      expect(await flags({ ...SITE, latitude: SITE.latitude + 0.000_002 })).toEqual([])
      expect(await flags(SITE)).toEqual(['REPEATED_COORDINATES'])
    })

    test('outside as sent and inside when read as WGS84 is COORDINATE_SYSTEM_SUSPECT', async () => {
      const [longitude, latitude] = gcoord.transform([SITE.longitude, SITE.latitude], gcoord.GCJ02, gcoord.WGS84)
      expect(await precheck({ latitude, longitude })).toMatchObject({
        reasonCode: 'OUT_OF_RADIUS',
        flags: ['COORDINATE_SYSTEM_SUSPECT'],
      })
      await nextDay()
      expect(await flags(northOfSite(700))).toEqual([])
    })

    test('a picture that is evidence of another order makes EVIDENCE_REUSED, and the visit stands', async () => {
      const photo = await buildPhoto()
      const first = await addAcceptedOrder(app, crew)
      await app.api.upload('/homecare/evidence', evidenceForm(first, photo), crew.worker)
      const { body } = await app.api.upload('/homecare/evidence', evidenceForm(id, photo), crew.worker)
      const checkin = { ...(await buildCheckin(app, crew, id)), evidenceFileIds: [body.data.file_id] }
      const submit = await app.api.post('/homecare/checkin/submit', checkin, crew.worker)
      expect([submit.status, submit.body.data.flags]).toEqual([200, ['EVIDENCE_REUSED']])
      expect(await rowsOf(app, 'ec_care_tasks', id)).toMatchObject([{ flags: '["EVIDENCE_REUSED"]', is_flagged: true }])
      expect((await chainOf(app, id)).at(-1)).toBe('CHECKED_IN')
    })

    test('the same picture twice for one order is no reuse', async () => {
      const photo = await buildPhoto()
      await app.api.upload('/homecare/evidence', evidenceForm(id, photo), crew.worker)
      const { body } = await app.api.upload('/homecare/evidence', evidenceForm(id, photo), crew.worker)
      const checkin = { ...(await buildCheckin(app, crew, id)), evidenceFileIds: [body.data.file_id] }
      expect((await app.api.post('/homecare/checkin/submit', checkin, crew.worker)).body.data.flags).toEqual([])
    })

    test('never refuse: a flagged check-in within the radius is a visit', async () => {
      await precheck(northOfSite(5000))
      const checkin = { ...(await buildCheckin(app, crew, id)), reportedAt: reported(600) }
      const { status, body } = await app.api.post('/homecare/checkin/submit', checkin, crew.worker)
      expect([status, body.data.flags]).toEqual([200, ['STALE_FIX']])
      expect(await rowsOf(app, 'ec_care_tasks', id)).toMatchObject([{ is_flagged: true, flags: '["STALE_FIX"]' }])
    })
  })
})
