import fs from 'node:fs'
import path from 'node:path'
import type { ApiAnswer } from '../../support/api-client'
import { type Crew, logInAgain } from '../../support/field-work'
import type { TestApp } from '../../support/test-app'
import { SANDBOX_ACCOUNT } from '../../../server/sandbox/external-site'
import {
  encodingsOf,
  type FilePart,
  type Known,
  nameOf,
  type Operation,
  operationsOf,
  placesOf,
  replaceAt,
  type Sample,
  sendSample,
} from './operations'
import { isSigned, knownOf, PASSWORD, signedFor, usesUp, type Valid, validRequest } from './valid-requests'
import { startWorld, type World } from './world'

const LONG = Boolean(process.env.FUZZ_LONG)
// The long form tries every text at every place.
jest.setTimeout(LONG ? 3_600_000 : 600_000)

/** Of what is tried in each place by the short form. */
const SHARE = 5
const AT_ONCE = 6
/** The timer's call answers after twenty seconds though work goes on. */
const HANGS_MS = 30_000

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
  // What is read in quadratic time takes minutes at this length.
  'x'.repeat(400_000),
  '1'.repeat(400_000),
  `a@${'.'.repeat(400_000)} `,
  '/'.repeat(400_000) + 'x',
  '(a+)+$'.repeat(200),
  Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`field${index}`, '长'.repeat(5)])),
  Array.from({ length: 3000 }, (_, index) => ({ index })),
]

/** What no answer may show of the inside. */
const LEAKS =
  /node_modules|\bat \S+ \(|\.ts:\d+|SQLITE_|SqliteError|\b(select|insert into|update) "|stack"|Incorrect syntax/
/** Where the answer is the site's: a wrong password, or a site that is not there. */
const SITE_CALLS =
  /\/external\/(\{system\}\/\{account\}\/(session|check)|systems\/\{system\}\/dry-run|logs\/\{id\}\/replay)$/

/** Messages leave a few seconds apart, by the clock, and a call waits for its turn. */
const PACED = 'POST /api/send-text'
const SHARE_OF_PACED = 6

/** Calls that are refused however good they are. */
const REFUSED: Record<string, [status: number, why: string]> = {
  'GET /api/v1/admin/external/challenges/{id}': [404, 'no site asks for a person here'],
  'POST /api/v1/admin/external/challenges/{id}': [404, 'no site asks for a person here'],
  'POST /callback/wxwork': [403, 'the gateway’s address has the secret in it'],
}

const HEADERS = [
  'idempotency-key',
  'x-trace-id',
  'content-type',
  'authorization',
  'cookie',
  'x-csrf-token',
  'x-forwarded-for',
  'accept-language',
  'if-none-match',
  'range',
]
const HOSTILE_TYPES = ['text/plain', 'application/json; charset=utf-7', 'multipart/form-data', 'a/b; boundary="', ';;']
const FILE_CHANGES: [string, Partial<FilePart>][] = [
  ['empty', { content: Buffer.alloc(0) }],
  ['no picture', { content: Buffer.from('\u0089PNG\r\n\u001a\n'.repeat(50), 'latin1') }],
  ['a script', { content: Buffer.from('<script>alert(1)</script>'), name: 'a.html', type: 'text/html' }],
  ['a path', { name: '../../../../etc/passwd' }],
  ['a long name', { name: '长'.repeat(4000) }],
  ['no name', { name: '' }],
  ['another field', { field: '__proto__' }],
  ['a list', { field: 'file[0][x]' }],
  ['an odd type', { type: 'x'.repeat(3000) }],
]

let world: World
let app: TestApp
let crew: Crew
let known: Known
let operations: Operation[]

beforeAll(async () => {
  const env = { CLOUD_SHARED_SECRET: PASSWORD.repeat(3), NGS_TOKEN: `${PASSWORD}-ngs` }
  world = await startWorld(env)
  app = world.app
  crew = world.crew
  known = await knownOf(world)
  operations = (await operationsOf(app)).filter(({ path }) => !/openapi\.json|events\/stream/.test(path))
})
afterAll(() => world.close())

test('a request as it should be is taken by every route, in every form it takes', async () => {
  const wrong: string[] = []
  for (const operation of operations)
    for (const encoding of encodingsOf(operation)) {
      const { sample, caller } = await validRequest(world, operation, known, encoding)
      const { status, body } = await sendSample(app, operation, sample, caller)
      const [expected] = REFUSED[nameOf(operation)] ?? [Math.floor(status / 100) === 2 ? status : 200]
      if (status !== expected)
        wrong.push(`${nameOf(operation)} (${encoding}): ${status} ${JSON.stringify(body).slice(0, 200)}`)
    }
  expect(wrong).toEqual([])
})

type Put = (sample: Sample, item: unknown) => Sample

/** Every place of a request that something else can be put into. */
function placesIn({ params, query, body }: Sample): [string, Put][] {
  const inside = (part: 'params' | 'query') => (name: string) =>
    [
      `${part}.${name}`,
      (sample, item) => ({ ...sample, [part]: { ...sample[part], [name]: inHead(item) } }),
    ] satisfies [string, Put]
  return [
    ...Object.keys(params).map(inside('params')),
    ...Object.keys(query).map(inside('query')),
    ...(body === undefined ? [] : [[], ...placesOf(body)]).map(
      (at) =>
        [`body.${at.join('.')}`, (sample, item) => ({ ...sample, body: replaceAt(sample.body, at, item) })] satisfies [
          string,
          Put,
        ],
    ),
  ]
}

/** Node answers 431 to a longer head and closes; what is longer still would be on its way and meet a closed door. */
const MAX_HEAD = 20_000
const inHead = (item: unknown) => (typeof item === 'string' ? item.slice(0, MAX_HEAD) : item)

/** As a header can carry it: bytes, no line ends. */
const headerText = (given: unknown) => {
  const item = inHead(given)
  return (
    Buffer.from(typeof item === 'string' ? item.toWellFormed() : (JSON.stringify(item) ?? ''))
      .toString('latin1')
      // oxlint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, '')
  )
}

interface Attempt {
  place: string
  put: (sample: Sample) => Sample
}

function* attemptsOf(operation: Operation, sample: Sample): Generator<Attempt> {
  let turn = operation.path.length
  const some = (share: number) =>
    LONG ? HOSTILE : Array.from({ length: share }, () => HOSTILE[(turn += 7) % HOSTILE.length])
  for (const [place, put] of placesIn(sample))
    for (const item of some(SHARE)) yield { place, put: (one) => put(one, item) }
  const headers = LONG
    ? HEADERS
    : Array.from({ length: SHARE }, (_, index) => HEADERS[(turn + index) % HEADERS.length]!)
  for (const name of headers)
    for (const item of name === 'content-type' ? HOSTILE_TYPES : some(1))
      yield {
        place: `header ${name}`,
        put: (one) => ({ ...one, headers: { ...one.headers, [name]: headerText(item) } }),
      }
  if (sample.files)
    for (const [place, change] of FILE_CHANGES)
      yield { place, put: (one) => ({ ...one, files: one.files!.map((file) => ({ ...file, ...change })) }) }
}

async function answerOf(operation: Operation, { sample, caller }: Valid, { place, put }: Attempt) {
  const changed = put(sample)
  // A signature of what was changed, or nothing behind it would be reached.
  const headers = isSigned(operation) ? signedFor(world, operation, changed.body) : {}
  const sent = place.startsWith('header') ? changed : { ...changed, headers: { ...changed.headers, ...headers } }
  const what = `${nameOf(operation)} ${place} ${JSON.stringify({ ...sent, files: sent.files?.length }).slice(0, 300)}`
  const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), HANGS_MS).unref())
  const answer = await Promise.race([sendSample(app, operation, sent, caller), late])
  return { what, answer }
}

function faultOf(operation: Operation, what: string, answer: ApiAnswer | 'late'): string | null {
  if (answer === 'late') return `hangs: ${what}`
  const text = JSON.stringify(answer.body ?? '')
  const isSites = (answer.status === 502 || answer.status === 503) && SITE_CALLS.test(operation.path)
  if (answer.status >= 500 && !isSites) return `${answer.status}: ${what} → ${text.slice(0, 200)}`
  if (answer.headers.get('x-injected')) return `header: ${what}`
  if (!operation.path.startsWith('/docs') && LEAKS.test(text)) return `leak: ${what} → ${text.slice(0, 200)}`
  return null
}

test('no input of any route makes a 5xx, a hang or a leak', async () => {
  const faults: string[] = []
  const counts = { tried: 0, taken: 0 }
  for (const operation of operations)
    for (const encoding of encodingsOf(operation)) {
      let valid = await validRequest(world, operation, known, encoding)
      const isPaced = nameOf(operation) === PACED
      const all = [...attemptsOf(operation, valid.sample)]
      const attempts = (isPaced && !LONG ? all.filter((_one, index) => index % SHARE_OF_PACED === 0) : all).values()
      const clock = isPaced ? setInterval(() => app.clock.advance(1000), 20) : undefined
      const worker = async () => {
        for (const attempt of attempts) {
          const { what, answer } = await answerOf(operation, valid, attempt)
          counts.tried++
          const fault = faultOf(operation, what, answer)
          if (fault) faults.push(fault)
          if (answer === 'late' || answer.status >= 300) continue
          counts.taken++
          if (usesUp(operation)) valid = await validRequest(world, operation, known, encoding)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
      clearInterval(clock)
      app.queries.length = 0
      if (LONG) process.stdout.write(`${all.length} inputs for ${nameOf(operation)} (${encoding})\n`)
      // An account that was disabled, or a password that was changed, by what was tried.
      await app.context.database.db.updateTable('staff').set({ is_active: true, tokens_valid_after: null }).execute()
      await logInAgain(app, crew)
    }
  process.stdout.write(`${counts.tried} inputs tried on ${operations.length} routes, ${counts.taken} of them taken\n`)
  expect(faults).toEqual([])
  expect(({} as Record<string, unknown>).isAdmin).toBeUndefined()
})

test('nothing of it is in the log or the database: no password, token, key or cookie', async () => {
  const [database] = fs.readdirSync(app.dataDir).filter((name) => name.endsWith('.db'))
  // Searched as they are: one string does not hold what the long form leaves.
  const stored = ['', '-wal']
    .map((end) => path.join(app.dataDir, `${database}${end}`))
    .filter(fs.existsSync)
    .map((file) => fs.readFileSync(file))
  const isLogged = (text: string) => app.logs.some((line) => line.includes(text))
  const isStored = (text: string, encoding: 'latin1' | 'utf8' = 'latin1') =>
    stored.some((bytes) => bytes.includes(text, 0, encoding))
  const { jwtSecret, dataKey, eventKey, callbackSecret } = app.secrets
  const keys = [jwtSecret, dataKey, eventKey, callbackSecret].flatMap((key) =>
    typeof key === 'string' ? [key] : [key.toString('base64'), key.toString('hex'), key.toString('latin1')],
  )
  const tokens = [crew.customer, crew.worker, crew.other, crew.dispatcher, crew.admin].map(({ token }) => token)
  const secrets = [PASSWORD, 'password123', SANDBOX_ACCOUNT.password, ...world.siteCookies, ...keys, ...tokens]
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(5)
    expect([secret.slice(0, 8), isLogged(secret), isStored(secret)]).toEqual([secret.slice(0, 8), false, false])
  }
  // What was searched is where it would be: a customer's address and a route that was asked.
  expect(isStored('北京市海淀区中关村', 'utf8')).toBe(true)
  expect(isLogged('/homecare/checkin/submit')).toBe(true)
  const sizes = [stored, app.logs].map((parts) => parts.reduce((sum, { length }) => sum + length, 0))
  expect(Math.min(...sizes)).toBeGreaterThan(1_000_000)
})
