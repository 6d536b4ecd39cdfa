import { type HttpCall, type HttpClientOptions, createHttpClient } from '../../../server/connectors/kit/http'
import { type SandboxOptions, startSandbox } from '../../../server/sandbox/kit'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function sandbox(handle: SandboxOptions['handle'] = ({ body }) => ({ json: { got: body } })) {
  const started = await startSandbox({ handle })
  cleanups.push(started.close)
  return started
}

function client(baseUrl: string, more: Partial<HttpClientOptions> = {}) {
  const calls: HttpCall[] = []
  const sleep = async () => undefined
  const http = createHttpClient({ upstream: 'demo', baseUrl, sleep, onCall: (call) => calls.push(call), ...more })
  cleanups.push(http.close)
  return { http, calls }
}

const read = { method: 'GET', path: '/thing', retry: 'safe' } as const
const write = { method: 'POST', path: '/thing', json: { n: 1 }, retry: 'never' } as const

describe('call record', () => {
  it('says what happened at every attempt', async () => {
    const peer = await sandbox()
    const { http, calls } = client(peer.url)
    peer.control({ failNext: 1 })
    await http.request({ ...read, traceId: 't-1' })
    expect(calls).toMatchObject([
      { upstream: 'demo', endpoint: '/thing', method: 'GET', status: 503, success: false, traceId: 't-1' },
      { status: 200, success: true, error: null, requestBody: null, responseBody: { got: null } },
    ])
    expect(calls[0]?.error).toContain('unavailable')
    expect(calls[0]?.ms).toBeGreaterThanOrEqual(0)
    peer.control({ dropConnection: 1 })
    await expect(http.request(write)).rejects.toThrow('unknown-outcome')
    expect(calls[2]).toMatchObject({
      status: null,
      success: false,
      responseBody: null,
      requestBody: { body: { n: 1 } },
    })
  })

  it('lets a connector say that a 200 was a refusal', async () => {
    const peer = await sandbox()
    const { http, calls } = client(peer.url)
    await http.request({ ...read, faultIn: () => 'code 0' })
    peer.control({ garbage: 1 })
    await http.request({ ...read, faultIn: (answer) => String(answer.json()) })
    expect(calls).toMatchObject([
      { status: 200, success: false, error: 'code 0' },
      { status: 200, success: false, error: expect.stringContaining('not-json'), responseBody: '<html>garbage' },
    ])
  })

  it.each(['x'.repeat(1_000_000), 'token'.repeat(200_000), `${'1'.repeat(1_000_000)} code=geheim`])(
    'takes no longer for one endless word, which would end the test',
    async (word) => {
      const peer = await sandbox(() => ({ json: { said: word } }))
      const { http, calls } = client(peer.url)
      await http.request({ ...write, json: { taskId: word } })
      expect(JSON.stringify(calls[0])).not.toContain('geheim')
      expect(calls[0]).toMatchObject({
        success: true,
        requestBody: { body: { taskId: expect.stringMatching(/characters\)$/) } },
      })
    },
  )

  it('keeps the beginning of a long body, and query and body where they belong', async () => {
    const peer = await sandbox()
    const { http, calls } = client(peer.url)
    const rows = Array.from({ length: 3000 }, (_, index) => ({ id: index, password: 'geheim' }))
    await http.request({ ...write, query: { page: '1' }, json: { rows } })
    expect(calls[0]?.requestBody).toEqual({
      query: { page: '1' },
      body: expect.stringMatching(/^\{"rows":\[\{"id":0,"password":"\*\*\*"\}.*characters\)$/),
    })
  })

  it('masks a secret of which only the beginning is kept', async () => {
    const peer = await sandbox()
    const { http, calls } = client(peer.url)
    await http.request({ ...write, json: { text: `${'内容 '.repeat(660)}token=${'geheim'.repeat(50)}` } })
    expect(JSON.stringify(calls[0]?.requestBody)).not.toContain('geheim')
  })

  const keys = ['secret', 'appid_secret', 'appSecret', 'access_token', 'token', 'password', 'js_code', 'session_key']
  const others = ['code', 'cookie', 'Set-Cookie', 'authorization', 'passward', 'refreshToken', 'captcha']

  it.each([...keys, ...others])('masks %s in query, JSON and form', async (key) => {
    const peer = await sandbox()
    const { http, calls } = client(peer.url)
    const value = 'Very-Private'
    await http.request({ ...write, query: { [key]: value, shown: '1' }, json: { deep: [{ [key]: value }], shown: 2 } })
    await http.request({ method: 'POST', path: '/form', form: { [key]: value, shown: '3' }, retry: 'never' })
    await http.request({ method: 'POST', path: '/raw', body: `shown=4&${key}=${value}&z=5`, retry: 'never' })
    await http.request({ method: 'POST', path: '/raw', body: JSON.stringify({ [key]: value }), retry: 'never' })
    expect(JSON.stringify(calls)).not.toContain(value)
    expect(calls[0]?.requestBody).toEqual({
      query: { [key]: '***', shown: '1' },
      body: { deep: [{ [key]: '***' }], shown: 2 },
    })
    expect(calls[1]?.requestBody).toEqual({ body: { [key]: '***', shown: '3' } })
    expect(calls[2]?.requestBody).toEqual({ body: `shown=4&${key}=***&z=5` })
  })

  it('masks a code of digits in a request, which in an answer would be a status', async () => {
    const peer = await sandbox()
    const { http, calls } = client(peer.url)
    await http.request({ ...write, json: { code: 1234 } })
    expect(calls[0]).toMatchObject({ requestBody: { body: { code: '***' } }, responseBody: { got: { code: 1234 } } })
  })

  it('masks secrets of answers but keeps status codes', async () => {
    const json = { code: 200, nested: { code: '0', token: 'abc', captchaEnabled: true }, session_key: 'k', id: 7 }
    const peer = await sandbox(() => ({ json }))
    const { http, calls } = client(peer.url)
    expect((await http.request(read)).json()).toEqual(json)
    expect(calls[0]?.responseBody).toEqual({
      code: 200,
      nested: { code: '0', token: '***', captchaEnabled: true },
      session_key: '***',
      id: 7,
    })
  })

  it('keeps binary answers apart and cuts long texts', async () => {
    const image = Buffer.from([0x89, 0x50, 0x4e, 0x47])
    const peer = await sandbox(({ path }) =>
      path === '/image' ? { bytes: image, headers: { 'content-type': 'image/png' } } : { text: '长'.repeat(5000) },
    )
    const { http, calls } = client(peer.url)
    await http.request({ ...read, path: '/image' })
    await http.request(read)
    expect(calls[0]).toMatchObject({ responseBody: null, binary: image })
    expect(String(calls[1]?.responseBody).length).toBeLessThan(2100)
    expect(calls[1]?.binary).toBeNull()
  })

  it('does not fail a call whose record cannot be kept', async () => {
    const peer = await sandbox()
    const { http } = client(peer.url, {
      onCall: () => {
        throw new Error('log is full')
      },
    })
    expect((await http.request(write)).status).toBe(200)
  })
})
