import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SANDBOX_NGS_TOKEN } from '../../../server/config/ngs'
import { schemaFaults } from '../../support/json-schema'
import type { NgsControl } from '../../../server/sandbox/ngs'
import { addCrew, countOf, type Crew, NO_LIMITS } from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

const OPERATIONS = ['save', 'send', 'close', 'failedClose', 'reminder', 'back', 'revoke']

/** The document's request of save and send, once for each of its two uses; the comments are its own. */
const REST = `
	"operateTaskGuid": "BCDBBD33-BD6A-6168-63CE-4E55620D3CB4",
	"toStep": "",
	"toGrp": "",
	"toBy": "",
	"toRole": "",
	"substatus": "",
	"rolegroupId": "",
	"objective": {
		"stringfield1": "aaa"
	},
	"task": {
		"event_guid": "bbb"
	},
	"tabc": {
		"xxx": {
			"a": 1
		}
	},
    "step": {
        "ooo": "abc"
    }
}`
const NEW = `{
    "mapId": "xxxxxx",
    "customerGuid": "xxxx",${REST}`
const EXISTING = `{
	"oId": "C37F1819-8963-1CD4-E9C2-9DA64826DDD4",
	"taskId": "BCDBBD33-BD6A-6168-63CE-4E55620D3CB4",${REST}`
const CLOSE = `{
	"oId": "C37F1819-8963-1CD4-E9C2-9DA64826DDD4",
	"taskId": "BCDBBD33-BD6A-6168-63CE-4E55620D3CB4"
}`
const FAILED_CLOSE = `{
	"oId": "C37F1819-8963-1CD4-E9C2-9DA64826DDD4",
	"taskId": "BCDBBD33-BD6A-6168-63CE-4E55620D3CB4",
	"objectiveStatus": "xxx"
}`
const EXAMPLES: [operation: string, body: string][] = [
  ['save', NEW],
  ['save', EXISTING],
  ['send', NEW],
  ['send', EXISTING],
  ['close', CLOSE],
  ['failedClose', FAILED_CLOSE],
  ['reminder', '{"oId":"A","taskId":"B","comments":"请尽快","step":{"x":"y"}}'],
  ['back', '{"oId":"A","taskId":"B","comments":"退回","handleType":"GR","sendType":10}'],
  ['revoke', '{"oId":"A","taskId":"B","comments":"撤回"}'],
]

const raw = async (app: TestApp, path: string, body: string, headers: Record<string, string>) => {
  const response = await fetch(app.url + path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  })
  return { status: response.status, body: (await response.json()) as any }
}
const failure = (body: unknown) => {
  expect(body).toEqual({ code: 0, message: expect.stringMatching(/[\u4e00-\u9fff]/), value: null })
}

describe('against a recording server', () => {
  interface Received {
    line: string
    body: string
    headers: Record<string, string | string[] | undefined>
  }
  let received: Received[]
  let app: TestApp
  let crew: Crew
  let answer: string
  let close: () => void

  beforeAll(async () => {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const { method, url, headers } = request
      received.push({ line: `${method} ${url}`, body: Buffer.concat(chunks).toString(), headers })
      response.setHeader('content-type', 'application/json').end(answer)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    close = () => void (server.closeAllConnections(), server.close())
    app = await startTestApp({
      env: {
        NGS_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        NGS_TOKEN: 'configured-token',
        NGS_DB_POOL: 'pool1',
      },
      ...NO_LIMITS,
    })
    crew = await addCrew(app)
  })
  afterAll(async () => {
    await app.close()
    close()
  })
  beforeEach(() => {
    received = []
    answer = '{"code":1,"message":"","value":null}'
  })

  const post = (operation: string, body: string, headers: Record<string, string> = {}) =>
    raw(app, `/ngs/wo/${operation}`, body, { authorization: `Bearer ${crew.dispatcher.token}`, ...headers })

  describe.each<[string, Record<string, string>, Record<string, string | undefined>]>([
    ['with the configured token', {}, { token: 'configured-token', dbpool: 'pool1', ds: undefined }],
    ['with the caller’s token', { token: 'own' }, { token: 'own', dbpool: undefined, ds: undefined }],
    [
      'with the white list’s headers',
      { ds: 'gl2019', epid: 'EP', staffId: 'SELITE', groupId: 'SYSTEM', dbPool: 'pool2' },
      { ds: 'gl2019', epid: 'EP', staffid: 'SELITE', groupid: 'SYSTEM', dbpool: 'pool2', token: undefined },
    ],
  ])('%s', (_case, headers, expected) => {
    test.each(EXAMPLES)('%s arrives unchanged: %s', async (operation, body) => {
      expect(await post(operation, body, headers)).toEqual({ status: 200, body: { code: 1, message: '', value: null } })
      expect(received).toHaveLength(1)
      expect(received[0]).toMatchObject({ line: `POST /ngs/wo/${operation}`, body })
      for (const [name, value] of Object.entries(expected)) expect(received[0]!.headers[name]).toBe(value)
      expect(JSON.stringify(received[0]!.headers)).not.toContain(crew.dispatcher.token)
    })
  })

  test('numbers beyond what JavaScript counts, and fields nobody knows, arrive as they were', async () => {
    const body = '{"oId":"A","taskId":"B","tabc":{"t":{"id":12345678901234567890,"x":1.10}},"new":[null,"é\\u4e2d"]}'
    await post('save', body)
    expect(received[0]!.body).toBe(body)
  })

  test('a value comes back as it is, and a message of success does not', async () => {
    answer = '{"code":1,"message":"internal note","value":{"oId":"A","taskId":"B","list":[1]}}'
    expect((await post('send', NEW)).body).toEqual({
      code: 1,
      message: '',
      value: { oId: 'A', taskId: 'B', list: [1] },
    })
  })

  describe('what is refused before the call', () => {
    afterEach(() => {
      if (received.length > 0) throw new Error('ngs was called')
    })

    test.each<[string, string, string[]]>([
      ['save', '{}', ['mapId', 'customerGuid', 'oId', 'taskId']],
      ['send', '{"mapId":"m"}', ['customerGuid']],
      ['send', '{"customerGuid":"c","mapId":" "}', ['mapId']],
      ['send', '{"oId":"o"}', ['taskId']],
      ['back', '{"taskId":"t","oId":""}', ['oId']],
      ['send', '{"mapId":"m","customerGuid":"c","oId":"o","taskId":"t"}', ['mapId', 'customerGuid', 'oId', 'taskId']],
      ['revoke', '{"mapId":"m","customerGuid":"c","oId":"o"}', ['mapId', 'customerGuid', 'oId']],
      ['close', '{}', ['oId', 'taskId']],
      ['close', '{"mapId":"m","customerGuid":"c"}', ['mapId', 'customerGuid', 'oId', 'taskId']],
      ['failedClose', '{"oId":"o"}', ['taskId']],
      ['reminder', '{"oId":7,"taskId":"t"}', ['oId']],
      ['save', '{"oId":"o","taskId":"t","objective":"x"}', ['objective']],
      ['save', '{"oId":"o","taskId":"t","tabc":{"x":1}}', ['tabc.x']],
    ])('%s %s', async (operation, body, paths) => {
      const refused = await post(operation, body)
      expect(refused.status).toBe(400)
      failure(refused.body)
      expect(paths.some((path) => refused.body.message.includes(path))).toBe(true)
    })

    test.each(['', 'null', '[]', '"x"', '{', '{"oId":"o","taskId":"t"'])('a body of %j', async (body) => {
      const refused = await post('save', body)
      expect(refused.status).toBe(400)
      failure(refused.body)
    })

    test('a body that is too large, and one that is no JSON', async () => {
      const large = await post('save', JSON.stringify({ oId: 'o', taskId: 't', x: 'x'.repeat(1_100_000) }))
      expect(large.status).toBe(413)
      failure(large.body)
      const form = await post('save', 'oId=o', { 'content-type': 'application/x-www-form-urlencoded' })
      expect(form.status).toBe(415)
      failure(form.body)
    })

    test('whoever is not staff of the office', async () => {
      const as = (token?: string) => raw(app, '/ngs/wo/close', CLOSE, token ? { authorization: `Bearer ${token}` } : {})
      const answers = await Promise.all([as(), as('forged'), as(crew.customer.token), as(crew.worker.token)])
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 403, 403])
      for (const { body } of answers) failure(body)
    })

    test.each(['/ngs/wo/unknown', '/ngs/wo', '/ngs/wo/', '/ngs', '/ngs/other'])('%s is unknown', async (path) => {
      const refused = await raw(app, path, '{}', { authorization: `Bearer ${crew.admin.token}` })
      expect(refused.status).toBe(404)
      failure(refused.body)
    })
  })

  test('the same key sends once', async () => {
    answer = '{"code":1,"message":"","value":{"oId":"A","taskId":"B"}}'
    const once = () => post('send', NEW, { 'idempotency-key': 'send-1' })
    const [first, second] = [await once(), await once()]
    expect(second).toEqual(first)
    expect(received).toHaveLength(1)
    expect((await post('send', EXISTING, { 'idempotency-key': 'send-1' })).status).toBe(422)
  })

  test('a doubtful send is not repeated under the same key', async () => {
    answer = '<html>'
    const once = () => post('send', NEW, { 'idempotency-key': 'send-2' })
    expect((await once()).status).toBe(502)
    answer = '{"code":1}'
    const again = await once()
    expect(again.status).toBe(502)
    failure(again.body)
    expect(received).toHaveLength(1)
  })

  test('a send that surely was not carried out may be tried again under its key', async () => {
    answer = '{"code":0,"message":"工单已结案"}'
    const once = () => post('send', NEW, { 'idempotency-key': 'send-3' })
    failure((await once()).body)
    answer = '{"code":1,"message":"","value":{"oId":"A","taskId":"B"}}'
    expect((await once()).status).toBe(200)
    expect(received).toHaveLength(2)
  })
})

describe('against the sandbox', () => {
  let app: TestApp
  let crew: Crew
  beforeEach(async () => {
    app = await startTestApp({ ngs: true, ...NO_LIMITS })
    crew = await addCrew(app)
  })
  afterEach(() => app.close())

  const post = (operation: string, body: object, headers = {}) =>
    app.api.post(`/ngs/wo/${operation}`, body, { ...crew.admin, headers })

  test('an order is saved, sent, reminded and closed', async () => {
    const saved = await post('save', { mapId: 'm', customerGuid: 'c', objective: { stringfield1: 'aaa' } })
    expect(saved.body).toEqual({ code: 1, message: '', value: { oId: expect.any(String), taskId: expect.any(String) } })
    for (const operation of ['send', 'reminder', 'back', 'revoke', 'close'])
      expect((await post(operation, saved.body.value)).body.code).toBe(1)
    const [order] = app.sandbox.ngs.orders()
    expect(order).toMatchObject({ state: 'closed', mapId: 'm', customerGuid: 'c' })
    const twice = await post('failedClose', saved.body.value)
    expect(twice.status).toBe(422)
    failure(twice.body)
  })

  test.each<[string, NgsControl, number]>([
    ['down', { dropConnection: true }, 502],
    ['refusing', { status: 503 }, 503],
    ['behind a gateway that gave up', { status: 504 }, 503],
    ['overrun', { status: 429 }, 429],
    ['broken', { status: 500 }, 502],
    ['losing the answer', { dropAnswer: true }, 502],
    ['answering HTML', { garbage: true }, 502],
    ['angry', { refusals: [{ message: 'ORA-00942 at 10.1.2.3 token=abc', times: 99 }] }, 422],
    ['not knowing us', { status: 401 }, 502],
    ['moved', { status: 302 }, 502],
  ])('ngs %s', async (_case, control, status) => {
    app.sandbox.ngs.control(control)
    for (const operation of OPERATIONS) {
      const answer = await post(operation, { oId: 'A', taskId: 'B' })
      expect([operation, [status, 503].includes(answer.status)]).toEqual([operation, true])
      failure(answer.body)
      expect(answer.body.message).not.toMatch(/ORA|10\.1|html|sandbox fault|token|ECONN/)
    }
  })

  test('nobody at the address', async () => {
    await app.sandbox.ngs.close()
    const answer = await post('close', { oId: 'A', taskId: 'B' })
    expect(answer.status).toBe(503)
    failure(answer.body)
    expect(answer.headers.get('retry-after')).toBe('5')
  })

  test('a token ngs does not know is refused there, and stands in no record', async () => {
    const answer = await post('close', { oId: 'A', taskId: 'B' }, { token: 'private-token-4711' })
    expect(answer.status).toBe(422)
    await app.context.externalLog.flush()
    const { list } = (await app.api.get('/api/v1/admin/external/logs?system=ngs', crew.admin)).body.data
    expect(list).toMatchObject([{ api_endpoint: '/ngs/wo/close', success: false, response_status: 200 }])
    expect(list[0].response_body.message).toContain('token')
    expect(JSON.stringify(list) + app.logs.join('')).not.toMatch(/private-token-4711/)
    expect(JSON.stringify(list) + app.logs.join('')).not.toContain(SANDBOX_NGS_TOKEN)
  })

  test('a call is recorded with its trace id, and counted', async () => {
    await post('save', { mapId: 'm', customerGuid: 'c' }, { 'x-trace-id': 'trace-4711' })
    await app.context.externalLog.flush()
    expect(await countOf(app, 'external_api_log')).toBeGreaterThanOrEqual(1)
    const { list } = (await app.api.get('/api/v1/admin/external/logs?q=trace-4711', crew.admin)).body.data
    expect(list).toMatchObject([{ system_name: 'ngs', trace_id: 'trace-4711', success: true }])
    expect(app.sandbox.ngs.requests()[0]!.headers['x-trace-id']).toBe('trace-4711')
    expect((await app.api.get('/metrics')).body).toContain(
      'partner_call_duration_seconds_count{partner="ngs",outcome="ok"} 1',
    )
  })

  test('a partner that is down is named by /readyz', async () => {
    await app.sandbox.ngs.close()
    for (let i = 0; i < 6; i++) await post('close', { oId: 'A', taskId: 'B' })
    const { status, body } = await app.api.get('/readyz')
    expect([status, body.checks.ngs]).toEqual([200, { ok: false, detail: 'open' }])
  })

  test('answers are what the OpenAPI document says', async () => {
    const { paths } = (await app.api.get('/openapi.json')).body
    for (const answer of [await post('save', { mapId: 'm', customerGuid: 'c' }), await post('save', {})]) {
      const { content } = paths['/ngs/wo/save'].post.responses[String(answer.status)]
      expect(schemaFaults(content['application/json'].schema, answer.body)).toEqual([])
    }
  })
})

test('without configuration the routes say so', async () => {
  const app = await startTestApp({ env: { UPSTREAMS: 'live' } })
  const crew = await addCrew(app)
  const answer = await app.api.post('/ngs/wo/close', { oId: 'A', taskId: 'B' }, crew.admin)
  expect(answer.status).toBe(503)
  failure(answer.body)
  await app.close()
})
