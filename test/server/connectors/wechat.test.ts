import { type HttpCall, createHttpClient } from '../../../server/connectors/kit/http'
import type { UpstreamError } from '../../../server/connectors/kit/upstream-error'
import { type WechatOptions, createWechat } from '../../../server/connectors/wechat'
import { type WechatSandbox, startWechatSandbox } from '../../../server/sandbox/wechat'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

interface Logged {
  level: string
  facts: object
  message: string
}

function connect(
  baseUrl: string,
  more: Partial<WechatOptions> = {},
  credentials = { appId: 'wx-app', secret: 's3cret' },
) {
  const calls: HttpCall[] = []
  const logged: Logged[] = []
  const pauses: number[] = []
  const level = (name: string) => (facts: object, message: string) => void logged.push({ level: name, facts, message })
  const log = { info: level('info'), warn: level('warn'), error: level('error') }
  const sleep = async (ms: number) => pauses.push(ms)
  const http = createHttpClient({ upstream: 'wechat', baseUrl, sleep, log, onCall: (call) => calls.push(call) })
  cleanups.push(http.close)
  const wechat = createWechat({ config: { ...credentials, baseUrl }, http, log, sleep, ...more })
  return { wechat, calls, logged, pauses }
}

async function play(more: Partial<WechatOptions> = {}) {
  const sandbox = await startWechatSandbox({ appId: 'wx-app', secret: 's3cret' })
  cleanups.push(sandbox.close)
  return { sandbox, ...connect(sandbox.url, more) }
}

async function failure(promise: Promise<unknown>): Promise<UpstreamError> {
  return promise.then(
    () => Promise.reject(new Error('expected the call to fail')),
    (error: UpstreamError) => error,
  )
}

const tokenRequests = (sandbox: WechatSandbox) =>
  sandbox.requests().filter(({ path }) => path === '/cgi-bin/stable_token')
const forced = (sandbox: WechatSandbox) =>
  tokenRequests(sandbox).map(({ body }) => (body as { force_refresh: boolean }).force_refresh)

const SEND = '/cgi-bin/message/subscribe/send'
const message = { openId: 'oUser', templateId: 'tpl-1', fields: { thing1: '离心机检修', time2: '2026年1月1日 15:01' } }

describe('login', () => {
  it('knows a demo code as the same person every time, with a unionid where there is one', async () => {
    const { wechat } = await play()
    const first = await wechat.exchangeCode('demo-alice')
    expect(first).toEqual({ openId: expect.stringMatching(/^o[\w-]{27}$/), unionId: null })
    expect(await wechat.exchangeCode('demo-alice')).toEqual(first)
    expect((await wechat.exchangeCode('demo-bob')).openId).not.toBe(first.openId)
    expect((await wechat.exchangeCode('demo-union-carol')).unionId).toEqual(expect.any(String))
  })

  it('rejects a code WeChat does not know', async () => {
    const { wechat } = await play()
    expect(await failure(wechat.exchangeCode('stolen'))).toMatchObject({
      upstream: 'wechat',
      kind: 'rejected',
      detail: { reason: 'code-invalid', errcode: 40029, rid: expect.any(String) },
    })
  })

  it.each([
    ['app id', { appId: 'wx-other', secret: 's3cret' }, 40013],
    ['secret', { appId: 'wx-app', secret: 'wr0ng' }, 40125],
  ])('logs a wrong %s as our configuration, without the secret', async (_what, credentials, errcode) => {
    const { sandbox } = await play()
    const { wechat, logged, calls } = connect(sandbox.url, {}, credentials)
    const error = await failure(wechat.exchangeCode('demo-alice'))
    expect(error).toMatchObject({ kind: 'unauthenticated', detail: { reason: 'our-configuration', errcode } })
    expect(logged).toMatchObject([{ level: 'error', message: expect.stringContaining('our own app id') }])
    const written = JSON.stringify([logged, calls, error.message, error.detail])
    expect(written).not.toContain('s3cret')
    expect(written).not.toContain('wr0ng')
  })

  it('keeps code, secret, session_key and token out of the call record', async () => {
    const { wechat, calls } = await play()
    await wechat.exchangeCode('demo-alice')
    const token = await wechat.accessToken()
    await wechat.phoneNumber('phone-13800138000')
    expect(calls).toHaveLength(3)
    expect(calls[0]).toMatchObject({
      requestBody: { query: { appid: 'wx-app', secret: '***', js_code: '***' } },
      responseBody: { session_key: '***' },
    })
    const written = JSON.stringify(calls)
    for (const secret of ['s3cret', 'demo-alice', token, 'phone-138', '13800138000'])
      expect(written).not.toContain(secret)
  })

  it('records a refusal that came with HTTP 200 as a failed call', async () => {
    const { wechat, calls } = await play()
    await failure(wechat.exchangeCode('stolen'))
    expect(calls).toMatchObject([{ status: 200, success: false, error: 'errcode 40029' }])
  })
})

describe('access token', () => {
  it('is fetched once for concurrent callers and reused', async () => {
    const { sandbox, wechat } = await play()
    expect(wechat.state()).toEqual({ circuit: 'closed', token: 'none' })
    const tokens = await Promise.all(Array.from({ length: 20 }, () => wechat.accessToken()))
    await Promise.all(Array.from({ length: 20 }, () => wechat.phoneNumber('phone-13800138000')))
    expect(new Set(tokens).size).toBe(1)
    expect(forced(sandbox)).toEqual([false])
    expect(wechat.state().token).toBe('valid')
  })

  it('is fetched again shortly before it expires', async () => {
    let now = Date.now()
    const { sandbox, wechat } = await play({ clock: () => now })
    await wechat.accessToken()
    now += (7200 - 300) * 1000
    await wechat.accessToken()
    expect(tokenRequests(sandbox)).toHaveLength(1)
    now += 100_000
    await wechat.accessToken()
    expect(forced(sandbox)).toEqual([false, false])
  })

  it('is forced once for all callers whose token was refused, and every call succeeds', async () => {
    const { sandbox, wechat } = await play()
    await wechat.accessToken()
    sandbox.control({ expireSessions: true })
    const numbers = await Promise.all(Array.from({ length: 20 }, () => wechat.phoneNumber('phone-13800138000')))
    expect(new Set(numbers.map(({ phone }) => phone))).toEqual(new Set(['13800138000']))
    expect(forced(sandbox)).toEqual([false, true])
  })

  it.each([40001, 40014, 42001])('is renewed on %d and the call repeated once', async (errcode) => {
    const { sandbox, wechat } = await play()
    sandbox.control({ errcodes: [{ path: SEND, errcode }] })
    await wechat.sendSubscribeMessage(message)
    expect(sandbox.requests().map(({ path }) => path)).toEqual([
      '/cgi-bin/stable_token',
      SEND,
      '/cgi-bin/stable_token',
      SEND,
    ])
    sandbox.control({ reset: true, errcodes: [{ path: SEND, errcode, times: 9 }] })
    expect(await failure(wechat.sendSubscribeMessage(message))).toMatchObject({
      kind: 'unauthenticated',
      detail: { reason: 'token-refused', errcode },
    })
    expect(sandbox.requests().filter(({ path }) => path === SEND)).toHaveLength(2)
  })

  it('is taken from another replica that forced one, so that two do not break each other’s for ever', async () => {
    const { sandbox, wechat: one } = await play()
    const { wechat: two } = connect(sandbox.url)
    await Promise.all([one.accessToken(), two.accessToken()])
    sandbox.control({ expireSessions: true })
    for (let round = 0; round < 5; round += 1) {
      await one.phoneNumber('phone-13800138000')
      await two.phoneNumber('phone-13800138000')
    }
    expect(forced(sandbox).filter(Boolean)).toHaveLength(2)
    expect(await one.accessToken()).toBe(await two.accessToken())
  })

  it('is forced again where WeChat still hands out the refused one', async () => {
    const { sandbox, wechat } = await play()
    for (let round = 0; round < 2; round += 1) {
      sandbox.control({ errcodes: [{ path: SEND, errcode: 40001 }] })
      await wechat.sendSubscribeMessage(message)
    }
    expect(forced(sandbox)).toEqual([false, true, false, true])
  })

  it('can be fetched again after a failed fetch', async () => {
    const { sandbox, wechat } = await play()
    sandbox.control({ status: 503 })
    const errors = await Promise.all([failure(wechat.accessToken()), failure(wechat.accessToken())])
    expect(errors).toMatchObject([{ kind: 'unavailable' }, { kind: 'unavailable' }])
    expect(tokenRequests(sandbox)).toHaveLength(3)
    expect(wechat.state().token).toBe('none')
    sandbox.control({ status: 0 })
    expect(await wechat.accessToken()).toEqual(expect.any(String))
  })
})

describe('refusals', () => {
  const send = (path: string) => async (probe: Awaited<ReturnType<typeof play>>) => {
    if (path === SEND) return probe.wechat.sendSubscribeMessage(message)
    if (path === '/sns/jscode2session') return probe.wechat.exchangeCode('demo-alice')
    return probe.wechat.phoneNumber('phone-13800138000')
  }

  it.each([
    ['/sns/jscode2session', 40029, 'rejected: code-invalid'],
    ['/sns/jscode2session', 40163, 'rejected: code-invalid'],
    ['/sns/jscode2session', 45011, 'rate-limited: too-often'],
    ['/sns/jscode2session', 40226, 'rejected: user-refused'],
    ['/sns/jscode2session', 40013, 'unauthenticated: our-configuration'],
    ['/sns/jscode2session', 40125, 'unauthenticated: our-configuration'],
    ['/cgi-bin/stable_token', 40164, 'unauthenticated: our-configuration'],
    ['/cgi-bin/stable_token', 40001, 'unauthenticated: token-refused'],
    ['/wxa/business/getuserphonenumber', 40029, 'rejected: code-invalid'],
    [SEND, 43101, 'rejected: no-credit'],
    [SEND, 47003, 'rejected: bad-field'],
    [SEND, 40003, 'rejected: bad-openid'],
    [SEND, 40037, 'rejected: bad-template'],
    [SEND, 41030, 'rejected: bad-page'],
    [SEND, 99999, 'rejected: other'],
  ])('%s %d is %s', async (path, errcode, outcome) => {
    const probe = await play()
    probe.sandbox.control({ errcodes: [{ path, errcode }] })
    const error = await failure(send(path)(probe))
    expect(`${error.kind}: ${error.detail.reason}`).toBe(outcome)
    expect(error.detail.errcode).toBe(errcode)
  })

  it('is asked again while it is busy, and called unavailable when it stays so', async () => {
    const { sandbox, wechat, pauses } = await play()
    sandbox.control({ errcodes: [{ path: '/sns/jscode2session', errcode: -1, times: 2 }] })
    expect((await wechat.exchangeCode('demo-alice')).openId).toEqual(expect.any(String))
    expect(pauses).toEqual([300, 600])
    sandbox.control({ errcodes: [{ path: '/sns/jscode2session', errcode: -1, times: 3 }] })
    expect(await failure(wechat.exchangeCode('demo-alice'))).toMatchObject({
      kind: 'unavailable',
      detail: { reason: 'busy' },
    })
  })

  it('calls garbage a bad response', async () => {
    const { sandbox, wechat } = await play()
    sandbox.control({ garbage: true })
    expect(await failure(wechat.exchangeCode('demo-alice'))).toMatchObject({ kind: 'bad-response' })
  })
})

describe('phone number', () => {
  it('comes without prefix in China and with it elsewhere', async () => {
    const { wechat } = await play()
    expect(await wechat.phoneNumber('phone-13800138000')).toEqual({ phone: '13800138000', countryCode: '86' })
    expect(await wechat.phoneNumber('phone-+1-4155550100')).toEqual({ phone: '+14155550100', countryCode: '1' })
    expect(await failure(wechat.phoneNumber('nonsense'))).toMatchObject({ detail: { reason: 'code-invalid' } })
  })
})

describe('text check', () => {
  const text = (content: string) => ({ openId: 'oUser', content, scene: 'comment' as const })

  it('passes, flags or refuses a text', async () => {
    const { wechat, sandbox } = await play()
    expect(await wechat.checkText(text('仪器很好'))).toBe('pass')
    expect(await wechat.checkText(text('待审内容'))).toBe('review')
    expect(await wechat.checkText(text('违规内容'))).toBe('risky')
    expect(sandbox.requests().at(-1)?.body).toEqual({ version: 2, scene: 2, openid: 'oUser', content: '违规内容' })
  })

  it('takes the worst part of a text longer than one check', async () => {
    const { wechat, sandbox } = await play()
    expect(await wechat.checkText(text(`待审${'好'.repeat(2498)}好`))).toBe('review')
    expect(await wechat.checkText(text(`待审${'好'.repeat(2498)}违规`))).toBe('risky')
    const parts = sandbox.requests().flatMap(({ path, body }) => (path === '/wxa/msg_sec_check' ? [body] : []))
    expect(parts.map((body) => (body as { content: string }).content.length)).toEqual([2500, 1, 2500, 2])
  })

  it('asks nothing for blank texts or where the check is off', async () => {
    const { wechat, sandbox } = await play()
    expect(await wechat.checkText(text(' \n'))).toBe('pass')
    const { wechat: unchecked } = connect(sandbox.url, { contentCheck: false })
    expect(await unchecked.checkText(text('违规'))).toBe('pass')
    expect(sandbox.requests()).toEqual([])
  })
})

describe('subscribe message', () => {
  it('is sent once with its fields, page and edition', async () => {
    const { sandbox, wechat } = await play()
    await wechat.sendSubscribeMessage({ ...message, page: 'pages/task/index?id=1', edition: 'trial' })
    expect(sandbox.requests().at(-1)).toMatchObject({
      path: SEND,
      query: { access_token: await wechat.accessToken() },
      body: {
        touser: 'oUser',
        template_id: 'tpl-1',
        page: 'pages/task/index?id=1',
        data: { thing1: { value: '离心机检修' }, time2: { value: '2026年1月1日 15:01' } },
        miniprogram_state: 'trial',
        lang: 'zh_CN',
      },
    })
  })

  it('with a field WeChat would refuse is not sent', async () => {
    const { sandbox, wechat } = await play()
    const fields = { thing1: '长'.repeat(21), number2: '12' }
    expect(await failure(wechat.sendSubscribeMessage({ ...message, fields }))).toMatchObject({
      kind: 'rejected',
      detail: { reason: 'bad-field', fields: [{ field: 'thing1', limit: 'at most 20 characters' }] },
    })
    expect(sandbox.requests()).toEqual([])
  })

  it('is refused when the credit is used up', async () => {
    const { sandbox, wechat } = await play()
    sandbox.control({ credits: [{ openId: 'oUser', templateId: 'tpl-1', count: 1 }] })
    await wechat.sendSubscribeMessage(message)
    expect(await failure(wechat.sendSubscribeMessage(message))).toMatchObject({ detail: { reason: 'no-credit' } })
  })

  it.each([{ dropAnswer: 1 }, { garbage: 1 }])(
    'that may have gone out (%p) is unknown and not repeated',
    async (fault) => {
      const { sandbox, wechat } = await play()
      sandbox.control({ ...fault, path: SEND })
      expect(await failure(wechat.sendSubscribeMessage(message))).toMatchObject({ kind: 'unknown-outcome' })
      expect(sandbox.requests().filter(({ path }) => path === SEND)).toHaveLength(1)
    },
  )
})
