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

describe('retries', () => {
  it('repeats safe calls with growing, jittered pauses', async () => {
    const peer = await sandbox()
    const { client: http, pauses } = client(peer.url)
    jest.spyOn(Math, 'random').mockReturnValueOnce(0).mockReturnValueOnce(0.5)
    peer.control({ failNext: 1, dropConnection: 1 })
    expect((await http.request(read)).status).toBe(200)
    expect(peer.requests()).toHaveLength(3)
    expect(pauses).toEqual([100, 400])
  })

  it('stops after three attempts, and never repeats writes, refusals or rate limits', async () => {
    const peer = await sandbox()
    const sent = async (status: number, request: Parameters<HttpClient['request']>[0]) => {
      peer.control({ reset: true, status })
      await client(peer.url)
        .client.request(request)
        .catch(() => undefined)
      return peer.requests().length
    }
    expect(await sent(502, read)).toBe(3)
    expect(await sent(502, write)).toBe(1)
    expect(await sent(400, read)).toBe(1)
    expect(await sent(429, read)).toBe(1)
  })

  it('does not pause beyond the time the caller gave', async () => {
    const peer = await sandbox()
    let now = 1_000_000
    const pauses: number[] = []
    const sleep = async (ms: number) => {
      pauses.push(ms)
      now += ms
    }
    const { client: http } = client(peer.url, { clock: () => now, sleep, timeoutMs: 400 })
    peer.control({ status: 503 })
    await failure(http.request(read))
    expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(400)
    expect(await failure(http.request({ ...read, timeoutMs: 90 }))).toMatchObject({ detail: { status: 503 } })
    expect(peer.requests().length - pauses.length).toBe(2)
  })
})

describe('circuit', () => {
  const realTimers = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate']
  const untouched = [...realTimers, 'nextTick', 'queueMicrotask', 'performance', 'hrtime'] as 'setTimeout'[]
  beforeEach(() => void jest.useFakeTimers({ now: 1_700_000_000_000, doNotFake: untouched }))
  afterEach(() => void jest.useRealTimers())

  async function openCircuit() {
    const peer = await sandbox()
    const warnings: object[] = []
    const log = { info: () => undefined, warn: (facts: object) => void warnings.push(facts), error: () => undefined }
    const probe = client(peer.url, { log })
    peer.control({ status: 503 })
    for (let n = 0; n < 5; n += 1) await failure(probe.client.request(write))
    return { peer, warnings, ...probe }
  }

  it('opens after five failures in a row and then sends nothing', async () => {
    const { peer, client: http, calls, warnings } = await openCircuit()
    expect(http.state()).toBe('open')
    const refused = await failure(http.request(write))
    expect(refused).toMatchObject({ kind: 'unavailable', detail: { reason: 'circuit-open' } })
    expect(peer.requests()).toHaveLength(5)
    expect(calls).toHaveLength(5)
    expect(warnings).toEqual([{ upstream: 'demo', circuit: 'open' }])
  })

  it('lets one call try after 5 s and closes when it succeeds', async () => {
    const { peer, client: http } = await openCircuit()
    peer.control({ status: 0 })
    jest.setSystemTime(Date.now() + 4_900)
    expect(await failure(http.request(read))).toMatchObject({ detail: { reason: 'circuit-open' } })
    jest.setSystemTime(Date.now() + 200)
    expect((await http.request(read)).status).toBe(200)
    expect(http.state()).toBe('closed')
  })

  it('opens again at once when the try fails', async () => {
    const { peer, client: http, pauses } = await openCircuit()
    jest.setSystemTime(Date.now() + 5_100)
    expect(await failure(http.request(read))).toMatchObject({ detail: { status: 503 } })
    expect(http.state()).toBe('open')
    expect(peer.requests()).toHaveLength(6)
    expect(pauses).toEqual([])
  })

  it('is not opened by refusals', async () => {
    const peer = await sandbox()
    const { client: http } = client(peer.url)
    peer.control({ status: 429 })
    for (let n = 0; n < 10; n += 1) await failure(http.request(write))
    peer.control({ status: 403 })
    for (let n = 0; n < 10; n += 1) await http.request(write)
    expect(http.state()).toBe('closed')
  })
})
