import { addStaff, type Crew } from '../../support/field-work'
import type { TestApp } from '../../support/test-app'
import { type Known, nameOf, type Operation, operationsOf, sampleRequest, sendSample } from './operations'
import { knownOf, validRequest } from './valid-requests'
import { startWorld, type World } from './world'

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

let world: World
let app: TestApp
let crew: Crew
let operations: Operation[]
let known: Known
beforeAll(async () => {
  world = await startWorld()
  app = world.app
  crew = world.crew
  known = await knownOf(world)
  operations = await operationsOf(app)
})
afterAll(() => world.close())

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

const ENDS_A_LOGIN = /^\/auth\/(logout|password)$/
const ROLE_NAMES = { worker: 'HOMECARE_WORKER', dispatcher: 'HOMECARE_DISPATCHER', admin: 'ADMIN' } as const

/** One of this role whose login nobody else needs. */
async function another(role: Role) {
  const id = await addStaff(app, `${world.fresh()}@example.com`, ROLE_NAMES[role as keyof typeof ROLE_NAMES])
  return { token: app.context.tokens.issue('staff', id) }
}

async function streamStatus(path: string, token: string): Promise<number> {
  const { status, body } = await fetch(app.url + path, { headers: { authorization: `Bearer ${token}` } })
  await body?.cancel()
  return status
}

test('whoever may call is not refused for who they are', async () => {
  const wrong: string[] = []
  for (const operation of operations) {
    const rule = ruleOf(operation)
    if (rule === 'open' || rule === 'signed') continue
    // A body that is refused shows as well that the caller was let in.
    const sample = { ...sampleRequest(operation, { ...known, id: 'nobody-s' }), body: operation.json ? [] : undefined }
    for (const role of rule!) {
      const caller = ENDS_A_LOGIN.test(operation.path) ? await another(role) : crew[role]
      const status = operation.path.endsWith('/stream')
        ? await streamStatus(operation.path, caller.token)
        : (await sendSample(app, operation, sample, caller)).status
      if (status === 401 || status === 403) wrong.push(`${nameOf(operation)} as ${role}: ${status}`)
    }
  }
  expect(wrong).toEqual([])
})

/** Routes of a role that name a thing which belongs to somebody: in the path, or an order in the body. */
const ofThings = (role: Role, family: string) =>
  operations.filter((one) => {
    const rule = ruleOf(one)
    const inBody = (one.json ?? one.form)?.properties?.workOrderId
    const named = one.path.includes('{id}') || inBody || one.parameters.some(({ name }) => name === 'workOrderId')
    return named && one.path.startsWith(family) && Array.isArray(rule) && rule.includes(role)
  })

test('a task of another customer is not there, on any route', async () => {
  const stranger = { token: await app.api.customer('demo-stranger') }
  for (const operation of ofThings('customer', '/api/v1/tasks')) {
    const { sample } = await validRequest(world, operation, known)
    const { status } = await sendSample(app, operation, sample, stranger)
    expect([nameOf(operation), status]).toEqual([nameOf(operation), 404])
  }
})

/** Of answers that say so with 200 (a pre-check) or 409 (a check-out: the visit is another’s). */
const NOT_THEIRS = ['WORKER_NOT_MATCHED', 'NOT_CHECKED_IN']
/** Where an order may be anybody's: the pool, the office’s radius. */
const EVERYBODYS = ['POST /homecare/claim', 'GET /homecare/sla-config']

test('an order of another worker is refused to a call that its own worker may make', async () => {
  const operationsOfOrders = ofThings('worker', '/homecare/').filter((one) => !EVERYBODYS.includes(nameOf(one)))
  expect(operationsOfOrders.length).toBeGreaterThan(7)
  for (const operation of operationsOfOrders) {
    const { sample } = await validRequest(world, operation, known)
    const { status, body } = await sendSample(app, operation, sample, crew.other)
    const refused = [403, 404].includes(status) || NOT_THEIRS.includes(body.data.reasonCode)
    expect([nameOf(operation), refused, body.data?.id]).toEqual([nameOf(operation), true, undefined])
  }
})

test('an order that is taken is claimed by nobody else, and another worker’s queue moves nothing', async () => {
  const claim = await app.api.post('/homecare/claim', { workOrderId: known.workOrderId }, crew.other)
  expect([claim.status, claim.body.data.reasonCode]).toEqual([409, expect.any(String)])
  const sync = operations.find(({ path }) => path === '/homecare/sync')!
  const { sample } = await validRequest(world, sync, known)
  const { status, body } = await sendSample(app, sync, sample, crew.other)
  expect(status).toBe(200)
  for (const one of body.data.results) expect(['rejected', 'invalid']).toContain(one.status)
})

test('a file of somebody else is not there, whatever it is to be used for', async () => {
  const strange = await world.upload({ token: await app.api.customer('demo-stranger') })
  const uses: [route: string, field: string, value: unknown][] = [
    ['POST /api/v1/tasks', 'file_ids', [strange]],
    ['PUT /api/v1/user/profile', 'avatar_file_id', strange],
    ['POST /homecare/work-orders/{id}/steps', 'fileIds', [strange]],
    ['POST /homecare/checkin/submit', 'evidenceFileIds', [strange]],
  ]
  for (const [route, field, value] of uses) {
    const operation = operations.find((one) => nameOf(one) === route)!
    const { sample, caller } = await validRequest(world, operation, known)
    const body = { ...(sample.body as object), [field]: value }
    const answer = await sendSample(app, operation, { ...sample, body }, caller)
    const why = answer.body.data.fields?.[0].path.split('.')[0] ?? answer.body.data.reasonCode
    const expected = route.endsWith('submit') ? expect.stringMatching(/EVIDENCE/) : field
    expect([route, answer.status >= 400, why]).toEqual([route, true, expected])
    expect((await sendSample(app, operation, sample, caller)).status).toBe(200)
  }
})
