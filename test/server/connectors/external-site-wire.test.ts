import { createHash, generateKeyPairSync, privateDecrypt, constants } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createExternalSite } from '../../../server/connectors/external-site'
import { NO_CREDENTIAL } from '../../../server/connectors/external-site/credential'
import { mergeProfile, profileSchema } from '../../../server/connectors/external-site/profile'
import { CATALOGUES, type ProfileName, PROFILES } from '../../../server/connectors/external-site/profiles'
import { readRefusal } from '../../../server/connectors/external-site/refusal'
import type { HttpCall } from '../../../server/connectors/kit/http'

/** Answers typed from the document of the external-site API, not from the sandbox. */
interface Recorded {
  status?: number
  headers?: Record<string, string | string[]>
  body: string | Buffer
}

interface Seen {
  line: string
  headers: IncomingHttpHeaders
  body: string
}

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function serve(answers: Record<string, Recorded>) {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const line = `${request.method} ${request.url}`
      seen.push({ line, headers: request.headers, body: Buffer.concat(chunks).toString() })
      const { status = 200, headers = {}, body } = answers[line] ?? { status: 404, body: 'not recorded' }
      response.writeHead(status, headers).end(body)
    })
  }).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

async function play(profile: ProfileName, answers: Record<string, Recorded>, overrides: object = {}) {
  const { url, seen } = await serve(answers)
  const calls: HttpCall[] = []
  const site = createExternalSite({
    systemName: 'city',
    baseUrl: url,
    profile: profileSchema.parse(mergeProfile(PROFILES[profile], overrides)),
    endpoints: CATALOGUES[profile],
    log: { info: () => {}, warn: () => {}, error: () => {} },
    now: () => new Date(),
    record: (call) => calls.push(call),
  })
  const ticket = () => site.fetchCaptcha('op1', async () => ({ hook: null, hookResult: null }))
  const given = { account: 'op1', password: 'p@ss word', answer: 'x7kq' }
  return { site, seen, calls, ticket, login: async () => site.login(await ticket(), given) }
}

const json = (value: unknown): Recorded => ({
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json;charset=UTF-8' },
})

describe('classic-cookie', () => {
  const captcha = { body: PNG, headers: { 'content-type': 'image/png', 'set-cookie': 'JSESSIONID=before; Path=/' } }

  test('captcha with its cookie, the form, and the cookie of the login', async () => {
    const { login, seen, calls } = await play('classic-cookie', {
      'GET /captcha': captcha,
      'POST /login': {
        ...json({ code: 0, msg: 'ok' }),
        headers: { 'set-cookie': 'JSESSIONID=after; Path=/; HttpOnly' },
      },
    })
    expect(await login()).toMatchObject({ kind: 'ok', cookies: { JSESSIONID: 'after' }, expiresAt: null })
    expect(seen[1]).toMatchObject({
      line: 'POST /login',
      headers: { cookie: 'JSESSIONID=before', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'username=op1&password=p%40ss+word&captcha=x7kq',
    })
    const record = JSON.stringify(calls.map(({ binary: _binary, ...call }) => call))
    for (const secret of ['p@ss word', 'x7kq', 'after', 'before']) expect(record).not.toContain(secret)
  })

  test.each([
    ['验证码错误', { kind: 'captcha-wrong' }],
    ['密码错误', { kind: 'password-wrong', left: null }],
    ['用户不存在', { kind: 'password-wrong', left: null }],
    ['锁定，请联系管理员', { kind: 'locked', minutes: null }],
  ])('code not 0, %s', async (msg, outcome) => {
    const { login } = await play('classic-cookie', { 'GET /captcha': captcha, 'POST /login': json({ code: 1, msg }) })
    expect(await login()).toEqual(outcome)
  })

  test('logged in, sent to the login page, or shown it', async () => {
    const check = async (answer: Recorded) => {
      const { site } = await play('classic-cookie', { 'GET /user/info': answer })
      return site.check(NO_CREDENTIAL, 'op1')
    }
    expect(await check(json({ name: 'op1' }))).toBe(true)
    expect(await check({ status: 302, headers: { location: '/login' }, body: '' })).toBe(false)
    expect(await check({ body: '<html><title>用户登录</title></html>' })).toBe(false)
    await expect(check({ body: '<html>公告</html>' })).rejects.toMatchObject({ kind: 'bad-response' })
    await expect(check({ status: 503, body: '' })).rejects.toMatchObject({ kind: 'unavailable' })
  })

  test('the list by page and size, the detail by id', async () => {
    const row = { id: 7, title: 't', content: 'c', address: 'a', status: 's', create_time: '2026-01-01 08:00:00' }
    const { site } = await play('classic-cookie', {
      'GET /workorder/list?page=2&size=100': json({ code: 0, total: 101, rows: [row] }),
      'GET /workorder/detail?id=7': json({ code: 0, data: { ...row, more: 'x' } }),
    })
    const page = await site.list(NO_CREDENTIAL, 'op1', { page: 2, since: null })
    expect(page).toMatchObject({ total: 101, orders: [{ externalNo: '7', title: 't', time: '2026-01-01 08:00:00' }] })
    expect(await site.detail(NO_CREDENTIAL, 'op1', '7')).toMatchObject({ more: 'x' })
    await expect(site.detail(NO_CREDENTIAL, 'op1', '8')).rejects.toMatchObject({ kind: 'bad-response' })
  })

  test('a redirect to another host is not followed', async () => {
    const elsewhere = await serve({ 'GET /steal': json({ code: 0, total: 0, rows: [] }) })
    const { site } = await play('classic-cookie', {
      'GET /workorder/list?page=1&size=100': { status: 302, headers: { location: `${elsewhere.url}/steal` }, body: '' },
    })
    const list = site.list({ jar: null, token: null }, 'op1', { page: 1, since: null })
    await expect(list).rejects.toMatchObject({ kind: 'bad-response', detail: { reason: 'redirected-elsewhere' } })
    expect(elsewhere.seen).toEqual([])
  })

  test('a redirect that leads nowhere is a changed page', async () => {
    const { site } = await play('classic-cookie', {
      'GET /workorder/list?page=1&size=100': { status: 302, headers: { location: 'http://[' }, body: '' },
    })
    const list = site.list({ jar: null, token: null }, 'op1', { page: 1, since: null })
    await expect(list).rejects.toMatchObject({ kind: 'bad-response', detail: { reason: 'redirect-unreadable' } })
  })

  test('what a redirect adds to the address is recorded without its secrets', async () => {
    const { site, calls } = await play('classic-cookie', {
      'GET /user/info': {
        status: 302,
        headers: { location: '/home?access_token=fresh-from-the-site&tab=1' },
        body: '',
      },
      'GET /home?access_token=fresh-from-the-site&tab=1': json({ code: 0 }),
    })
    expect(await site.check(NO_CREDENTIAL, 'op1')).toBe(true)
    expect(calls.map(({ endpoint }) => endpoint)).toEqual(['/user/info', '/home'])
    expect(calls[1]!.requestBody).toEqual({ query: { access_token: '***', tab: '1' } })
  })

  test('a cookie that lives longer than any calendar ends within it', async () => {
    const { login } = await play('classic-cookie', {
      'GET /captcha': captcha,
      'POST /login': {
        ...json({ code: 0 }),
        headers: { 'set-cookie': 'JSESSIONID=after; Path=/; Max-Age=9223372036854775807' },
      },
    })
    const outcome = await login()
    expect(outcome.kind === 'ok' && outcome.expiresAt?.getUTCFullYear()).toBe(9999)
  })
})

describe('ruoyi', () => {
  const captcha = json({ msg: '操作成功', code: 200, captchaEnabled: true, img: PNG.toString('base64'), uuid: 'u-1' })

  test('image and uuid, JSON, and the token as bearer', async () => {
    const { login, site, seen, calls } = await play('ruoyi', {
      'GET /captchaImage': captcha,
      'POST /login': json({ msg: '操作成功', code: 200, token: 'eyJhbGciOiJIUzUxMiJ9.abc.def' }),
      'GET /getInfo': json({ code: 200, user: {} }),
    })
    const outcome = await login()
    expect(JSON.parse(seen[1]!.body)).toEqual({ username: 'op1', password: 'p@ss word', code: 'x7kq', uuid: 'u-1' })
    if (outcome.kind !== 'ok') throw new Error(outcome.kind)
    expect(await site.check(outcome.credential, 'op1')).toBe(true)
    expect(seen[2]!.headers.authorization).toBe('Bearer eyJhbGciOiJIUzUxMiJ9.abc.def')
    const record = JSON.stringify(calls)
    for (const secret of ['p@ss word', 'x7kq', 'eyJhbGci']) expect(record).not.toContain(secret)
  })

  test.each([
    ['验证码错误', { kind: 'captcha-wrong' }],
    ['验证码已失效', { kind: 'captcha-wrong' }],
    ['用户不存在/密码错误', { kind: 'password-wrong', left: null }],
    ['密码输入错误5次，帐户锁定10分钟', { kind: 'locked', minutes: 10 }],
  ])('HTTP 200 with code 500, %s', async (msg, outcome) => {
    const { login } = await play('ruoyi', { 'GET /captchaImage': captcha, 'POST /login': json({ code: 500, msg }) })
    expect(await login()).toEqual(outcome)
  })

  test('no captcha where the site says so; over where it says 401', async () => {
    const { ticket, site } = await play('ruoyi', {
      'GET /captchaImage': json({ code: 200, captchaEnabled: false }),
      'GET /getInfo': json({ code: 401, msg: '认证失败' }),
      'GET /workorder/list?pageNum=1&pageSize=100': json({ code: 401, msg: '认证失败' }),
    })
    expect((await ticket()).image).toBeNull()
    expect(await site.check(NO_CREDENTIAL, 'op1')).toBe(false)
    const list = site.list(NO_CREDENTIAL, 'op1', { page: 1, since: null })
    await expect(list).rejects.toMatchObject({ kind: 'unauthenticated' })
  })

  test('MD5 and RSA passwords', async () => {
    const answers = { 'GET /captchaImage': captcha, 'POST /login': json({ code: 200, token: 't'.repeat(20) }) }
    const md5 = await play('ruoyi', answers, { login: { password: 'md5' } })
    await md5.login()
    expect(JSON.parse(md5.seen[1]!.body).password).toBe(createHash('md5').update('p@ss word').digest('hex'))
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const rsa = await play('ruoyi', answers, { login: { password: 'rsa', publicKey: pem } })
    await rsa.login()
    const sent = Buffer.from(JSON.parse(rsa.seen[1]!.body).password, 'base64')
    // Padding of PKCS#1 v1.5 is checked by hand: newer runtimes refuse to take it off.
    const plain = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, sent)
    expect(plain.subarray(plain.indexOf(0, 2) + 1).toString()).toBe('p@ss word')
  })
})

test.each([
  ['密码错误，还可尝试2次，超过将被锁定', { kind: 'password-wrong', left: 2 }],
  ['密码错误，再错3次将锁定账号', { kind: 'password-wrong', left: null }],
  ['账户已锁定，请1小时后再试', { kind: 'locked', minutes: 60 }],
  ['账户已锁定999999999999999小时', { kind: 'locked', minutes: 10_080 }],
  ['系统繁忙，请稍后再试', { kind: 'busy' }],
  ['Invalid captcha', { kind: 'captcha-wrong' }],
  ['???', null],
])('a refusal that says %s', (message, refusal) => {
  expect(readRefusal(message, PROFILES.ruoyi.login.says)).toEqual(refusal)
})
