import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type HttpCall, createHttpClient } from '../../../server/connectors/kit/http'
import { createNgs, type NgsIdentity } from '../../../server/connectors/ngs'
import { NGS_OPERATIONS } from '../../../server/connectors/ngs/constants'
import { orderIdsOf } from '../../../server/connectors/ngs/schema'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

interface Recording {
  status?: number
  type?: string
  body?: string
  /** Instead of an answer. */
  fault?: 'hang' | 'reset'
}

/** A server that writes down what it gets, byte for byte, and answers what was typed from the document. */
async function recorder({ status = 200, type = 'application/json;charset=UTF-8', body = '', fault }: Recording = {}) {
  const received: { line: string; headers: Record<string, string>; body: string }[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const pairs = request.rawHeaders.flatMap((name, i, all) => (i % 2 === 0 ? [[name, all[i + 1]!]] : []))
    received.push({
      line: `${request.method} ${request.url}`,
      headers: Object.fromEntries(pairs) as Record<string, string>,
      body: Buffer.concat(chunks).toString(),
    })
    if (fault === 'hang') return
    if (fault === 'reset') return void request.socket.destroy()
    response.writeHead(status, { 'Content-Type': type }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => void (server.closeAllConnections(), server.close()))
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const NOBODY: NgsIdentity = { token: '', ds: '', epid: '', staffId: '', groupId: '', dbPool: '' }
const BY_TOKEN = { ...NOBODY, token: 'ngs-login-token' }
const BY_WHITELIST = { ...NOBODY, ds: 'gl2019', epid: 'EP1', staffId: 'SELITE', groupId: 'SYSTEM' }

function connect(baseUrl: string, config: NgsIdentity = BY_TOKEN) {
  const calls: HttpCall[] = []
  const logged: unknown[] = []
  const record = (...entry: unknown[]) => void logged.push(entry)
  const log = { info: record, warn: record, error: record }
  const http = createHttpClient({ upstream: 'ngs', baseUrl, log, timeoutMs: 300, onCall: (call) => calls.push(call) })
  cleanups.push(http.close)
  return { ngs: createNgs({ config, http, log }), calls, logged }
}

const DONE = '{\n\t"code": 1,\n\t"message": "",\n\t"value": null\n}'
const EXISTING = { oId: 'C37F1819-8963-1CD4-E9C2-9DA64826DDD4', taskId: 'BCDBBD33-BD6A-6168-63CE-4E55620D3CB4' }
const kindOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { kind: string }) => error.kind,
  )

describe('what is sent', () => {
  test.each(NGS_OPERATIONS)('%s goes to its own address as JSON, the body byte for byte', async (operation) => {
    const peer = await recorder({ body: DONE })
    const body = '{ "oId":"C37F", "taskId" : "BCDB", "tabc": {"xxx": {"a": 12345678901234567890}} }'
    expect(await connect(peer.url).ngs.execute(operation, { body })).toBeNull()
    expect(peer.received).toMatchObject([
      { line: `POST /ngs/wo/${operation}`, body, headers: { 'content-type': 'application/json' } },
    ])
  })

  test('the token alone', async () => {
    const peer = await recorder({ body: DONE })
    await connect(peer.url, { ...BY_WHITELIST, token: 'T', dbPool: 'pool1' }).ngs.execute('close', { body: EXISTING })
    const [{ headers }] = peer.received as [(typeof peer.received)[0]]
    expect(headers).toMatchObject({ token: 'T', dbPool: 'pool1' })
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['ds']))
  })

  test('the white list’s four', async () => {
    const peer = await recorder({ body: DONE })
    await connect(peer.url, BY_WHITELIST).ngs.execute('close', { body: EXISTING })
    const { headers } = peer.received[0]!
    expect(headers).toMatchObject({ ds: 'gl2019', epid: 'EP1', staffId: 'SELITE', groupId: 'SYSTEM' })
    expect(Object.keys(headers)).not.toContain('token')
    expect(Object.keys(headers)).not.toContain('dbPool')
  })

  test('a caller’s identity replaces ours as a whole', async () => {
    const peer = await recorder({ body: DONE })
    const { ngs } = connect(peer.url, { ...BY_TOKEN, dbPool: 'ours' })
    await ngs.execute('close', { body: EXISTING, headers: { ds: 'other', staffId: 'S', groupId: 'G' } })
    const { headers } = peer.received[0]!
    expect(headers).toMatchObject({ ds: 'other', staffId: 'S', groupId: 'G' })
    for (const name of ['token', 'epid', 'dbPool']) expect(Object.keys(headers)).not.toContain(name)
  })

  test('a caller’s pool alone goes with our identity', async () => {
    const peer = await recorder({ body: DONE })
    await connect(peer.url).ngs.execute('close', { body: EXISTING, headers: { dbPool: 'theirs' }, traceId: 'trace-01' })
    expect(peer.received[0]!.headers).toMatchObject({
      token: 'ngs-login-token',
      dbPool: 'theirs',
      'x-trace-id': 'trace-01',
    })
  })
})

describe('what is answered', () => {
  test.each([
    [DONE, null],
    ['{"code":1,"message":null,"value":{"oId":"A","taskId":"B"}}', { oId: 'A', taskId: 'B' }],
    ['{"code":"1","value":"X"}', 'X'],
    ['{"code":1}', null],
  ])('%s is done', async (body, value) => {
    const peer = await recorder({ body })
    expect(await connect(peer.url).ngs.execute('send', { body: EXISTING })).toEqual(value)
  })

  test('code 0 is a refusal whose message goes to the record and no further', async () => {
    const peer = await recorder({ body: '{"code":0,"message":"java.sql.SQLException: ORA-01017","value":null}' })
    const { ngs, calls } = connect(peer.url)
    const error = await ngs.execute('send', { body: EXISTING }).catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ kind: 'rejected', detail: { reason: 'code', code: 0 } })
    expect(JSON.stringify(error) + (error as Error).message).not.toContain('ORA')
    expect(calls).toMatchObject([{ success: false, status: 200, error: 'code 0' }])
    expect(JSON.stringify(calls[0])).toContain('ORA-01017')
  })

  test.each<[string, Recording, string]>([
    ['a login page with 200', { type: 'text/html', body: '<!DOCTYPE html><title>login</title>' }, 'unknown-outcome'],
    ['JSON that is no answer', { body: '{"status":"ok"}' }, 'unknown-outcome'],
    ['nothing', { body: '' }, 'unknown-outcome'],
    ['a redirect to the login page', { status: 302, body: '' }, 'unauthenticated'],
    ['401', { status: 401, body: '{}' }, 'unauthenticated'],
    ['404', { status: 404, body: 'not found' }, 'rejected'],
    ['429', { status: 429 }, 'rate-limited'],
    ['500', { status: 500, body: '{"code":0}' }, 'unknown-outcome'],
    ['502', { status: 502 }, 'unavailable'],
    ['503', { status: 503 }, 'unavailable'],
    ['504', { status: 504 }, 'unavailable'],
    ['no answer at all', { fault: 'hang' }, 'unknown-outcome'],
    ['a reset after the request was written', { fault: 'reset' }, 'unknown-outcome'],
  ])('%s', async (_case, recording, kind) => {
    const peer = await recorder(recording)
    expect(await kindOf(connect(peer.url).ngs.execute('send', { body: EXISTING }))).toBe(kind)
    expect(peer.received).toHaveLength(1)
  })

  test('a refused connection is not executed', async () => {
    expect(await kindOf(connect('http://127.0.0.1:1').ngs.execute('send', { body: EXISTING }))).toBe('unavailable')
  })

  test('tokens are in no record and no log', async () => {
    const peer = await recorder({ body: '{"code":0,"message":"bad token=ngs-login-token"}' })
    const { ngs, calls, logged } = connect(peer.url)
    await ngs.execute('send', { body: { ...EXISTING, token: 'ngs-login-token' } }).catch(() => {})
    expect(JSON.stringify([calls, logged])).not.toContain('ngs-login-token')
  })
})

test.each([
  [
    { oId: 'A', taskId: 'B', more: 1 },
    { oId: 'A', taskId: 'B' },
  ],
  [
    { oId: 1, taskId: 2 },
    { oId: '1', taskId: '2' },
  ],
  [{ oId: 'A' }, null],
  [{ oId: '', taskId: 'B' }, null],
  [{ oId: 'A'.repeat(65), taskId: 'B' }, null],
  ['A', null],
  [null, null],
])('ids in %j', (value, ids) => {
  expect(orderIdsOf(value)).toEqual(ids)
})
