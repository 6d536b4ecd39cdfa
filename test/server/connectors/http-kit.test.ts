import { type RequestListener, createServer } from 'node:http'
import { type AddressInfo, type Server, type Socket, createServer as createTcpServer } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { z } from 'zod'
import {
  type HttpCall,
  type HttpClient,
  type HttpClientOptions,
  createHttpClient,
} from '../../../server/connectors/kit/http'
import type { UpstreamError } from '../../../server/connectors/kit/upstream-error'
import { type Sandbox, startSandbox } from '../../../server/sandbox/kit'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return (server.address() as AddressInfo).port
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  const port = await listen(server)
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${port}`
}

async function sandbox(): Promise<Sandbox> {
  const started = await startSandbox({ handle: ({ body }) => ({ json: { got: body } }) })
  cleanups.push(started.close)
  return started
}

interface Probe {
  client: HttpClient
  calls: HttpCall[]
  pauses: number[]
}

function client(baseUrl: string, more: Partial<HttpClientOptions> = {}): Probe {
  const calls: HttpCall[] = []
  const pauses: number[] = []
  const sleep = async (ms: number) => pauses.push(ms)
  const created = createHttpClient({ upstream: 'demo', baseUrl, sleep, onCall: (call) => calls.push(call), ...more })
  cleanups.push(created.close)
  return { client: created, calls, pauses }
}

async function failure(promise: Promise<unknown>): Promise<UpstreamError> {
  return promise.then(
    () => Promise.reject(new Error('expected the call to fail')),
    (error: UpstreamError) => error,
  )
}

const read = { method: 'GET', path: '/thing', retry: 'safe' } as const
const write = { method: 'POST', path: '/thing', json: { n: 1 }, retry: 'never' } as const

describe('requests and answers', () => {
  it('sends JSON, forms and queries and reads the answer', async () => {
    const peer = await sandbox()
    const { client: http } = client(`${peer.url}/`)

    const answer = await http.request({
      ...write,
      query: { a: '一 二', n: 2, none: undefined },
      headers: { 'x-id': '7' },
    })
    await http.request({ method: 'POST', path: '/form', form: { name: '张三', n: '1' }, retry: 'never' })
    await http.request({ method: 'PUT', path: '/raw', body: Buffer.from('raw'), retry: 'never' })

    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toContain('application/json')
    expect(answer.json()).toEqual({ got: { n: 1 } })
    expect(answer.parse(z.object({ got: z.object({ n: z.number() }) })).got.n).toBe(1)
    expect(answer.bytes.toString()).toBe(answer.text())
    const [json, form, raw] = peer.requests()
    expect(json).toMatchObject({ path: '/thing', query: { a: '一 二', n: '2' }, headers: { 'x-id': '7' } })
    expect(json?.query).not.toHaveProperty('none')
    expect(form).toMatchObject({ body: { name: '张三', n: '1' } })
    expect(raw).toMatchObject({ method: 'PUT', body: 'raw' })
  })

  it('returns redirects as they are, with every cookie', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(302, { location: '/login', 'set-cookie': ['a=1', 'b=2'] }).end()
    })
    const answer = await client(url).client.request(read)
    expect(answer.status).toBe(302)
    expect(answer.headers).toMatchObject({ location: '/login', 'set-cookie': ['a=1', 'b=2'] })
  })

  it('keeps a path prefix and refuses a path that could change the host', async () => {
    const peer = await sandbox()
    const { client: http } = client(`${peer.url}/prefix`)
    await http.request(read)
    expect(peer.requests()[0]?.path).toBe('/prefix/thing')
    await expect(http.request({ ...read, path: '@example.com/' })).rejects.toThrow(TypeError)
  })

  it('hands back refusals below 500 and throws the rest', async () => {
    const peer = await sandbox()
    const { client: http } = client(peer.url)
    const ask = (status: number, request: Parameters<HttpClient['request']>[0]) => {
      peer.control({ failNext: 1, status })
      return http.request(request)
    }
    expect((await ask(401, read)).status).toBe(401)
    expect((await ask(404, write)).status).toBe(404)
    expect(await failure(ask(429, read))).toMatchObject({ kind: 'rate-limited', detail: { status: 429 } })
    expect(await failure(ask(503, write))).toMatchObject({ kind: 'unavailable', detail: { status: 503 } })
    expect(await failure(ask(500, write))).toMatchObject({ kind: 'unknown-outcome', detail: { status: 500 } })
    expect((await ask(500, { ...write, isAnswer: () => true })).status).toBe(500)
  })

  it('calls an unreadable answer bad after a read and of unknown outcome after a write', async () => {
    const peer = await sandbox()
    const { client: http } = client(peer.url)
    peer.control({ garbage: 2 })
    const [afterRead, afterWrite] = [await http.request(read), await http.request(write)]
    expect(() => afterRead.json()).toThrow(expect.objectContaining({ kind: 'bad-response' }))
    expect(() => afterWrite.json()).toThrow(expect.objectContaining({ kind: 'unknown-outcome' }))
    const unfitting = await http.request(read)
    expect(() => unfitting.parse(z.object({ other: z.string() }))).toThrow(
      expect.objectContaining({ kind: 'bad-response', detail: { reason: 'unexpected-shape', status: 200 } }),
    )
    peer.control({ failNext: 1, status: 404 })
    const refused = await http.request(write)
    expect(() => refused.json()).toThrow(expect.objectContaining({ kind: 'bad-response' }))
  })
})

describe('lost calls', () => {
  it('calls a refused connection unavailable, whatever the call', async () => {
    const url = await serve((_request, response) => response.end())
    await cleanups.pop()?.()
    const { client: http } = client(url)
    expect(await failure(http.request(read))).toMatchObject({ kind: 'unavailable', detail: { code: 'ECONNREFUSED' } })
    expect(await failure(http.request(write))).toMatchObject({ kind: 'unavailable', upstream: 'demo' })
  })

  it('calls a name that does not resolve unavailable', async () => {
    const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })
    const dispatcher = new Agent({ connect: { lookup: (_host, _options, done) => done(unknown, '', 4) } })
    cleanups.push(() => dispatcher.destroy())
    const { client: http } = client('http://no-such-host', { fetcherDispatcher: dispatcher })
    expect(await failure(http.request(write))).toMatchObject({ kind: 'unavailable', detail: { code: 'ENOTFOUND' } })
  })

  it('calls a write cut off after it was sent unknown, sent once', async () => {
    const peer = await sandbox()
    const { client: http, pauses } = client(peer.url)
    peer.control({ dropAnswer: true })
    expect(await failure(http.request(write))).toMatchObject({ kind: 'unknown-outcome', detail: { reason: 'network' } })
    expect(peer.requests()).toHaveLength(1)
    expect(pauses).toEqual([])
  })

  it('calls an answer cut off half-way unknown after a write', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half', () => response.destroy())
    })
    expect(await failure(client(url).client.request(write))).toMatchObject({ kind: 'unknown-outcome' })
  })

  /** Answers the first request; the client then has a connection, so that later ones surely go out before time is up. */
  async function serveOnce(later: RequestListener): Promise<string> {
    let first = true
    return serve((request, response) => {
      if (!first) return later(request, response)
      first = false
      response.end()
    })
  }

  it('gives up in time: unknown after a write, unavailable after a read, neither repeated', async () => {
    const { client: http, calls, pauses } = client(await serveOnce(() => undefined))
    await http.request(read)
    const short = { timeoutMs: 15 }
    expect(await failure(http.request({ ...write, ...short }))).toMatchObject({
      kind: 'unknown-outcome',
      detail: { reason: 'timeout' },
    })
    expect(await failure(http.request({ ...read, ...short }))).toMatchObject({ kind: 'unavailable' })
    expect(calls).toHaveLength(3)
    expect(pauses).toEqual([])
  })

  it('gives up in time while the answer trickles in', async () => {
    const { client: http } = client(await serveOnce((_request, response) => void response.write('{')))
    await http.request(read)
    expect(await failure(http.request({ ...write, timeoutMs: 15 }))).toMatchObject({
      kind: 'unknown-outcome',
      detail: { reason: 'timeout' },
    })
  })

  it('knows a write that timed out before it could be sent was not executed', async () => {
    const sockets: Socket[] = []
    const silent = createTcpServer((socket) => void sockets.push(socket))
    const port = await listen(silent)
    cleanups.push(() => {
      silent.close()
      for (const socket of sockets) socket.destroy()
    })
    const { client: http } = client(`https://127.0.0.1:${port}`, { timeoutMs: 15 })
    expect(await failure(http.request(write))).toMatchObject({ kind: 'unavailable', detail: { reason: 'timeout' } })
  })

  it('does not send a write any more once it has timed out', async () => {
    const peer = await sandbox()
    let open = () => undefined as void
    const gate = new Promise<void>((resolve) => (open = resolve))
    const connect = buildConnector({})
    const dispatcher = new Agent({
      connections: 1,
      connect: (target, done) => void gate.then(() => connect(target, done)),
    })
    cleanups.push(() => dispatcher.destroy())
    const { client: http } = client(peer.url, { fetcherDispatcher: dispatcher })
    const late = failure(http.request({ ...write, timeoutMs: 5 }))
    expect(await late).toMatchObject({ kind: 'unavailable', detail: { reason: 'timeout' } })
    open()
    await http.request(read)
    expect(peer.requests().map(({ method }) => method)).toEqual(['GET'])
  })

  it('stops reading at the size limit', async () => {
    const url = await serve((_request, response) => response.end('x'.repeat(2000)))
    const { client: http } = client(url, { maxResponseBytes: 1999 })
    expect(await failure(http.request(read))).toMatchObject({ kind: 'bad-response', detail: { reason: 'too-large' } })
    expect(await failure(http.request(write))).toMatchObject({ kind: 'unknown-outcome' })
    for (let n = 0; n < 5; n += 1) await failure(http.request(write))
    expect(http.state()).toBe('closed')
    expect((await client(url, { maxResponseBytes: 2000 }).client.request(read)).bytes).toHaveLength(2000)
  })
})

describe('sandbox control', () => {
  it('takes faults over HTTP, for one path where named, and lists what it received', async () => {
    const peer = await sandbox()
    const { client: http } = client(peer.url)
    const control = (json: object) => http.request({ method: 'POST', path: '/__control', json, retry: 'never' })
    await control({ failNext: 1, status: 418, path: '/a' })
    expect((await http.request({ ...read, path: '/b' })).status).toBe(200)
    expect((await http.request({ ...read, path: '/a' })).status).toBe(418)
    expect((await http.request({ ...read, path: '/a' })).status).toBe(200)
    const listed = (await http.request({ ...read, path: '/__control/requests' })).json()
    expect(listed).toMatchObject({ requests: [{ path: '/b' }, { path: '/a' }, { path: '/a' }] })
    await control({ reset: true, latencyMs: 1 })
    expect(peer.requests()).toEqual([])
    expect((await http.request(read)).status).toBe(200)
  })
})
