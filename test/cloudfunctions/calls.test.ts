import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { handle as gateway } from '../../cloudfunctions/gateway/handler'
import { main as gatewayMain } from '../../cloudfunctions/gateway'
import { main as maintainMain } from '../../cloudfunctions/maintain'
import { main as notifyMain } from '../../cloudfunctions/notify'
import { main as storageMain } from '../../cloudfunctions/storage'
import { buildPdf } from '../support/builders'
import { CLOUD_SECRET, type CloudApp, startCloudApp } from '../support/cloud'
import type { CloudAnswer } from '../../types/cloud'

const ENV_NAMES = [
  'SERVER_URL',
  'CLOUD_SHARED_SECRET',
  'CLOUDBASE_SERVICE_URL',
  'SCF_NAMESPACE',
  'TENCENTCLOUD_SECRETID',
  'TENCENTCLOUD_SECRETKEY',
  'TRIGGER_SRC',
  'WX_CONTEXT_KEYS',
  'WX_TRIGGER_API_TOKEN_V0',
  'WX_OPENID',
]
const kept = Object.fromEntries(ENV_NAMES.map((name) => [name, process.env[name]]))

let app: CloudApp
beforeAll(async () => {
  app = await startCloudApp({ now: () => new Date() })
})
afterAll(() => app.close())
beforeEach(() => {
  Object.assign(process.env, {
    SERVER_URL: app.url,
    CLOUD_SHARED_SECRET: CLOUD_SECRET,
    CLOUDBASE_SERVICE_URL: app.cloudbase.serviceUrl,
    SCF_NAMESPACE: app.cloudbase.env,
    TENCENTCLOUD_SECRETID: app.cloudbase.secretId,
    TENCENTCLOUD_SECRETKEY: app.cloudbase.secretKey,
  })
})
afterEach(() => {
  for (const name of ENV_NAMES)
    if (kept[name] === undefined) delete process.env[name]
    else process.env[name] = kept[name]
})

/** What CloudBase hands to a function beside the event. */
const contextOf = (values: Record<string, string>) => ({
  request_id: 'r',
  environment: JSON.stringify({ WX_CONTEXT_KEYS: Object.keys(values).join(), ...values }),
})
const phone = contextOf({ WX_OPENID: 'o-real', WX_UNIONID: 'u-real', WX_CLIENTIP: '203.0.113.9' })
const timer = contextOf({ TRIGGER_SRC: 'timer', WX_TRIGGER_API_TOKEN_V0: 'leave-to-call' })
const login = { path: '/api/v1/wechat/login', method: 'POST', data: { code: '' } }
const message = ({ data }: CloudAnswer) => (data as { message: string }).message
const tokenOf = ({ data }: CloudAnswer) => (data as { data: { token: string } }).data.token
const customers = () => app.context.database.db.selectFrom('customer').selectAll().execute()

test('an identity in the event is ignored, wherever it stands', async () => {
  const event = {
    ...login,
    openid: 'o-liar',
    OPENID: 'o-liar',
    userInfo: { openId: 'o-liar' },
    caller: { openid: 'o-liar' },
    data: { code: '', openid: 'o-liar' },
    header: { 'x-wx-openid': 'o-liar' },
  }
  expect(await gatewayMain(event, phone)).toMatchObject({ statusCode: 200 })
  const call = { path: '/api/v1/tasks', caller: { openid: 'o-liar' } }
  const token = tokenOf(await gatewayMain(login, phone))
  const header = { Authorization: `Bearer ${token}` }
  expect((await gatewayMain({ ...call, header }, phone)).statusCode).toBe(200)
  expect((await customers()).map((row) => [row.wechat_openid, row.wechat_unionid])).toEqual([['o-real', 'u-real']])
})

test('an older runtime names the person in the environment', async () => {
  const environ = 'WX_CONTEXT_KEYS=WX_OPENID;WX_OPENID=o-older'
  expect((await gatewayMain(login, { environ })).statusCode).toBe(200)
  process.env.WX_OPENID = 'o-oldest'
  expect((await gatewayMain(login, {})).statusCode).toBe(200)
  expect((await customers()).map((row) => row.wechat_openid)).toEqual(expect.arrayContaining(['o-older', 'o-oldest']))
})

test('without WeChat nobody comes in', async () => {
  for (const context of [undefined, null, {}, contextOf({}), { environment: '{' }]) {
    const answer = await gatewayMain({ ...login, openid: 'o-liar' }, context)
    expect([400, 401]).toContain(answer.statusCode)
    expect(message(answer)).toMatch(/微信身份|上下文/)
  }
})

test.each<[string, unknown, number, string]>([
  ['nothing', undefined, 400, '参数必须是对象'],
  ['text', 'x', 400, '参数必须是对象'],
  ['a list', [], 400, '参数必须是对象'],
  ['no path', {}, 400, 'path 不能为空'],
  ['a number for a path', { path: 1 }, 400, 'path 不能为空'],
  ['a path that is not open', { path: '/metrics' }, 403, '该路径不能经云函数访问'],
  ['the door itself', { path: '/internal/cloud/login' }, 403, '该路径不能经云函数访问'],
  ['a path that climbs', { path: '/api/v1/../../metrics' }, 403, '该路径不能经云函数访问'],
  ['another host', { path: '//evil.example/api/v1/tasks' }, 403, '该路径不能经云函数访问'],
  ['an unknown method', { path: '/api/v1/tasks', method: 'TRACE' }, 400, 'method 必须是'],
  ['a query that is text', { path: '/api/v1/tasks', query: 'a=1' }, 400, 'query 必须是对象'],
  ['a header that is text', { path: '/api/v1/tasks', header: 'a' }, 400, 'header 必须是对象'],
  [
    'a data file that is none',
    { path: '/api/v1/tasks', dataFile: 'https://a/b' },
    400,
    'dataFile 不是有效的云文件编号',
  ],
  ['too much', { path: '/api/v1/tasks', data: 'x'.repeat(101 * 1024) }, 413, '参数超过 100KB'],
])('the gateway refuses %s in words', async (_case, event, status, text) => {
  const answer = await gatewayMain(event, phone)
  expect([answer.statusCode, message(answer)]).toEqual([status, expect.stringContaining(text)])
})

test.each<[string, Record<string, string>, string]>([
  ['SERVER_URL', { SERVER_URL: '' }, '云函数缺少环境变量：SERVER_URL'],
  ['the secret', { CLOUD_SHARED_SECRET: ' ' }, '云函数缺少环境变量：CLOUD_SHARED_SECRET'],
  ['both', { SERVER_URL: '', CLOUD_SHARED_SECRET: '' }, '云函数缺少环境变量：SERVER_URL、CLOUD_SHARED_SECRET'],
  ['a real address', { SERVER_URL: 'server' }, 'SERVER_URL 不是有效的地址'],
  ['a long secret', { CLOUD_SHARED_SECRET: 'short' }, '至少需要 32 个字符'],
])('without %s every function says what is missing', async (_case, env, text) => {
  Object.assign(process.env, env)
  for (const answer of [
    await gatewayMain(login, phone),
    await storageMain({ path: '/api/v1/files', fileID: 'cloud://e.b/incoming/a.pdf' }, phone),
    await maintainMain({}, timer),
    await notifyMain({}, timer),
  ])
    expect([answer.statusCode, message(answer)]).toEqual([500, expect.stringContaining(text)])
})

test('a secret that is not the server’s is refused there, not taken for an expired login', async () => {
  process.env.CLOUD_SHARED_SECRET = 'another-secret-of-the-right-length-123'
  const answer = await gatewayMain(login, phone)
  expect([answer.statusCode, message(answer)]).toEqual([403, '云函数的签名无效、已过期或已使用过'])
})

describe('a server', () => {
  let server: Server
  let answer: { status: number; body: string } | null
  beforeEach(async () => {
    server = createServer((_request, response) => {
      if (answer) response.writeHead(answer.status, { 'x-trace-id': 't', 'set-cookie': 'a=b' }).end(answer.body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    process.env.SERVER_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })

  test.each<[string, string, string]>([
    ['that gives too much', JSON.stringify('x'.repeat(1024 * 1024)), '返回的内容超过 1MB'],
    ['that gives no JSON', '<html>', '服务器返回的内容无法识别'],
  ])('%s is a clear error', async (_case, body, text) => {
    answer = { status: 200, body }
    const given = await gatewayMain({ path: '/api/v1/tasks' }, phone)
    expect([given.statusCode, message(given)]).toEqual([502, expect.stringContaining(text)])
  })

  test('passes on its status and few of its headers', async () => {
    answer = { status: 429, body: '{"code":429}' }
    expect(await gatewayMain({ path: '/api/v1/tasks' }, phone)).toEqual({
      statusCode: 429,
      header: { 'x-trace-id': 't' },
      data: { code: 429 },
    })
  })

  test('that is not there is a clear error', async () => {
    server.close()
    jest.spyOn(console, 'error').mockImplementationOnce(() => {})
    const given = await gatewayMain({ path: '/api/v1/tasks' }, phone)
    expect([given.statusCode, message(given)]).toEqual([502, '云函数无法连接服务器，请稍后重试'])
  })
})

test('a handler needs nothing of the SDK', async () => {
  const access = { url: app.url, secret: CLOUD_SECRET }
  expect((await gateway(login, { openid: 'o-plain' }, access)).statusCode).toBe(200)
})

describe('storage', () => {
  const store = async (changes: object = {}) => {
    const header = { authorization: `Bearer ${tokenOf(await gatewayMain(login, phone))}` }
    const fileID = app.cloudbase.upload('incoming/s1.pdf', buildPdf())
    return storageMain({ path: '/api/v1/files', fileID, name: '报告.pdf', data: {}, header, ...changes }, phone)
  }

  test('makes a file of ours of an uploaded one', async () => {
    const { statusCode, data } = await store()
    expect([statusCode, (data as any).data]).toEqual([200, expect.objectContaining({ name: '报告.pdf' })])
  })

  test('lends a file of ours to the phone through cloud storage', async () => {
    const { data } = await store()
    const link = (data as any).data.url as string
    for (const given of [link, `https://field.example.com${link}`]) {
      const answer = await storageMain({ link: given }, phone)
      const { fileID } = (answer.data as any).data
      expect(fileID).toMatch(/^cloud:\/\/sandbox-env\.sandbox-bucket\/outgoing\/[\w-]+$/)
      expect(app.cloudbase.files.get(fileID.split('/').slice(3).join('/'))).toEqual(buildPdf())
    }
    const refused = await storageMain({ link: link.replace(/sig=./, 'sig=0') }, phone)
    expect([refused.statusCode, message(refused)]).toEqual([403, '文件不存在或链接已过期，请刷新页面'])
  })

  test.each(['https://evil.example/', '/api/v1/tasks', '/api/v1/files/../../metrics?a=b', 7, ''])(
    'lends nothing at %s',
    async (link) => {
      const answer = await storageMain({ link }, phone)
      expect([answer.statusCode, message(answer)]).toEqual([400, 'link 不是有效的文件链接'])
    },
  )

  test.each<[string, object, number, string]>([
    ['no file', { fileID: undefined }, 400, 'fileID 不是有效的云文件编号'],
    ['an address', { fileID: 'https://a.example/b.pdf' }, 400, 'fileID 不是有效的云文件编号'],
    ['a number for a name', { name: 1 }, 400, 'name 必须是文本'],
    ['another route', { path: '/api/v1/tasks' }, 403, '文件只能提交到'],
    ['a file of the server’s own', { fileID: 'cloud://sandbox-env.sandbox-bucket/files/a' }, 400, '不是由小程序上传'],
  ])('refuses %s in words', async (_case, changes, status, text) => {
    const answer = await store(changes)
    expect([answer.statusCode, message(answer)]).toEqual([status, expect.stringContaining(text)])
  })
})

describe('the timers', () => {
  test('let the server run what is due', async () => {
    const { statusCode, data } = await maintainMain({ Type: 'Timer', TriggerName: 'every-minute' }, timer)
    expect([statusCode, (data as any).data.list]).toEqual([
      200,
      expect.arrayContaining([{ name: 'sweep-files', result: 'ok' }]),
    ])
  })

  test.each([
    ['maintain', maintainMain],
    ['notify', notifyMain],
  ])('nobody else starts %s', async (_name, main) => {
    const answer = await main({ Type: 'Timer' }, phone)
    expect([answer.statusCode, message(answer)]).toEqual([403, '该云函数只由定时器调用'])
  })

  describe('notify', () => {
    const send = (openId: string) =>
      app.context.cloudMessages.send({ openId, templateId: 'tpl-1', fields: { thing1: '工程师已安排' } })
    const last = async () =>
      (await app.context.database.db.selectFrom('cloud_message').selectAll().orderBy('id', 'desc').execute())[0]!
    /** `CommOpenApiResp` with JSON in it. */
    const protocolBuffer = (body: object) => {
      const text = Buffer.from(JSON.stringify(body))
      const type = Buffer.from('application/json')
      return Buffer.concat([Buffer.from([10, text.length]), text, Buffer.from([18, type.length]), type])
    }

    test('sends what waits, with the timer’s leave, and reports it sent', async () => {
      await send('o-a')
      app.cloudbase.answerWx(protocolBuffer({ errcode: 0, errmsg: 'ok' }))
      expect(await notifyMain({ Type: 'Timer' }, timer)).toMatchObject({
        statusCode: 200,
        data: { data: { settled: 1 } },
      })
      const { apiName, data, token } = app.cloudbase.wxCalls.at(-1)!
      expect([apiName, token]).toEqual(['subscribeMessage.send', 'leave-to-call'])
      expect(data.toString()).toContain('"o-a"')
      expect(data.toString()).toContain('{"thing1":{"value":"工程师已安排"}}')
      expect(await last()).toMatchObject({ state: 'SENT', error: null })
      const calls = app.cloudbase.wxCalls.length
      await notifyMain({ Type: 'Timer' }, timer)
      expect(app.cloudbase.wxCalls).toHaveLength(calls)
    })

    test.each<[string, Buffer | object, string]>([
      ['WeChat’s refusal', protocolBuffer({ errcode: 43101, errmsg: 'user refuse' }), '43101 user refuse'],
      ['a missing permission', Buffer.from([24, 253, 184, 238, 253, 15]), 'WeChat refused the cloud call'],
      ['CloudBase’s refusal', { code: 'INVALID_PARAM', message: 'no token' }, 'no token'],
    ])('keeps %s', async (_case, answer, text) => {
      await send('o-b')
      app.cloudbase.answerWx(answer)
      await notifyMain({ Type: 'Timer' }, timer)
      expect(await last()).toMatchObject({ state: 'FAILED', error: expect.stringContaining(text) })
    })
  })
})
