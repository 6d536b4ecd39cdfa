import { createStaffRepository } from '../../../server/features/staff/repository'
import { createStaffService } from '../../../server/features/staff/service'
import { createTokens } from '../../../server/http/tokens'
import { ENGINES } from '../../support/engines'
import { keysOf } from '../../support/answers'
import { addStaff, NO_LIMITS } from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

const LOGIN = '/auth/email-login'
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

describe.each(ENGINES)('staff login on %s', (engine) => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    await addStaff(app, 'dispatcher@example.com', 'HOMECARE_DISPATCHER', { full_name: '管理员' })
    await addStaff(app, 'worker@example.com', 'HOMECARE_WORKER')
  })
  afterAll(() => app.close())
  const login = (email: unknown, password: unknown = 'password123') => app.api.post(LOGIN, { email, password })

  test('answers the fields of the document and no others', async () => {
    const { status, body } = await login('dispatcher@example.com')
    expect(status).toBe(200)
    expect(keysOf(body)).toEqual(['code', 'data', 'msg', 'traceId'])
    expect(keysOf(body.data)).toEqual(['token', 'user'])
    expect(body).toMatchObject({ code: 'OK', msg: 'success', traceId: expect.stringMatching(/\S/) })
    expect(body.data.user).toEqual({
      id: expect.stringMatching(UUID),
      email: 'dispatcher@example.com',
      role: 'HOMECARE_DISPATCHER',
      full_name: '管理员',
      org_id: '00000000-0000-0000-0000-000000000000',
      created_at: '2026-03-02T02:00:00.000Z',
    })
    expect(body.data.token).toMatch(/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{43}$/)
  })

  test.each([
    ['a wrong password', 'worker@example.com', 401, 'UNAUTHORIZED', 'Invalid email or password'],
    ['an unknown address', 'nobody@example.com', 404, 'NOT_FOUND', 'User not found'],
  ])('refuses %s as the document says', async (...row) => {
    const [, email, status, code, msg] = row
    const answer = await login(email, 'wrong password')
    expect([answer.status, answer.body]).toEqual([status, { code, msg, data: null, traceId: expect.any(String) }])
    expect(answer.headers.get('set-cookie')).toBeNull()
  })

  test('takes the address in any case and with blanks around it', async () => {
    expect((await login('  WORKER@Example.COM ')).body.data.user.email).toBe('worker@example.com')
  })

  test('takes no address for another that only a database finds equal', async () => {
    // What SQL Server's usual collation does with the wide form: its attempts would not count against the account.
    const { database, audit } = app.context
    const repository = createStaffRepository(database)
    const service = createStaffService({
      repository: { ...repository, findByEmail: (email) => repository.findByEmail(email.normalize('NFKC')) },
      audit,
      tokens: createTokens(app.secrets.jwtSecret, app.clock.now),
      transaction: database.transaction,
      accountLimit: { consume: async () => {} },
      now: app.clock.now,
    })
    await expect(service.login('worker@example.com', 'password123')).resolves.toHaveProperty('token')
    await expect(service.login('ｗorker@example.com', 'password123')).rejects.toMatchObject({ code: 'USER_NOT_FOUND' })
    expect((await login('ｗorker@example.com')).status).toBe(404)
  })

  test('takes the password exactly as it is', async () => {
    expect((await login('worker@example.com', 'PASSWORD123')).status).toBe(401)
    expect((await login('worker@example.com', ' password123')).status).toBe(401)
  })

  test('gives a token that the other routes accept', async () => {
    const token = await app.api.staff('worker@example.com')
    const { status, body } = await app.api.get('/auth/me', { token })
    expect([status, body.data.email, body.data.role]).toEqual([200, 'worker@example.com', 'HOMECARE_WORKER'])
    expect(keysOf(body.data)).toEqual(['created_at', 'email', 'full_name', 'id', 'org_id', 'role'])
  })

  test('ends a token after twelve hours', async () => {
    const token = await app.api.staff('worker@example.com')
    const before = app.clock.now().toISOString()
    app.clock.advance(12 * 3600_000 - 1000)
    expect((await app.api.get('/auth/me', { token })).status).toBe(200)
    app.clock.advance(1000)
    const late = await app.api.get('/auth/me', { token })
    expect([late.status, late.body.code, late.body.data.reasonCode]).toEqual([401, 'UNAUTHORIZED', 'TOKEN_EXPIRED'])
    app.clock.set(before)
  })

  test('stores argon2id and never shows it', async () => {
    const row = await app.context.database.db
      .selectFrom('staff')
      .select('password_hash')
      .where('email', '=', 'worker@example.com')
      .executeTakeFirstOrThrow()
    expect(row.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(JSON.stringify((await login('worker@example.com')).body)).not.toContain('argon2')
    expect(app.logs.join('')).not.toMatch(/password123|wrong password|argon2id/)
  })

  describe('of a disabled account', () => {
    test('says so only to who knows the password, and its live token dies', async () => {
      await addStaff(app, 'gone@example.com', 'HOMECARE_WORKER')
      const token = await app.api.staff('gone@example.com')
      expect((await app.api.get('/auth/me', { token })).status).toBe(200)
      await app.context.database.db
        .updateTable('staff')
        .set({ is_active: false })
        .where('email', '=', 'gone@example.com')
        .execute()
      const { status, body } = await login('gone@example.com')
      expect([status, body.code, body.data.reasonCode]).toEqual([403, 'FORBIDDEN', 'ACCOUNT_DISABLED'])
      expect((await login('gone@example.com', 'wrong password')).status).toBe(401)
      expect((await app.api.get('/auth/me', { token })).status).toBe(401)
    })
  })

  describe('after a change of password', () => {
    test('old tokens are dead at once, also those of the same second; the new one lives', async () => {
      await addStaff(app, 'change@example.com', 'HOMECARE_WORKER')
      const old = await app.api.staff('change@example.com')
      app.clock.advance(40)
      const change = { oldPassword: 'password123', newPassword: 'new password 1' }
      const { status, body } = await app.api.post('/auth/password', change, { token: old })
      expect(status).toBe(200)
      expect((await app.api.get('/auth/me', { token: old })).status).toBe(401)
      expect((await app.api.get('/auth/me', { token: body.data.token })).status).toBe(200)
      expect((await login('change@example.com')).status).toBe(401)
      expect((await login('change@example.com', 'new password 1')).status).toBe(200)
    })

    test('a wrong old password changes nothing', async () => {
      const token = await app.api.staff('worker@example.com')
      const change = { oldPassword: 'password124', newPassword: 'new password 1' }
      const { status, body } = await app.api.post('/auth/password', change, { token })
      expect([status, body.data.fields[0].path]).toEqual([400, 'oldPassword'])
      expect((await login('worker@example.com')).status).toBe(200)
    })

    test.each([
      ['1234567', 400],
      ['12345678', 200],
      ['密'.repeat(128), 200],
      ['x'.repeat(129), 400],
      [12345678, 400],
      [null, 400],
    ])('takes a new password of 8 to 128 characters: %p', async (newPassword, expected) => {
      const email = `size${Math.random()}@example.com`
      await addStaff(app, email, 'HOMECARE_WORKER')
      const token = await app.api.staff(email)
      const { status } = await app.api.post('/auth/password', { oldPassword: 'password123', newPassword }, { token })
      expect(status).toBe(expected)
      expect((await login(email)).status).toBe(expected === 200 ? 401 : 200)
    })
  })

  test.each([
    [{}, ['email', 'password']],
    [{ email: 'a@b.cn' }, ['password']],
    [{ email: null, password: null }, ['email', 'password']],
    [{ email: 5, password: ['x'] }, ['email', 'password']],
    [{ email: { $ne: '' }, password: { $ne: '' } }, ['email', 'password']],
    [{ email: 'x'.repeat(101), password: 'p' }, ['email']],
    [{ email: 'a@b.cn', password: 'x'.repeat(1001) }, ['password']],
    [{ email: 'a\u0000@b.cn', password: 'p' }, ['email']],
  ])('names the refused fields of %j in Chinese', async (json, paths) => {
    const { status, body } = await app.api.post(LOGIN, json)
    expect([status, body.code]).toEqual([400, 'BAD_REQUEST'])
    expect(body.data.fields.map((field: { path: string }) => field.path)).toEqual(paths)
    expect(body.msg).toMatch(/[\u4e00-\u9fff]/)
  })
})

test('what an unknown address is compared with is a hash like any other, and no password fits it', async () => {
  const { verifyPassword } = await import('../../../server/features/staff/password')
  for (const password of ['', 'password123', 'no account has this password'])
    expect(await verifyPassword(null, password)).toBe(false)
})
