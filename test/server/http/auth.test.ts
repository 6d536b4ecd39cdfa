import { createHmac } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { buildSubmission } from '../../support/builders'
import { startTestApp, type TestApp } from '../../support/test-app'

let app: TestApp
let token: string
beforeAll(async () => {
  app = await startTestApp()
  token = await app.api.customer()
})
afterAll(() => app.close())

const ROUTES: [method: string, path: string][] = [
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
const seconds = () => Math.floor(app.clock.now().getTime() / 1000)
const sign = (claims: object, options: jwt.SignOptions = {}, secret = app.secrets.jwtSecret) =>
  jwt.sign(
    { typ: 'customer', iat: seconds(), exp: seconds() + 3600, iss: 'field-service', sub: '1', ...claims },
    secret,
    options,
  )
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const payload = () => part({ typ: 'customer', sub: '1', iss: 'field-service', iat: seconds(), exp: seconds() + 3600 })

const FORGED: Record<string, () => string> = {
  'another secret': () => sign({}, {}, 'another-secret-of-sixteen'),
  'the secret “secret”': () => sign({}, {}, 'secret'),
  'alg none': () => `${part({ alg: 'none', typ: 'JWT' })}.${payload()}.`,
  'alg NoNe': () => `${part({ alg: 'NoNe', typ: 'JWT' })}.${payload()}.`,
  'HS512 with our secret': () => sign({}, { algorithm: 'HS512' }),
  'an empty signature': () => sign({}).replace(/[^.]+$/, ''),
  'a changed customer': () => {
    const [head, , signature] = token.split('.')
    return `${head}.${payload().replace(/^/, '')}.${signature}`
  },
  'a key confused for a public one': () => {
    const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${payload()}`
    return `${text}.${createHmac('sha256', '').update(text).digest('base64url')}`
  },
  'another issuer': () => sign({ iss: 'someone-else' }),
  'no issuer': () => sign({ iss: undefined }),
  'no type': () => sign({ typ: undefined }),
  'an invented type': () => sign({ typ: 'admin' }),
  'no subject': () => sign({ sub: undefined }),
  'an unknown customer': () => sign({ sub: '999999' }),
  'a subject that is no number': () => sign({ sub: "1' or '1'='1" }),
  'a subject of an infinite number': () => sign({ sub: '1e999' }),
  'a time that has not come': () => sign({ nbf: seconds() + 60 }),
  'no token at all': () => '',
  'no JWT': () => 'abc',
  'three dots': () => '...',
}

test.each(Object.entries(FORGED))('a token with %s is 401 on every route', async (_name, forge) => {
  for (const [method, path] of ROUTES) {
    const headers = { authorization: `Bearer ${forge()}` }
    const { status, body } = await app.api.send(method, path, { headers, json: method === 'GET' ? undefined : {} })
    expect([path, status, body.code, body.data]).toEqual([path, 401, 401, body.data])
    expect(Object.keys(body).toSorted()).toEqual(['code', 'data', 'message', 'traceId'])
  }
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
