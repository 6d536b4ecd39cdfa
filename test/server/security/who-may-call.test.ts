import { randomBytes } from 'node:crypto'
import { addAcceptedOrder, addCrew, type Crew, NO_LIMITS } from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'
import { type Known, type Operation, operationsOf, sampleRequest, sendSample } from './operations'

type Role = 'customer' | 'worker' | 'dispatcher' | 'admin'
const ROLES: Role[] = ['customer', 'worker', 'dispatcher', 'admin']
const STAFF: Role[] = ['worker', 'dispatcher', 'admin']
const OFFICE: Role[] = ['dispatcher', 'admin']

/** Who may call what, as the API's description says: the first line that fits counts. */
const RULES: [route: RegExp, roles: Role[] | 'open' | 'signed'][] = [
  [/^GET \/(livez|readyz|metrics|openapi\.json|docs.*)$/, 'open'],
  [/^GET \/api\/health$/, 'open'],
  [/^GET \/api\/v1\/task-types$/, 'open'],
  [/^POST \/api\/v1\/wechat\/login$/, 'open'],
  [/^POST \/auth\/email-login$/, 'open'],
  [/^GET \/api\/v1\/files\/\{id\}$/, 'open'],
  [/^POST \/callback\/wxwork/, 'open'],
  [/ \/internal\/cloud\//, 'signed'],
  [/^POST \/api\/v1\/files$/, ROLES],
  [/^\w+ \/api\/v1\/admin\/external\//, ['admin']],
  [/^GET \/api\/v1\/admin\//, OFFICE],
  [/^POST \/api\/v1\/admin\/tasks\/\{id\}\/verify$/, OFFICE],
  [/^\w+ \/api\/v1\/admin\//, ['admin']],
  [/^\w+ \/api\/v1\//, ['customer']],
  [/^\w+ \/auth\//, STAFF],
  [/^POST \/homecare\/(dispatch|cancel|visits\/\{id\}\/review)$/, OFFICE],
  [/^POST \/homecare\/work-orders\/\{id\}\/steps$/, STAFF],
  [/^GET \/homecare\//, STAFF],
  [/^\w+ \/homecare\//, ['worker']],
  [/^\w+ \/ngs\/wo\//, OFFICE],
  [/^\w+ \/api\//, ['admin']],
]
const ruleOf = (operation: Operation) => RULES.find(([route]) => route.test(nameOf(operation)))?.[1]
const nameOf = ({ method, path }: Operation) => `${method} ${path}`

let app: TestApp
let crew: Crew
let operations: Operation[]
let known: Known
beforeAll(async () => {
  app = await startTestApp({
    ...NO_LIMITS,
    ngs: true,
    wxwork: true,
    env: { CLOUD_SHARED_SECRET: randomBytes(32).toString('base64') },
  })
  crew = await addCrew(app)
  const id = await addAcceptedOrder(app, crew)
  operations = (await operationsOf(app)).filter(({ path }) => !/logout|\/auth\/password|events\/stream/.test(path))
  known = { id, workOrderId: id, workerId: crew.workerId, fileIds: [], email: 'nobody@example.com', size: 5, page: 1 }
})
afterAll(() => app.close())

test('every route is in the list of who may call it, and open exactly where the list says so', () => {
  expect(operations.filter((one) => !ruleOf(one)).map(nameOf)).toEqual([])
  expect(operations.filter(({ open }) => open).map(nameOf)).toEqual(
    operations.filter((one) => ['open', 'signed'].includes(ruleOf(one) as string)).map(nameOf),
  )
})

/** Everybody a route is not for, and how it has to refuse them. */
function refusedOf(operation: Operation): [role: Role | null, status: number][] {
  const rule = ruleOf(operation)!
  if (rule === 'open') return []
  if (rule === 'signed') return [null, ...ROLES].map((role) => [role, 403])
  return [[null, 401], ...ROLES.filter((one) => !rule.includes(one)).map((one): [Role, number] => [one, 403])]
}

test('nobody gets through without a login, nor with a login the route is not for', async () => {
  const wrong: string[] = []
  let calls = 0
  for (const operation of operations) {
    const sample = sampleRequest(operation, known)
    for (const [role, expected] of refusedOf(operation)) {
      const { status, body } = await sendSample(app, operation, sample, role ? crew[role] : {})
      calls++
      const leaks = Object.keys(body?.data ?? {}).some((name) => name !== 'reasonCode')
      if (status !== expected || leaks) wrong.push(`${nameOf(operation)} as ${role ?? 'nobody'}: ${status}`)
    }
  }
  process.stdout.write(`${calls} calls by those who may not\n`)
  expect(wrong).toEqual([])
})

test('whoever may call is not refused for who they are', async () => {
  const wrong: string[] = []
  for (const operation of operations) {
    const rule = ruleOf(operation)
    if (rule === 'open' || rule === 'signed') continue
    // A body that is refused shows as well that the caller was let in.
    const sample = { ...sampleRequest(operation, { ...known, id: 'nobody-s' }), body: operation.json ? [] : undefined }
    for (const role of rule!) {
      const { status } = await sendSample(app, operation, sample, crew[role])
      if (status === 401 || status === 403) wrong.push(`${nameOf(operation)} as ${role}: ${status}`)
    }
  }
  expect(wrong).toEqual([])
})

const ofObjects = (role: Role) =>
  operations.filter((one) => one.path.includes('{id}') && Array.isArray(ruleOf(one)) && ruleOf(one)!.includes(role))

test('a task of another customer is not there, on any route', async () => {
  const stranger = { token: await app.api.customer('demo-stranger') }
  for (const operation of ofObjects('customer')) {
    const { status } = await sendSample(app, operation, sampleRequest(operation, known), stranger)
    expect([nameOf(operation), status]).toEqual([nameOf(operation), 404])
  }
})

test('an order of another worker shows and takes nothing', async () => {
  for (const operation of ofObjects('worker').filter(({ path }) => path.startsWith('/homecare/'))) {
    const { status, body } = await sendSample(app, operation, sampleRequest(operation, known), crew.other)
    expect([nameOf(operation), status >= 400, body?.data?.id]).toEqual([nameOf(operation), true, undefined])
  }
})
