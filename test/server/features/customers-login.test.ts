import fs from 'node:fs'
import path from 'node:path'
import { keysOf, refusedPaths } from '../../support/answers'
import { ENGINES } from '../../support/engines'
import { startTestApp, type TestApp } from '../../support/test-app'

const PROFILE = ['address', 'contact', 'email', 'name', 'phone', 'wechat_avatar_url']

describe.each(ENGINES)('WeChat login on %s', (engine) => {
  let app: TestApp
  beforeEach(async () => {
    app = await startTestApp({ engine })
  })
  afterEach(() => app.close())

  const login = (code: unknown) => app.api.post('/api/v1/wechat/login', { code })
  const rows = () => app.context.database.db.selectFrom('customer').selectAll().execute()
  const scripted = (errcode: number, times = 1) =>
    app.sandbox.wechat.control({ errcodes: [{ path: '/sns/jscode2session', errcode, times }] })

  test('1.1 answers as the document shows, with empty texts for what is not known yet', async () => {
    const { status, body } = await login('demo-zhang')
    expect(status).toBe(200)
    expect(body).toEqual({
      code: 200,
      message: '登录成功',
      data: {
        token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        userInfo: { contact: '', name: '', phone: '', address: '', email: '', wechat_avatar_url: '' },
      },
    })
    expect(keysOf(body.data.userInfo)).toEqual(PROFILE)
    expect((await app.api.get('/api/v1/user/profile', { token: body.data.token })).status).toBe(200)
  })

  test('the first login makes a row with an empty company, later ones find it', async () => {
    for (const _time of [1, 2, 3]) await login('demo-zhang')
    await login('demo-li')
    expect(await rows()).toHaveLength(2)
    expect((await rows())[0]).toMatchObject({ name: '', level: 'C', contact: null, phone: null })
  })

  test('eight first logins at once make one row and all succeed', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => login('demo-rush')))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(await rows()).toHaveLength(1)
  })

  test('the unionid is kept, also when it comes later', async () => {
    await login('demo-union-1')
    expect((await rows())[0]!.wechat_unionid).toMatch(/^oU/)
    await app.context.database.db.updateTable('customer').set({ wechat_unionid: null }).execute()
    await login('demo-union-1')
    expect((await rows())[0]!.wechat_unionid).toMatch(/^oU/)
    await login('demo-plain')
    expect((await rows())[1]!.wechat_unionid).toBeNull()
  })

  test('the session_key is nowhere: not in answers, logs or the database', async () => {
    const { body } = await login('demo-secret')
    const token = body.data.token as string
    const profile = await app.api.get('/api/v1/user/profile', { token })
    const everything = [
      JSON.stringify(body),
      JSON.stringify(profile.body),
      app.logs.join(''),
      JSON.stringify(await rows()),
    ]
    if (engine === 'sqlite')
      for (const file of fs.readdirSync(app.dataDir).filter((name) => name.startsWith('app.db')))
        everything.push(fs.readFileSync(path.join(app.dataDir, file), 'latin1'))
    // The sandbox's keys are 16 bytes in base64.
    for (const text of everything) expect(text).not.toMatch(/session_?key|[A-Za-z0-9+/]{22}==/i)
    expect(everything.join('')).not.toContain('demo-secret')
    expect(app.logs.join('')).not.toContain(token)
  })

  test.each([
    [40029, 400, 'WECHAT_CODE_INVALID'],
    [40163, 400, 'WECHAT_CODE_INVALID'],
    [45011, 429, 'RATE_LIMITED'],
    [40226, 403, 'WECHAT_USER_REFUSED'],
    [40013, 502, 'UPSTREAM_FAILED'],
    [40125, 502, 'UPSTREAM_FAILED'],
    [99999, 502, 'UPSTREAM_FAILED'],
  ])('errcode %i is answered %i', async (errcode, status, reasonCode) => {
    scripted(errcode)
    const answer = await login('demo-zhang')
    expect([answer.status, answer.body.code, answer.body.data.reasonCode]).toEqual([status, status, reasonCode])
    expect(answer.body.message).toMatch(/[\u4e00-\u9fff]/)
    expect(JSON.stringify(answer.body)).not.toMatch(new RegExp(`${errcode}|invalid|appid|rid:`))
    expect(answer.headers.has('retry-after')).toBe(status === 429)
    expect(await rows()).toEqual([])
    expect((await login('demo-zhang')).status).toBe(200)
  })

  test('busy (−1) is asked again', async () => {
    scripted(-1, 2)
    expect((await login('demo-zhang')).status).toBe(200)
  })

  test('WeChat down is a 502 that tells nothing of it', async () => {
    app.sandbox.wechat.control({ dropConnection: true })
    const { status, body } = await login('demo-zhang')
    expect([status, body.message]).toEqual([502, '合作系统暂时没有响应，请稍后再试'])
    expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|ECONN|socket|wechat|appid/i)
    expect(await rows()).toEqual([])
  })

  test('an answer that is no JSON is a 502', async () => {
    app.sandbox.wechat.control({ garbage: true })
    expect((await login('demo-zhang')).status).toBe(502)
  })

  test.each([undefined, null, '', ' ', 1, {}, ['demo-a'], 'x'.repeat(201), 'a\u0000b'])(
    'the code %p is refused by name',
    async (code) => {
      expect(refusedPaths(await login(code))).toEqual(['code'])
    },
  )

  test.each(['wrong', "' or 1=1 --", '<script>', '../x', '&appid=other', '😀', '{"a":1}'])(
    'the code %p is WeChat to judge, and no row comes of it',
    async (code) => {
      expect((await login(code)).status).toBe(400)
      expect(await rows()).toEqual([])
    },
  )

  test('a disabled customer neither logs in nor goes on with an old token', async () => {
    const { body } = await login('demo-zhang')
    await app.context.database.db.updateTable('customer').set({ wechat_disabled_at: app.clock.now() }).execute()
    const again = await login('demo-zhang')
    expect([again.status, again.body.data.reasonCode]).toEqual([403, 'ACCOUNT_DISABLED'])
    const profile = await app.api.get('/api/v1/user/profile', { token: body.data.token })
    expect([profile.status, profile.body.message]).toEqual([401, '账号已停用，请联系客服'])
  })

  test('without WeChat configured the login says so', async () => {
    const bare = await startTestApp({ wechatBaseUrl: '' })
    const { status, body } = await bare.api.post('/api/v1/wechat/login', { code: 'demo-a' })
    expect([status, body.message]).toEqual([503, '微信登录尚未配置'])
    await bare.close()
  })
})
