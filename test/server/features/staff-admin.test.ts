import { keysOf, refusedPaths } from '../../support/answers'
import { ENGINES } from '../../support/engines'
import { addCrew, countOf, type Crew, NO_LIMITS } from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

const STAFF = '/api/v1/admin/staff'

describe.each(ENGINES)('staff management on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
  })
  afterAll(() => app.close())
  let number = 0
  const newStaff = (changes: object = {}) => ({
    email: `new${++number}@example.com`,
    password: 'password123',
    role: 'HOMECARE_WORKER',
    full_name: '李工',
    ...changes,
  })
  const create = (changes: object = {}, request: object = {}) =>
    app.api.post(STAFF, newStaff(changes), { ...crew.admin, ...request })
  const audit = async () => (await app.api.get('/api/v1/admin/audit?size=100', crew.admin)).body.data.list

  test('creates an account that can log in at once, in the demo organisation', async () => {
    const { status, body } = await create({ email: 'Fresh@Example.com', phone: '13700000000', team_id: 'team-1' })
    expect([status, keysOf(body.data)]).toEqual([
      200,
      [
        'created_at',
        'email',
        'full_name',
        'id',
        'is_active',
        'load',
        'org_id',
        'phone',
        'role',
        'team_id',
        'wxwork_user_id',
      ],
    ])
    expect(body.data).toMatchObject({
      email: 'fresh@example.com',
      org_id: '00000000-0000-0000-0000-000000000000',
      team_id: 'team-1',
      phone: '13700000000',
      is_active: true,
      load: 0,
    })
    expect(
      (await app.api.post('/auth/email-login', { email: 'fresh@example.com', password: 'password123' })).status,
    ).toBe(200)
  })

  test('has one account per address, whatever the case of its letters', async () => {
    await create({ email: 'twin@example.com' })
    const again = await create({ email: 'TWIN@example.com' })
    expect([again.status, again.body.data.reasonCode]).toEqual([409, 'EMAIL_TAKEN'])
    const both = await Promise.all([create({ email: 'race@example.com' }), create({ email: 'race@example.com' })])
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
  })

  test('creates once per Idempotency-Key', async () => {
    const body = newStaff()
    const request = { ...crew.admin, headers: { 'idempotency-key': 'create-1' } }
    const [one, two] = [await app.api.post(STAFF, body, request), await app.api.post(STAFF, body, request)]
    expect(two.body).toEqual(one.body)
    expect((await app.api.post(STAFF, { ...body, full_name: '别人' }, request)).status).toBe(422)
  })

  test.each<[object, string]>([
    [{ email: 'no-address' }, 'email'],
    [{ email: 'a b@c.cn' }, 'email'],
    [{ email: '<a@b.cn>' }, 'email'],
    [{ email: null }, 'email'],
    [{ email: `${'x'.repeat(96)}@b.cn` }, 'email'],
    [{ password: '1234567' }, 'password'],
    [{ password: 'x'.repeat(129) }, 'password'],
    [{ password: null }, 'password'],
    [{ password: 12345678 }, 'password'],
    [{ role: 'SUPERUSER' }, 'role'],
    [{ role: '__proto__' }, 'role'],
    [{ role: undefined }, 'role'],
    [{ full_name: '' }, 'full_name'],
    [{ full_name: 'x'.repeat(51) }, 'full_name'],
    [{ full_name: 'a\u0000' }, 'full_name'],
    [{ full_name: '\ud83d' }, 'full_name'],
    [{ phone: 'x'.repeat(21) }, 'phone'],
    [{ org_id: 'not a uuid' }, 'org_id'],
    [{ team_id: 5 }, 'team_id'],
  ])('refuses %j, names the field and stores nothing', async (changes, path) => {
    const before = await countOf(app, 'staff')
    expect(refusedPaths(await create(changes))).toEqual([path])
    expect(await countOf(app, 'staff')).toBe(before)
  })

  test('takes passwords of 8 and of 128 characters', async () => {
    expect((await create({ password: '12345678' })).status).toBe(200)
    expect((await create({ password: 'x'.repeat(128) })).status).toBe(200)
  })

  test('a disabled worker is out at once, cannot be given work, and comes back when enabled', async () => {
    const { body } = await create({ email: 'pause@example.com' })
    const token = await app.api.staff('pause@example.com')
    expect((await app.api.get('/auth/me', { token })).status).toBe(200)
    const act = (name: string) => app.api.post(`${STAFF}/${body.data.id}/${name}`, undefined, crew.admin)
    expect((await act('disable')).status).toBe(200)
    expect((await app.api.get('/auth/me', { token })).status).toBe(401)
    const login = () => app.api.post('/auth/email-login', { email: 'pause@example.com', password: 'password123' })
    expect((await login()).status).toBe(403)
    const found = async (active: boolean) =>
      (await app.api.get(`${STAFF}?q=pause%40&active=${active}`, crew.dispatcher)).body.data.total
    expect([await found(true), await found(false)]).toEqual([0, 1])
    app.clock.advance(1)
    expect((await act('enable')).status).toBe(200)
    expect((await login()).status).toBe(200)
    expect((await app.api.get('/auth/me', { token })).status).toBe(401)
  })

  test.each<[string, object | undefined]>([
    ['disable', undefined],
    ['enable', undefined],
    ['reset-password', { password: 'another one 9' }],
  ])('does %s once per Idempotency-Key', async (act, payload) => {
    const [first, second] = [(await create()).body.data, (await create()).body.data]
    const request = { ...crew.admin, headers: { 'idempotency-key': `once-${act}` } }
    const lines = await countOf(app, 'audit_log')
    const run = (id: string) => app.api.post(`${STAFF}/${id}/${act}`, payload, request)
    const [one, two] = [await run(first.id), await run(first.id)]
    expect([one.status, two.body]).toEqual([200, one.body])
    expect(await countOf(app, 'audit_log')).toBe(lines + 1)
    expect((await run(second.id)).status).toBe(422)
  })

  test('nobody disables their own account', async () => {
    const { status } = await app.api.post(`${STAFF}/${crew.adminId}/disable`, undefined, crew.admin)
    expect(status).toBe(409)
    expect((await app.api.get('/auth/me', crew.admin)).status).toBe(200)
  })

  test('a reset password ends the sessions of the old one', async () => {
    const { body } = await create({ email: 'reset@example.com' })
    const token = await app.api.staff('reset@example.com')
    app.clock.advance(1)
    const path = `${STAFF}/${body.data.id}/reset-password`
    expect((await app.api.post(path, { password: 'short' }, crew.admin)).status).toBe(400)
    expect((await app.api.get('/auth/me', { token })).status).toBe(200)
    expect((await app.api.post(path, { password: 'another one 9' }, crew.admin)).status).toBe(200)
    expect((await app.api.get('/auth/me', { token })).status).toBe(401)
    expect(await app.api.staff('reset@example.com', 'another one 9')).toMatch(/^eyJ/)
  })

  test.each(['disable', 'enable', 'reset-password'])('%s of somebody unknown is 404', async (act) => {
    for (const id of ['00000000-0000-7000-8000-000000000000', '__proto__', "' or 1=1 --"]) {
      const path = `${STAFF}/${encodeURIComponent(id)}/${act}`
      expect((await app.api.post(path, { password: 'password123' }, crew.admin)).status).toBe(404)
    }
  })

  test('lists a page at a time, by role and by text, and counts open orders', async () => {
    const list = async (query: string) => (await app.api.get(`${STAFF}?${query}`, crew.dispatcher)).body.data
    const first = await list('size=2&page=1')
    expect([first.size, first.current, first.list.length]).toEqual([2, 1, 2])
    expect(first.pages).toBe(Math.ceil(first.total / 2))
    expect((await list('role=ADMIN')).list.map((row: { email: string }) => row.email)).toEqual(['admin@example.com'])
    expect((await list('q=dispatcher%40')).total).toBe(1)
    expect((await list('q=%25')).total).toBe(0)
    expect(JSON.stringify(await list('size=100'))).not.toContain('argon2')
    expect((await app.api.get(`${STAFF}?role=BOSS`, crew.admin)).status).toBe(400)
    expect((await app.api.get(`${STAFF}?size=101`, crew.admin)).status).toBe(400)
  })

  test('every act leaves one line in the audit, with who and whom and no password', async () => {
    const { body } = await create({ email: 'audited@example.com', password: 'secret-pass-1' })
    const base = `${STAFF}/${body.data.id}`
    await app.api.post(`${base}/disable`, undefined, crew.admin)
    await app.api.post(`${base}/enable`, undefined, crew.admin)
    await app.api.post(`${base}/reset-password`, { password: 'secret-pass-2' }, crew.admin)
    app.clock.advance(5)
    const token = await app.api.staff('audited@example.com', 'secret-pass-2')
    const change = { oldPassword: 'secret-pass-2', newPassword: 'secret-pass-3' }
    expect((await app.api.post('/auth/password', change, { token })).status).toBe(200)
    const lines = (await audit()).filter((line: { target: string }) => line.target === 'audited@example.com')
    expect(lines.map((line: any) => [line.action, line.staff_name]).toReversed()).toEqual([
      ['staff.create', 'admin'],
      ['staff.disable', 'admin'],
      ['staff.enable', 'admin'],
      ['staff.reset-password', 'admin'],
      ['staff.change-password', '李工'],
    ])
    expect(lines[4].create_time).toMatch(/^2026-03-02 10:00:0\d$/)
    expect(JSON.stringify(lines)).not.toMatch(/secret-pass|argon2/)
  })

  test('a refused act leaves no line', async () => {
    const before = await countOf(app, 'audit_log')
    await create({ email: 'twin@example.com' })
    await app.api.post(`${STAFF}/${crew.adminId}/disable`, undefined, crew.admin)
    await app.api.post(STAFF, newStaff(), crew.dispatcher)
    expect(await countOf(app, 'audit_log')).toBe(before)
  })
})
