import { refusedPaths } from '../../support/answers'
import { ENGINES } from '../../support/engines'
import {
  addAcceptedOrder,
  addCrew,
  countOf,
  type Crew,
  logInAgain,
  NO_LIMITS,
  northOfSite,
} from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

const CONFIG = '/api/v1/admin/sla-config'
const RADIUS = 'HOMECARE_CHECKIN_RADIUS_METERS'
const MODE = 'HOMECARE_CHECKIN_ACCURACY_MODE'

describe.each(ENGINES)('check-in rules on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
  })
  afterAll(() => app.close())
  beforeEach(async () => {
    await app.context.database.db.deleteFrom('sys_sla_config').execute()
  })
  const rule = (changes: object = {}) => ({
    config_key: RADIUS,
    config_value: '80',
    scope_type: 'GLOBAL',
    scope_id: null,
    is_active: true,
    ...changes,
  })
  const set = (changes: object = {}, request: object = {}) =>
    app.api.post(CONFIG, rule(changes), { ...crew.admin, ...request })
  const list = async (query = '') => (await app.api.get(`${CONFIG}?${query}`, crew.dispatcher)).body.data

  test('setting a rule twice changes the one row', async () => {
    const one = await set({ scope_type: 'TEAM', scope_id: 'Team-A' })
    app.clock.advance(1000)
    const two = await set({ scope_type: 'TEAM', scope_id: 'TEAM-a', config_value: 120, is_active: false })
    expect(one.body.data).toEqual({
      id: one.body.data.id,
      config_key: RADIUS,
      config_value: '80',
      scope_type: 'TEAM',
      scope_id: 'team-a',
      is_active: true,
      update_time: '2026-03-02 10:00:00',
    })
    expect(two.body.data).toEqual({
      ...one.body.data,
      config_value: '120',
      is_active: false,
      update_time: '2026-03-02 10:00:01',
    })
    expect(await list()).toMatchObject({ total: 1, list: [two.body.data] })
  })

  test('two admins at once leave one row', async () => {
    const answers = await Promise.all(['60', '70', '80'].map((config_value) => set({ config_value })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect((await list()).total).toBe(1)
  })

  test('keys and scopes are rows of their own, listed a page at a time', async () => {
    await set()
    await set({ config_key: MODE, config_value: 'strict' })
    await set({ scope_type: 'ORG', scope_id: 'a' })
    await set({ scope_type: 'TEAM', scope_id: 'a' })
    expect(await list('size=3')).toMatchObject({ total: 4, pages: 2, list: { length: 3 } })
    expect((await list('size=3&page=2')).list).toHaveLength(1)
  })

  test('are searched by scope and value, and narrowed to a key, a scope and those in force', async () => {
    await set()
    await set({ config_key: MODE, config_value: 'strict' })
    await set({ scope_type: 'ORG', scope_id: 'north_1', config_value: '120' })
    await set({ scope_type: 'TEAM', scope_id: 'north-2', is_active: false })
    const found = async (query: string) => (await list(query)).list.map((row: any) => row.scope_type + row.config_value)
    expect(await found('q=NORTH')).toEqual(['ORG120', 'TEAM80'])
    expect(await found('q=north_')).toEqual(['ORG120'])
    expect(await found('q=strict')).toEqual(['GLOBALstrict'])
    expect(await found(`config_key=${RADIUS}&active=true`)).toEqual(['GLOBAL80', 'ORG120'])
    expect(await found('scope_type=TEAM')).toEqual(['TEAM80'])
    expect(await list('active=false&size=1')).toMatchObject({ total: 1, pages: 1 })
    expect(await found('scope_type=&q=&active=')).toHaveLength(4)
    for (const [name, value] of Object.entries({ config_key: 'x', scope_type: 'CITY', active: '1' }))
      expect(refusedPaths(await app.api.get(`${CONFIG}?${name}=${value}`, crew.dispatcher))).toEqual([name])
  })

  test('every act is audited with its value', async () => {
    await set({ config_value: '65' })
    const [line] = (await app.api.get('/api/v1/admin/audit', crew.admin)).body.data.list
    expect(line).toMatchObject({
      action: 'sla.set',
      staff_name: 'admin',
      target: `${RADIUS} GLOBAL`,
      detail: { value: '65', active: true },
    })
  })

  test('one Idempotency-Key sets once', async () => {
    const request = { headers: { 'idempotency-key': 'rule-1' } }
    const one = await set({}, request)
    await set({ config_value: '90' })
    expect((await set({}, request)).body.data).toEqual(one.body.data)
    expect((await list()).list[0].config_value).toBe('90')
    expect((await set({ config_value: '91' }, request)).status).toBe(422)
  })

  test.each(['1', '0.5', '50', 50, '99999.999', '100000', ' 75 '])('takes a radius of %p', async (config_value) => {
    expect((await set({ config_value })).status).toBe(200)
  })

  test.each<[object, string]>([
    [{ config_value: '0' }, 'config_value'],
    [{ config_value: '-50' }, 'config_value'],
    [{ config_value: '100000.001' }, 'config_value'],
    [{ config_value: '1e3' }, 'config_value'],
    [{ config_value: '50 m' }, 'config_value'],
    [{ config_value: 'NaN' }, 'config_value'],
    [{ config_value: '' }, 'config_value'],
    [{ config_value: null }, 'config_value'],
    [{ config_value: true }, 'config_value'],
    [{ config_value: ['50'] }, 'config_value'],
    [{ config_key: MODE, config_value: 'loose' }, 'config_value'],
    [{ config_key: MODE, config_value: '50' }, 'config_value'],
    [{ config_key: 'OTHER' }, 'config_key'],
    [{ config_key: null }, 'config_key'],
    [{ scope_type: 'CITY' }, 'scope_type'],
    [{ scope_type: 'global' }, 'scope_type'],
    [{ scope_type: 'ORG', scope_id: null }, 'scope_id'],
    [{ scope_type: 'TEAM', scope_id: '  ' }, 'scope_id'],
    [{ scope_type: 'WORK_ORDER', scope_id: 'x'.repeat(37) }, 'scope_id'],
    [{ scope_type: 'TEAM', scope_id: 'a\u0000' }, 'scope_id'],
    [{ scope_type: 'TEAM', scope_id: 7 }, 'scope_id'],
    [{ is_active: 'yes' }, 'is_active'],
    [{ is_active: null }, 'is_active'],
  ])('refuses %j, names the field in Chinese and stores nothing, also in a rehearsal', async (changes, path) => {
    expect(refusedPaths(await set(changes))).toEqual([path])
    expect(refusedPaths(await app.api.post(`${CONFIG}/rehearse`, rule(changes), crew.admin))).toEqual([path])
    expect(await countOf(app, 'sys_sla_config')).toBe(0)
  })

  test.each([0, 366, 1.5, '7', null])('a rehearsal of %p days is refused', async (days) => {
    expect(refusedPaths(await app.api.post(`${CONFIG}/rehearse`, rule({ days }), crew.admin))).toEqual(['days'])
  })

  test('the radius in force of an unknown order is 404, without an order 400', async () => {
    const ask = (query: string) => app.api.get(`/homecare/sla-config?${query}`, crew.worker)
    expect((await ask('workOrderId=00000000-0000-7000-8000-000000000000')).status).toBe(404)
    expect((await ask('')).status).toBe(400)
    expect((await ask(`workOrderId=${'x'.repeat(41)}`)).status).toBe(400)
  })
})

describe.each(ENGINES)('a rehearsal on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  /** Check-ins tried at these distances, per team; the last one forty days ago. */
  const TRIED: [team: string | null, meters: number, accuracy: number | null][] = [
    ['north', 20, null],
    ['north', 40, 30],
    ['north', 70, null],
    ['south', 45, null],
    ['south', 90, null],
    [null, 60, 20],
  ]
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
    const submit = async (team_id: string | null, meters: number, accuracy: number | null) => {
      const workOrderId = await addAcceptedOrder(app, crew)
      if (team_id) await app.api.patch(`/api/v1/admin/tasks/${workOrderId}`, { team_id }, crew.admin)
      const fix = { workOrderId, ...northOfSite(meters), accuracy }
      await app.api.post('/homecare/checkin/precheck', fix, crew.worker)
      await app.api.post('/homecare/checkin/submit', fix, crew.worker)
    }
    await submit('north', 10, null)
    app.clock.advance(40 * 24 * 3600_000)
    await logInAgain(app, crew)
    for (const [team, meters, accuracy] of TRIED) await submit(team, meters, accuracy)
    const missing = await addAcceptedOrder(app, crew, { located: false })
    await app.api.post('/homecare/checkin/submit', { workOrderId: missing, ...northOfSite(0) }, crew.worker)
  })
  afterAll(() => app.close())
  const rehearse = async (changes: object) => {
    const rule = { config_key: RADIUS, scope_type: 'GLOBAL', scope_id: null, ...changes }
    const { status, body } = await app.api.post(`${CONFIG}/rehearse`, rule, crew.admin)
    expect(status).toBe(200)
    return body.data
  }
  const perTeam = (data: any) =>
    Object.fromEntries(data.teams.map((t: any) => [t.team_id, [t.fixes, t.to_refused, t.to_accepted]]))

  test('counts, per team, the check-ins a narrower radius would refuse', async () => {
    const data = await rehearse({ config_value: '42' })
    expect(data).toMatchObject({ days: 30, fixes: 6, truncated: false, flips: { to_refused: 1, to_accepted: 0 } })
    expect(perTeam(data)).toEqual({ north: [3, 0, 0], south: [2, 1, 0], null: [1, 0, 0] })
    expect(data.examples).toEqual([
      {
        work_order_id: expect.any(String),
        task_id: expect.stringMatching(/^T20260411\d{4}$/),
        worker_name: 'worker',
        distance_meters: 45,
        before: 'OK',
        after: 'OUT_OF_RADIUS',
        time: '2026-04-11 10:00:00',
      },
    ])
  })

  test('counts those a wider one would let in', async () => {
    const data = await rehearse({ config_value: '70' })
    expect(data.flips).toEqual({ to_refused: 0, to_accepted: 2 })
    expect(perTeam(data)).toEqual({ north: [3, 0, 1], south: [2, 0, 0], null: [1, 0, 1] })
  })

  test('of one team touches that team only', async () => {
    const data = await rehearse({ config_value: '100', scope_type: 'TEAM', scope_id: 'SOUTH' })
    expect(data.flips).toEqual({ to_refused: 0, to_accepted: 1 })
    expect(perTeam(data).south).toEqual([2, 0, 1])
  })

  test('of strict accuracy counts the uncertain', async () => {
    const data = await rehearse({ config_key: MODE, config_value: 'strict' })
    expect(data.flips).toEqual({ to_refused: 1, to_accepted: 0 })
    expect(data.examples).toMatchObject([{ distance_meters: 40, before: 'OK', after: 'LOW_ACCURACY' }])
  })

  test('looks back as many days as asked', async () => {
    expect(await rehearse({ config_value: '5', days: 41 })).toMatchObject({
      days: 41,
      fixes: 7,
      flips: { to_refused: 4 },
    })
    expect(await rehearse({ config_value: '5', days: 1 })).toMatchObject({ fixes: 6, flips: { to_refused: 3 } })
  })

  test('compares with the rules of today, and a row that is switched off with what is below it', async () => {
    const set = (changes: object) =>
      app.api.post(CONFIG, { config_key: RADIUS, scope_id: null, ...changes }, crew.admin)
    await set({ config_value: '95', scope_type: 'GLOBAL' })
    expect((await rehearse({ config_value: '50' })).flips).toEqual({ to_refused: 3, to_accepted: 0 })
    expect((await rehearse({ config_value: '95', is_active: false })).flips).toEqual({ to_refused: 3, to_accepted: 0 })
    expect((await rehearse({ config_value: '95' })).flips).toEqual({ to_refused: 0, to_accepted: 0 })
    await app.context.database.db.deleteFrom('sys_sla_config').execute()
  })

  test('stores nothing', async () => {
    const before = await Promise.all(
      (['sys_sla_config', 'audit_log', 'hc_worker_locations'] as const).map((t) => countOf(app, t)),
    )
    await rehearse({ config_value: '10' })
    expect(
      await Promise.all((['sys_sla_config', 'audit_log', 'hc_worker_locations'] as const).map((t) => countOf(app, t))),
    ).toEqual(before)
  })
})
