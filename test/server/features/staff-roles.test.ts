import { addCrew, type Crew, NO_LIMITS } from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

type Who = 'worker' | 'dispatcher' | 'admin'

/** Every staff route and who may call it; the others, customers included, may not. */
const ROUTES: [method: string, path: string, allowed: Who[]][] = [
  ['GET', '/auth/me', ['worker', 'dispatcher', 'admin']],
  ['POST', '/auth/logout', ['worker', 'dispatcher', 'admin']],
  ['POST', '/auth/password', ['worker', 'dispatcher', 'admin']],
  ['GET', '/homecare/work-orders', ['worker', 'dispatcher', 'admin']],
  ['GET', '/homecare/work-orders/x', ['worker', 'dispatcher', 'admin']],
  ['POST', '/homecare/work-orders/x/steps', ['worker', 'dispatcher', 'admin']],
  ['GET', '/homecare/notifications', ['worker', 'dispatcher', 'admin']],
  ['GET', '/homecare/sla-config', ['worker', 'dispatcher', 'admin']],
  ['POST', '/homecare/dispatch', ['dispatcher', 'admin']],
  ['POST', '/homecare/cancel', ['dispatcher', 'admin']],
  ['POST', '/homecare/visits/x/review', ['dispatcher', 'admin']],
  ['POST', '/homecare/accept', ['worker']],
  ['POST', '/homecare/reject', ['worker']],
  ['POST', '/homecare/claim', ['worker']],
  ['POST', '/homecare/checkin/precheck', ['worker']],
  ['POST', '/homecare/checkin/submit', ['worker']],
  ['POST', '/homecare/checkout', ['worker']],
  ['POST', '/homecare/evidence', ['worker']],
  ['POST', '/homecare/sync', ['worker']],
  ['GET', '/api/v1/admin/staff', ['dispatcher', 'admin']],
  ['POST', '/api/v1/admin/staff', ['admin']],
  ['PATCH', '/api/v1/admin/staff/x', ['admin']],
  ['POST', '/api/v1/admin/staff/x/disable', ['admin']],
  ['POST', '/api/v1/admin/staff/x/enable', ['admin']],
  ['POST', '/api/v1/admin/staff/x/reset-password', ['admin']],
  ['GET', '/api/v1/admin/audit', ['dispatcher', 'admin']],
  ['GET', '/api/v1/admin/tasks', ['dispatcher', 'admin']],
  ['GET', '/api/v1/admin/tasks/x', ['dispatcher', 'admin']],
  ['PATCH', '/api/v1/admin/tasks/x', ['admin']],
  ['POST', '/api/v1/admin/tasks/x/verify', ['dispatcher', 'admin']],
  ['GET', '/api/v1/admin/visits', ['dispatcher', 'admin']],
  ['GET', '/api/v1/admin/sla-config', ['dispatcher', 'admin']],
  ['POST', '/api/v1/admin/sla-config', ['admin']],
  ['POST', '/api/v1/admin/sla-config/rehearse', ['admin']],
]
/** The other features of the console prove their own roles. */
const FIELD_WORK = /^\/(auth|homecare|api\/v1\/admin\/(staff|audit|tasks|visits|sla-config))\b/
const CUSTOMER_ROUTES = ['/api/v1/user/profile', '/api/v1/tasks', '/api/v1/tasks/x', '/api/v1/notifications']

let app: TestApp
let crew: Crew
beforeAll(async () => {
  app = await startTestApp(NO_LIMITS)
  crew = await addCrew(app)
})
afterAll(() => app.close())

const call = (method: string, path: string, request: object) =>
  app.api.send(method, path, { ...request, json: method === 'GET' ? undefined : {} })

describe.each(ROUTES)('%s %s', (method, path, allowed) => {
  test(`is for ${allowed.join(' and ')} only`, async () => {
    for (const who of ['worker', 'dispatcher', 'admin'] as const) {
      const { status, body } = await call(method, path, crew[who])
      const barred = status === 403 && ['FORBIDDEN', 403].includes(body.code) && body.data === null
      expect([who, barred]).toEqual([who, !allowed.includes(who)])
      expect(status).toBeLessThan(500)
    }
  })

  test('is closed to customers, and to nobody at all', async () => {
    expect((await call(method, path, crew.customer)).status).toBe(403)
    const { status, body } = await call(method, path, {})
    expect([status, ['UNAUTHORIZED', 401].includes(body.code)]).toEqual([401, true])
    expect((await call(method, path, { token: 'forged' })).status).toBe(401)
  })
})

test.each(CUSTOMER_ROUTES)('%s is closed to staff', async (path) => {
  for (const who of ['worker', 'dispatcher', 'admin'] as const)
    expect((await app.api.get(path, crew[who])).status).toBe(403)
})

test('a token signed for the other kind of account finds nobody', async () => {
  const { tokens } = app.context
  expect((await app.api.get('/auth/me', { token: tokens.issue('staff', '1') })).status).toBe(401)
  expect((await app.api.get('/api/v1/tasks', { token: tokens.issue('customer', crew.workerId) })).status).toBe(401)
})

test('every staff route of the document of the API is in this list', async () => {
  const { body } = await app.api.get('/openapi.json')
  const known = new Set(ROUTES.map(([method, path]) => `${method} ${path.replace('/x', '/{id}')}`))
  const missing = Object.entries<Record<string, { security?: unknown[] }>>(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, route]) => FIELD_WORK.test(path) && route.security?.length)
      .map(([method]) => `${method.toUpperCase()} ${path}`)
      .filter((name) => !known.has(name)),
  )
  expect(missing).toEqual([])
})
