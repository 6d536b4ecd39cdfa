import { createHmac } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { buildSubmission } from '../../support/builders'
import { addCrew, type Crew, NO_LIMITS } from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

let app: TestApp
let crew: Crew
let token: string
beforeAll(async () => {
  app = await startTestApp({ ...NO_LIMITS, ngs: true, wxwork: true })
  crew = await addCrew(app)
  token = crew.customer.token
})
afterAll(() => app.close())

type Route = [method: string, path: string]
const ROUTES: Route[] = [
  ['GET', '/api/v1/user/profile'],
  ['PUT', '/api/v1/user/profile'],
  ['POST', '/api/v1/wechat/phone'],
  ['GET', '/api/v1/tasks'],
  ['POST', '/api/v1/tasks'],
  ['GET', '/api/v1/tasks/T202603020001'],
  ['POST', '/api/v1/tasks/T202603020001/cancel'],
  ['POST', '/api/v1/files'],
  ['POST', '/api/v1/subscriptions'],
  ['GET', '/api/v1/notifications'],
]

/** Each family of routes: whose token is forged, a token that is good, and what the family's refusal is made of. */
const FAMILIES: Record<string, { typ: 'customer' | 'staff'; good: () => string; routes: Route[]; refusal: object }> = {
  '/api/v1': {
    typ: 'customer',
    good: () => token,
    routes: ROUTES,
    refusal: { code: 401, message: expect.any(String), data: null, traceId: expect.any(String) },
  },
  '/api/v1/admin': {
    typ: 'staff',
    good: () => crew.admin.token,
    routes: [
      ['GET', '/api/v1/admin/tasks'],
      ['POST', '/api/v1/admin/staff'],
      ['GET', '/api/v1/admin/external/systems'],
    ],
    refusal: { code: 401, message: expect.any(String), data: null, traceId: expect.any(String) },
  },
  staff: {
    typ: 'staff',
    good: () => crew.admin.token,
    routes: [
      ['GET', '/auth/me'],
      ['POST', '/auth/password'],
      ['GET', '/homecare/work-orders'],
      ['POST', '/homecare/dispatch'],
      ['POST', '/homecare/checkin/submit'],
    ],
    refusal: { code: 'UNAUTHORIZED', msg: expect.any(String), data: null, traceId: expect.any(String) },
  },
  '/ngs/wo': {
    typ: 'staff',
    good: () => crew.admin.token,
    routes: [
      ['POST', '/ngs/wo/save'],
      ['POST', '/ngs/wo/close'],
    ],
    refusal: { code: 0, message: expect.any(String), value: null },
  },
  '/api': {
    typ: 'staff',
    good: () => crew.admin.token,
    routes: [
      ['GET', '/api/state'],
      ['POST', '/api/send-text'],
    ],
    refusal: { ok: false, message: expect.any(String) },
  },
}

const seconds = () => Math.floor(app.clock.now().getTime() / 1000)
const claimsOf = (typ: string) => ({
  typ,
  sub: typ === 'staff' ? crew.adminId : '1',
  iss: 'field-service',
  iat: seconds(),
  exp: seconds() + 3600,
})
const sign = (claims: object, options: jwt.SignOptions = {}, secret = app.secrets.jwtSecret) =>
  jwt.sign({ ...claimsOf('customer'), ...claims }, secret, options)
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** What is wrong with a token that would otherwise be `claims`' own. */
const FORGED: Record<string, (claims: ReturnType<typeof claimsOf>, good: string) => string> = {
  'another secret': (claims) => sign(claims, {}, 'another-secret-of-sixteen'),
  'the secret “secret”': (claims) => sign(claims, {}, 'secret'),
  'alg none': (claims) => `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`,
  'alg NoNe': (claims) => `${part({ alg: 'NoNe', typ: 'JWT' })}.${part(claims)}.`,
  'HS512 with our secret': (claims) => sign(claims, { algorithm: 'HS512' }),
  'an empty signature': (claims) => sign(claims).replace(/[^.]+$/, ''),
  'somebody else’s name in it': (claims, good) => {
    const [head, payload, signature] = good.split('.')
    const { sub } = JSON.parse(Buffer.from(payload!, 'base64url').toString())
    const other = claims.typ === 'staff' ? crew.dispatcherId : String(Number(sub) + 1)
    return `${head}.${part({ ...claims, sub: other })}.${signature}`
  },
  'a longer life': (_claims, good) => {
    const [head, payload, signature] = good.split('.')
    const own = JSON.parse(Buffer.from(payload!, 'base64url').toString())
    return `${head}.${part({ ...own, exp: own.exp + 3600 })}.${signature}`
  },
  'a key confused for a public one': (claims) => {
    const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`
    return `${text}.${createHmac('sha256', '').update(text).digest('base64url')}`
  },
  'another issuer': (claims) => sign({ ...claims, iss: 'someone-else' }),
  'no issuer': (claims) => sign({ ...claims, iss: undefined }),
  'no type': (claims) => sign({ ...claims, typ: undefined }),
  'an invented type': (claims) => sign({ ...claims, typ: 'admin' }),
  'no subject': (claims) => sign({ ...claims, sub: undefined }),
  'an unknown subject': (claims) => sign({ ...claims, sub: '999999' }),
  'a subject that is no number': (claims) => sign({ ...claims, sub: "1' or '1'='1" }),
  'a subject of an infinite number': (claims) => sign({ ...claims, sub: '1e999' }),
  'a time that has not come': (claims) => sign({ ...claims, nbf: seconds() + 60 }),
  'no token at all': () => '',
  'no JWT': () => 'abc',
  'three dots': () => '...',
}

describe.each(Object.entries(FAMILIES))('%s', (_family, { typ, good, routes, refusal }) => {
  test.each(Object.entries(FORGED))('a token with %s is 401 on every route', async (_name, forge) => {
    for (const [method, path] of routes) {
      const headers = { authorization: `Bearer ${forge(claimsOf(typ), good())}` }
      const { status, body } = await app.api.send(method, path, { headers, json: method === 'GET' ? undefined : {} })
      expect([path, status]).toEqual([path, 401])
      expect(body).toEqual(refusal)
    }
  })

  test('the same token, not forged, is let in', async () => {
    for (const one of [sign(claimsOf(typ)), good()])
      for (const [method, path] of routes) {
        const json = method === 'GET' ? undefined : {}
        expect([path, (await app.api.send(method, path, { token: one, json })).status]).not.toEqual([path, 401])
      }
  })
})

test.each(['Basic dXNlcjpwYXNz', 'Bearer', 'Token x', 'Bearer a b'])('the header %p is 401', async (authorization) => {
  expect((await app.api.get('/api/v1/tasks', { headers: { authorization } })).status).toBe(401)
})

test('a staff token does not pass for a customer', async () => {
  for (const [method, path] of ROUTES.filter(([, one]) => one !== '/api/v1/files')) {
    const json = method === 'GET' ? undefined : {}
    const { status } = await app.api.send(method, path, { token: sign({ typ: 'staff' }), json })
    expect([path, [401, 403].includes(status)]).toEqual([path, true])
  }
})

test('a token lives seven days and then says that it has expired', async () => {
  const before = app.clock.now().toISOString()
  app.clock.advance(7 * 24 * 3600_000 - 1000)
  expect((await app.api.get('/api/v1/tasks', { token })).status).toBe(200)
  app.clock.advance(1000)
  const { status, body } = await app.api.get('/api/v1/tasks', { token })
  expect([status, body.message, body.data.reasonCode]).toEqual([401, '登录已过期，请重新登录', 'TOKEN_EXPIRED'])
  app.clock.set(before)
})

test('the word bearer may be written in any case', async () => {
  const headers = { authorization: `bearer ${token}` }
  expect((await app.api.get('/api/v1/tasks', { headers })).status).toBe(200)
})

test('a token in a cookie or in the address is none', async () => {
  const headers = { cookie: `token=${token}; authorization=${token}` }
  expect((await app.api.get(`/api/v1/tasks?token=${token}`, { headers })).status).toBe(401)
})

test('who may not call learns nothing about the body', async () => {
  const { status, body } = await app.api.post('/api/v1/tasks', { ...buildSubmission(), description: '' })
  expect([status, body.data]).toEqual([401, null])
})

test('open routes do not look at tokens', async () => {
  for (const path of ['/api/v1/task-types', '/livez', '/openapi.json'])
    expect((await app.api.get(path, { headers: { authorization: 'Bearer forged' } })).status).toBe(200)
})
