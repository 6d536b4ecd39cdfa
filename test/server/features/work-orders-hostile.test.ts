import type { Schema } from '../../../server/db/schema'
import { ENGINES } from '../../support/engines'
import {
  addAcceptedOrder,
  addCrew,
  addDispatchedOrder,
  addOrder,
  chainOf,
  countOf,
  type Crew,
  NO_LIMITS,
  SITE,
} from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

type Who = 'worker' | 'dispatcher' | 'admin'
const STORES: (keyof Schema)[] = [
  'hc_dispatch_assignments',
  'ec_care_tasks',
  'hc_worker_locations',
  'hc_work_order_events',
  'step_record',
  'sys_sla_config',
  'audit_log',
  'staff',
  'sync_item',
  'notification',
]
const UNKNOWN = '00000000-0000-7000-8000-000000000000'
const BIG = 'x'.repeat(300_000)

/** Values no id can be; an id of the right form that is nobody's is 404, see below. */
const NO_IDS: [string, unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a number', 7],
  ['a list', ['a']],
  ['an object', { $ne: null }],
  ['true', true],
  ['blanks', '   '],
  ['NUL', 'a\u0000b'],
  ['half a surrogate pair', '\ud83d'],
  ['too much', BIG],
]
const NO_TEXTS: [string, unknown][] = [...NO_IDS.filter(([name]) => !/nothing|null/.test(name)), ['nothing', undefined]]

describe.each(ENGINES)('bad input on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  let ids: { open: string; dispatched: string; accepted: string }
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
    ids = {
      open: await addOrder(app, crew),
      dispatched: await addDispatchedOrder(app, crew),
      accepted: await addAcceptedOrder(app, crew),
    }
  })
  afterAll(() => app.close())
  const stored = async () => Object.fromEntries(await Promise.all(STORES.map(async (t) => [t, await countOf(app, t)])))

  /** Every write of field work with a body that would be taken. */
  const ROUTES: [path: string, who: Who, body: () => Record<string, unknown>, texts: string[]][] = [
    [
      '/homecare/dispatch',
      'dispatcher',
      () => ({ workOrderId: ids.open, workerId: crew.workerId }),
      ['workOrderId', 'workerId'],
    ],
    ['/homecare/accept', 'worker', () => ({ workOrderId: ids.dispatched }), ['workOrderId']],
    ['/homecare/reject', 'worker', () => ({ workOrderId: ids.dispatched, reason: '忙' }), ['workOrderId', 'reason']],
    ['/homecare/claim', 'worker', () => ({ workOrderId: ids.open }), ['workOrderId']],
    ['/homecare/cancel', 'admin', () => ({ workOrderId: ids.open, reason: '重复' }), ['workOrderId', 'reason']],
    ['/homecare/checkin/precheck', 'worker', () => ({ workOrderId: ids.accepted, ...SITE }), ['workOrderId']],
    ['/homecare/checkin/submit', 'worker', () => ({ workOrderId: ids.accepted, ...SITE }), ['workOrderId']],
    [
      '/homecare/checkout',
      'worker',
      () => ({ workOrderId: ids.accepted, ...SITE, summary: '完成' }),
      ['workOrderId', 'summary'],
    ],
  ]

  describe.each(ROUTES)('%s', (path, who, body, texts) => {
    const send = (json: unknown) => app.api.post(path, json, crew[who])

    test.each(NO_TEXTS)(
      'with %s for a text is 400, names the field in Chinese and stores nothing',
      async (_name, value) => {
        const before = await stored()
        for (const field of texts) {
          const answer = await send({ ...body(), [field]: value })
          expect([field, answer.status, answer.body.code]).toEqual([field, 400, 'BAD_REQUEST'])
          expect(answer.body.data.fields.map((one: { path: string }) => one.path)).toEqual([field])
          expect(answer.body.msg).toMatch(/[\u4e00-\u9fff].*（\w+）/)
          expect(answer.body.msg.length).toBeLessThan(200)
        }
        expect(await stored()).toEqual(before)
      },
    )

    test('with an unknown order is 404 and stores nothing', async () => {
      const before = await stored()
      for (const workOrderId of [UNKNOWN, "' or '1'='1", '__proto__', 'constructor', '%', '../../etc/passwd']) {
        const answer = await send({ ...body(), workOrderId })
        expect([answer.status, answer.body.code, answer.body.data]).toEqual([404, 'NOT_FOUND', null])
      }
      expect(await stored()).toEqual(before)
    })

    test.each([
      ['a list', []],
      ['a text', 'x'],
      ['a number', 5],
      ['null', null],
    ])('with %s for a body is 400', async (_name, json) => {
      const answer = await send(json)
      expect([answer.status, answer.body.code]).toEqual([400, 'BAD_REQUEST'])
      expect(answer.body.msg).toMatch(/[\u4e00-\u9fff]/)
    })

    test('with half a JSON is 400, as a form 415, over a megabyte 413', async () => {
      const headers = { authorization: `Bearer ${crew[who].token}` }
      const raw = (content: string, type = 'application/json') =>
        fetch(app.url + path, { method: 'POST', headers: { ...headers, 'content-type': type }, body: content })
      expect((await raw('{"workOrderId":')).status).toBe(400)
      expect((await raw('workOrderId=1', 'application/x-www-form-urlencoded')).status).toBe(415)
      expect((await raw(JSON.stringify({ ...body(), more: 'x'.repeat(1_100_000) }))).status).toBe(413)
    })

    test('with “__proto__” is 400 and pollutes nothing', async () => {
      const before = await stored()
      const text = JSON.stringify(body()).replace('{', '{"__proto__":{"role":"ADMIN","polluted":1},')
      const headers = { authorization: `Bearer ${crew[who].token}`, 'content-type': 'application/json' }
      expect((await fetch(app.url + path, { method: 'POST', headers, body: text })).status).toBe(400)
      expect(({} as { polluted?: number }).polluted).toBeUndefined()
      expect(await stored()).toEqual(before)
    })

    test('with a key of 129 characters is 400', async () => {
      if (path.endsWith('precheck')) return
      const before = await stored()
      const request = { ...crew[who], headers: { 'idempotency-key': 'k'.repeat(129) } }
      expect((await app.api.post(path, body(), request)).status).toBe(400)
      expect(await stored()).toEqual(before)
    })
  })

  test.each<[object, string]>([
    [{ latitude: '39.9' }, 'latitude'],
    [{ latitude: null }, 'latitude'],
    [{ longitude: 200 }, 'longitude'],
    [{ accuracy: -5 }, 'accuracy'],
    [{ signature: 12345678 }, 'signature'],
    [{ signature: ['12345678'] }, 'signature'],
    [{ signature: '12345678\u0000' }, 'signature'],
    [{ signature: 'x'.repeat(800_001) }, 'signature'],
    [{ evidenceFileIds: 'abc' }, 'evidenceFileIds'],
    [{ evidenceFileIds: [5] }, 'evidenceFileIds.0'],
    [{ evidenceFileIds: [null] }, 'evidenceFileIds.0'],
    [{ capturedAt: 'now' }, 'capturedAt'],
    [{ offlineTicket: 'x' }, 'offlineTicket'],
    [{ offlineTicket: { nonce: 5 } }, 'offlineTicket.workOrderId'],
  ])('a submit with %j is 400 by name: no fix, no event', async (changes, path) => {
    const before = await stored()
    const body = { workOrderId: ids.accepted, ...SITE, ...changes }
    const answer = await app.api.post('/homecare/checkin/submit', body, crew.worker)
    expect([answer.status, answer.body.data.fields[0].path]).toEqual([400, path])
    expect(answer.body.msg).toMatch(/[\u4e00-\u9fff]/)
    expect(await stored()).toEqual(before)
  })

  test('texts at their limits, emoji at the end, are taken and come back whole', async () => {
    const workOrderId = await addOrder(app, crew)
    const note = `${'备'.repeat(498)}🧪`
    await app.api.post('/homecare/dispatch', { workOrderId, workerId: crew.workerId, note }, crew.dispatcher)
    const detail = await app.api.get(`/homecare/work-orders/${workOrderId}`, crew.worker)
    expect(detail.body.data.dispatch_note).toBe(note)
    const reason = `'; drop table task; -- ${'因'.repeat(400)}`
    expect((await app.api.post('/homecare/reject', { workOrderId, reason }, crew.worker)).status).toBe(200)
    expect(await chainOf(app, workOrderId)).toEqual(['SUBMITTED', 'DISPATCHED', 'REJECTED'])
    const tooLong = { workOrderId, reason: 'x'.repeat(501) }
    expect((await app.api.post('/homecare/cancel', tooLong, crew.dispatcher)).status).toBe(400)
  })

  test.each(['/homecare/nothing', '/auth/nothing', '/homecare', '/homecare/work-orders/x/y'])(
    '%s is 404 in the envelope of the document',
    async (path) => {
      const { status, body } = await app.api.get(path, crew.worker)
      expect([status, body]).toEqual([
        404,
        { code: 'NOT_FOUND', msg: expect.stringMatching(/[\u4e00-\u9fff]/), data: null, traceId: expect.any(String) },
      ])
    },
  )

  test('every answer carries its trace, taken over from the caller', async () => {
    const headers = { 'x-trace-id': 'field-trace-0001' }
    const { body, headers: answered } = await app.api.get('/homecare/work-orders/x', { ...crew.worker, headers })
    expect([body.traceId, answered.get('x-trace-id')]).toEqual(['field-trace-0001', 'field-trace-0001'])
  })
})
