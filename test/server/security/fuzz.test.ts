import fs from 'node:fs'
import path from 'node:path'
import {
  addAcceptedOrder,
  addCrew,
  addVisitedOrder,
  type Crew,
  logInAgain,
  NO_LIMITS,
  SITE,
} from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'
import {
  type Known,
  type Operation,
  operationsOf,
  placesOf,
  replaceAt,
  type Sample,
  sampleRequest,
  sendSample,
} from './operations'

jest.setTimeout(600_000)

const LONG = Boolean(process.env.FUZZ_LONG)
/** Of what is tried in each place by the short form. */
const SHARE = 5
const AT_ONCE = 6
const HANGS_MS = 15_000
const PLANTED = 'planted-secret-3f9c1d'

const HOSTILE: unknown[] = [
  null,
  '',
  '   ',
  true,
  -1,
  0,
  1.5,
  2 ** 53,
  1e308,
  '-1',
  '1e999',
  'NaN',
  '9223372036854775808',
  [],
  {},
  [[]],
  [null],
  { $ne: null },
  { length: 1e9 },
  JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}'),
  'a\u0000b',
  '\ud83d',
  '😀'.repeat(300),
  "' OR 1=1; DROP TABLE task --",
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  'x\r\nX-Injected: 1',
  '%00%0d%0a%c0%ae',
  '${7*7}{{7*7}}',
  '__proto__',
  'constructor',
  'toString',
  '2026-02-30',
  '9999-99-99T99:99:99Z',
  '+275760-09-13T00:00:00Z',
  '0000-00-00',
  'x'.repeat(70_000),
  '(a+)+$'.repeat(200),
]

/** What no answer may show of the inside. */
const LEAKS =
  /node_modules|\bat \S+ \(|\.ts:\d+|SQLITE_|SqliteError|\b(select|insert into|update) "|stack"|Incorrect syntax/
/** Partners the sandbox does not play here may be down; that is an answer too. */
const PARTNER = /^\/(ngs\/wo|api)\/(?!v1)|\/admin\/external\//

let app: TestApp
let crew: Crew
let known: Known
let operations: Operation[]

beforeAll(async () => {
  const env = { CLOUD_SHARED_SECRET: PLANTED.repeat(3), NGS_TOKEN: `${PLANTED}-ngs` }
  app = await startTestApp({ ...NO_LIMITS, ngs: true, wxwork: true, env })
  crew = await addCrew(app)
  const { visitId } = await addVisitedOrder(app, crew)
  const id = await addAcceptedOrder(app, crew)
  known = { id, workOrderId: id, workerId: crew.workerId, visitId, ...SITE, page: 1, size: 5, password: PLANTED }
  operations = await operationsOf(app)
})
afterAll(() => app.close())

/** The caller who gets furthest. */
function callerOf({ path }: Operation) {
  if (/^\/api\/v1\/(?!admin)/.test(path)) return crew.customer
  if (/^\/homecare\/(checkin|checkout|evidence|accept|reject|claim|sync)/.test(path)) return crew.worker
  return crew.admin
}

interface Attempt {
  operation: Operation
  place: string
  sample: Sample
}

function* attemptsOf(operation: Operation): Generator<Attempt> {
  const sample = sampleRequest(operation, known)
  const places: [string, (item: unknown) => Sample][] = [
    ...Object.keys(sample.params).map((name): [string, (item: unknown) => Sample] => [
      `path.${name}`,
      (item) => ({ ...sample, params: { ...sample.params, [name]: item } }),
    ]),
    ...Object.keys(sample.query).map((name): [string, (item: unknown) => Sample] => [
      `query.${name}`,
      (item) => ({ ...sample, query: { ...sample.query, [name]: item } }),
    ]),
    ...(sample.body === undefined ? [] : [[], ...placesOf(sample.body)]).map(
      (at): [string, (item: unknown) => Sample] => [
        `body.${at.join('.')}`,
        (item) => ({ ...sample, body: replaceAt(sample.body, at, item) }),
      ],
    ),
  ]
  let turn = operation.path.length
  for (const [place, put] of places)
    for (const item of LONG ? HOSTILE : Array.from({ length: SHARE }, () => HOSTILE[(turn += 7) % HOSTILE.length]))
      yield { operation, place, sample: put(item) }
}

async function faultOf({ operation, place, sample }: Attempt): Promise<string | null> {
  const what = `${operation.method} ${operation.path} ${place} ${JSON.stringify(sample).slice(0, 300)}`
  const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), HANGS_MS).unref())
  const answer = await Promise.race([sendSample(app, operation, sample, callerOf(operation)), late])
  if (answer === 'late') return `hangs: ${what}`
  const text = JSON.stringify(answer.body ?? '')
  const partnerDown = (answer.status === 502 || answer.status === 503) && PARTNER.test(operation.path)
  if (answer.status >= 500 && !partnerDown) return `${answer.status}: ${what} → ${text.slice(0, 200)}`
  if (answer.headers.get('x-injected')) return `header: ${what}`
  if (operation.path !== '/docs' && LEAKS.test(text)) return `leak: ${what} → ${text.slice(0, 200)}`
  return null
}

test('no input of any route makes a 5xx, a hang or a leak', async () => {
  const faults: string[] = []
  let tried = 0
  for (const operation of operations) {
    if (/openapi\.json|events\/stream/.test(operation.path)) continue
    const attempts = attemptsOf(operation)
    const worker = async () => {
      for (const attempt of attempts) {
        tried++
        const fault = await faultOf(attempt)
        if (fault) faults.push(fault)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    // A password that was changed or an account that was disabled by what was tried.
    await app.context.database.db.updateTable('staff').set({ is_active: true, tokens_valid_after: null }).execute()
    await logInAgain(app, crew)
  }
  process.stdout.write(`${tried} inputs tried on ${operations.length} routes\n`)
  expect(faults).toEqual([])
  expect(({} as Record<string, unknown>).isAdmin).toBeUndefined()
})

test('nothing of it is in the log or the database: no password, token or key', async () => {
  const log = app.logs.join('')
  const [database] = fs.readdirSync(app.dataDir).filter((name) => name.endsWith('.db'))
  const stored = ['', '-wal'].map((end) => path.join(app.dataDir, `${database}${end}`)).filter(fs.existsSync)
  const rows = stored.map((file) => fs.readFileSync(file).toString('latin1')).join('')
  const secrets = [PLANTED, crew.customer.token, crew.admin.token, app.secrets.jwtSecret]
  for (const secret of secrets)
    expect([secret.slice(0, 8), log.includes(secret), rows.includes(secret)]).toEqual([
      secret.slice(0, 8),
      false,
      false,
    ])
  expect(rows.length + log.length).toBeGreaterThan(10_000)
})
