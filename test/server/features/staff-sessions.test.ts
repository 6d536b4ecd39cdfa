import { addStaff, NO_LIMITS } from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

const LOGIN = '/auth/email-login'
const cookieOf = (headers: Headers) => headers.get('set-cookie') ?? ''
const pairOf = (headers: Headers) => cookieOf(headers).split(';')[0]!

describe('the console’s cookie', () => {
  let app: TestApp
  let cookie: string
  let setCookie: string
  beforeAll(async () => {
    app = await startTestApp(NO_LIMITS)
    await addStaff(app, 'admin@example.com', 'ADMIN')
    const { headers } = await app.api.post(LOGIN, { email: 'admin@example.com', password: 'password123' })
    setCookie = cookieOf(headers)
    cookie = pairOf(headers)
  })
  afterAll(() => app.close())

  test('is kept from scripts and from other sites, and lives as long as the token', () => {
    expect(setCookie).toMatch(/;\s*httponly/i)
    expect(setCookie).toMatch(/;\s*samesite=strict/i)
    expect(setCookie).toMatch(/;\s*path=\//i)
    expect(setCookie).not.toMatch(/;\s*secure/i)
    const expires = /expires=([^;]+)/i.exec(setCookie)?.[1] ?? ''
    const hours = (new Date(expires).getTime() - Date.now()) / 3600_000
    expect(hours).toBeGreaterThan(11.9)
    expect(hours).toBeLessThan(12.1)
  })

  test('travels over TLS only where the site does', async () => {
    const secure = await startTestApp({ env: { PUBLIC_URL: 'https://example.com' } })
    await addStaff(secure, 'admin@example.com', 'ADMIN')
    const { headers } = await secure.api.post(LOGIN, { email: 'admin@example.com', password: 'password123' })
    expect(cookieOf(headers)).toMatch(/;\s*secure/i)
    await secure.close()
  })

  test('reads without more ado', async () => {
    const { status, body } = await app.api.get('/auth/me', { headers: { cookie } })
    expect([status, body.data.email]).toEqual([200, 'admin@example.com'])
  })

  test.each([
    ['JSON', { 'content-type': 'application/json' }, 400],
    ['JSON with a character set', { 'content-type': 'application/json; charset=utf-8' }, 400],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 403],
    ['plain text, which a form of another site can send', { 'content-type': 'text/plain' }, 403],
    ['a multipart body', { 'content-type': 'multipart/form-data; boundary=x' }, 403],
  ])('writes as %s only with proof', async (_name, headers, expected) => {
    const response = await fetch(`${app.url}/api/v1/admin/staff`, {
      method: 'POST',
      headers: { ...headers, cookie },
      body: '{"email":"new@example.com"}',
    })
    expect(response.status).toBe(expected)
  })

  test('writes without a body only with the CSRF header', async () => {
    const id = await addStaff(app, 'target@example.com', 'HOMECARE_WORKER')
    const path = `/api/v1/admin/staff/${id}/disable`
    const without = await app.api.send('POST', path, { headers: { cookie } })
    expect([without.status, without.body.data.reasonCode]).toEqual([403, 'CSRF_REJECTED'])
    const isActive = async () =>
      (await app.context.database.db.selectFrom('staff').selectAll().where('id', '=', id).executeTakeFirstOrThrow())
        .is_active
    expect(await isActive()).toBe(true)
    const headers = { cookie, 'x-csrf-token': '1' }
    expect((await app.api.send('POST', path, { headers })).status).toBe(200)
    expect(await isActive()).toBe(false)
  })

  test('gives way to a bearer token', async () => {
    await addStaff(app, 'bearer@example.com', 'HOMECARE_WORKER')
    const token = await app.api.staff('bearer@example.com')
    expect((await app.api.get('/auth/me', { token, headers: { cookie } })).body.data.email).toBe('bearer@example.com')
    expect((await app.api.get('/auth/me', { token: 'forged', headers: { cookie } })).status).toBe(401)
  })

  test('is taken back at logout', async () => {
    const { status, headers } = await app.api.post('/auth/logout', {}, { headers: { cookie } })
    expect(status).toBe(200)
    expect(cookieOf(headers)).toMatch(/^staff_token=;/)
    expect(cookieOf(headers)).toMatch(/expires=Thu, 01 Jan 1970/i)
  })
})

describe('login limits', () => {
  const attempt = (app: TestApp, email: string, password = 'wrong password') => app.api.post(LOGIN, { email, password })

  test('let ten tries a minute at one account, known or not, in any case of letters', async () => {
    const app = await startTestApp()
    await addStaff(app, 'worker@example.com', 'HOMECARE_WORKER')
    await addStaff(app, 'other@example.com', 'HOMECARE_WORKER')
    for (const [email, expected] of [
      ['worker@example.com', 401],
      ['nobody@example.com', 404],
    ] as const) {
      for (let i = 0; i < 10; i++)
        expect((await attempt(app, i % 2 ? email : email.toUpperCase())).status).toBe(expected)
      const { status, body, headers } = await attempt(app, email, 'password123')
      expect([status, body.code, body.data.reasonCode]).toEqual([429, 'TOO_MANY_REQUESTS', 'RATE_LIMITED'])
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60)
    }
    expect((await attempt(app, 'other@example.com', 'password123')).status).toBe(200)
    await app.close()
  })

  test('let sixty tries a minute from one address, whatever the account', async () => {
    const app = await startTestApp()
    const tries = await Promise.all(Array.from({ length: 61 }, (_, i) => app.api.post(LOGIN, { email: `no${i}@b.cn` })))
    expect(tries.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([...Array(60).fill(400), 429])
    const { headers } = tries.find(({ status }) => status === 429)!
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    await app.close()
  })
})
