import {
  startExternalSiteSandbox,
  type ExternalSiteSandbox,
  SANDBOX_ACCOUNT,
} from '../../../server/sandbox/external-site'
import {
  buildSystem,
  createSpyDecoder,
  dump,
  type ExternalSiteApp,
  startExternalSite,
} from '../../support/external-site'

let external: ExternalSiteApp
let other: ExternalSiteSandbox | undefined
afterEach(async () => {
  await external.close()
  await other?.close()
  other = undefined
})

const dryRun = (body: object = {}, reference = 'city', who = external.admin) =>
  external.app.api.post(`/api/v1/admin/external/systems/${reference}/dry-run`, body, who)
const outcomes = (body: any): Record<string, string> =>
  Object.fromEntries(body.data.steps.map((step: any) => [step.name, step.outcome]))
const stepOf = (body: any, name: string) => body.data.steps.find((step: any) => step.name === name)
const row = () =>
  external.app.context.database.db.selectFrom('external_auth_session').selectAll().executeTakeFirstOrThrow()

describe.each(['classic-cookie', 'ruoyi'] as const)('a dry run at %s', (kind) => {
  test('goes through every step and leaves the stored session as it was', async () => {
    external = await startExternalSite({ site: { kind } })
    await external.session()
    const before = await row()
    const { status, body } = await dryRun()
    expect(status).toBe(200)
    expect(body.data).toMatchObject({ ok: true, account: 'op1' })
    expect(outcomes(body)).toEqual({
      captcha: 'ok',
      decode: 'ok',
      login: 'ok',
      check_status: 'ok',
      workorder_list: 'ok',
      logout: 'ok',
    })
    expect(stepOf(body, 'login')).toMatchObject({
      request: { method: 'POST', path: '/login', body: { username: 'op1', password: '***' } },
      response: { status: 200, body: { code: kind === 'ruoyi' ? 200 : 0 } },
    })
    expect(stepOf(body, 'workorder_list')).toMatchObject({
      message: '第一页 20 条，共 20 条',
      response: { status: 200, body: { total: 20 } },
    })
    const { fencing_token: tokenBefore, ...kept } = before
    const { fencing_token: tokenAfter, ...now } = await row()
    expect(now).toEqual(kept)
    expect(tokenAfter).toBeGreaterThan(tokenBefore)
    expect((await external.check()).status).toBe(200)
    expect(external.site.counts()).toMatchObject({ loggedIn: 2, loggedOut: 1 })
    expect((await external.app.api.get('/api/v1/admin/audit', external.admin)).body.data.list).toContainEqual(
      expect.objectContaining({ action: 'external.dry-run', detail: { account: 'op1', ok: true, unsaved: false } }),
    )
  })

  test('shows no password, cookie, token or captcha answer', async () => {
    external = await startExternalSite({ site: { kind } })
    const { body } = await dryRun()
    const shown = JSON.stringify(body)
    const sent = external.site.requests()
    const secrets = [
      SANDBOX_ACCOUNT.password,
      ...sent.flatMap(({ headers }) => String(headers.cookie ?? '').split('=')[1] ?? []),
      ...sent.flatMap(({ headers }) => String(headers.authorization ?? '').split(' ')[1] ?? []),
    ].filter(Boolean)
    expect(secrets.length).toBeGreaterThan(2)
    await external.app.context.externalLog.flush()
    const stored = await dump(external.app)
    for (const secret of secrets) for (const text of [shown, stored]) expect(text).not.toContain(secret)
    expect(stepOf(body, 'login').request.body[kind === 'ruoyi' ? 'code' : 'captcha']).toBe('***')
    expect(stepOf(body, 'decode').response).toMatchObject({ answer: '***' })
  })
})

test('a system that was never saved is tried with what the body says', async () => {
  const fresh = await startExternalSiteSandbox({ kind: 'ruoyi', orders: 3 })
  other = fresh
  external = await startExternalSite({ decoder: createSpyDecoder(() => fresh) })
  const system = buildSystem(other, 'ruoyi', { system_name: 'fresh' })
  const { body } = await dryRun({ system }, 'fresh')
  expect(body.data.ok).toBe(true)
  expect(stepOf(body, 'workorder_list').message).toBe('第一页 3 条，共 3 条')
  expect((await external.app.api.get('/api/v1/admin/external/systems/fresh', external.admin)).status).toBe(404)
  expect((await dryRun({}, 'fresh')).status).toBe(404)
})

test('an unsaved change is tried without being kept; a wrong one says which step does not hold', async () => {
  external = await startExternalSite()
  const system = buildSystem(external.site, 'classic-cookie', { accounts: [{ account: 'op1' }] })
  const overrides = { list: { rowsPath: 'data.rows' } }
  const { body } = await dryRun({ system: { ...system, overrides } })
  expect(body.data.ok).toBe(false)
  expect(outcomes(body)).toMatchObject({ check_status: 'ok', workorder_list: 'failed', logout: 'ok' })
  expect(stepOf(body, 'workorder_list').message).toBe('应答与配置不符（list-answer）')
  expect((await dryRun()).body.data.ok).toBe(true)
  const broken = await dryRun({ system: { ...system, overrides: { list: { rows: 1 } } } })
  expect([broken.status, broken.body.message]).toEqual([400, expect.stringContaining('overrides.list.rows')])
})

test('a saved password does not go to another address', async () => {
  external = await startExternalSite()
  other = await startExternalSiteSandbox({ kind: 'classic-cookie' })
  const system = buildSystem(other, 'classic-cookie', { accounts: [] })
  const { status, body } = await dryRun({ system, account: 'op1' })
  expect([status, body.message]).toEqual([400, expect.stringContaining('密码')])
  expect(other.requests()).toEqual([])
})

test('wrong passwords are counted, and the last two attempts are never spent', async () => {
  external = await startExternalSite()
  const system = buildSystem(external.site, 'classic-cookie', {
    accounts: [{ account: 'op1', password: 'wrong' }],
    lock_threshold: 100,
  })
  for (let i = 1; i <= 3; i++) {
    const { body } = await dryRun({ system })
    expect([stepOf(body, 'login').outcome, stepOf(body, 'login').message]).toEqual(['failed', '账号或密码被拒绝'])
    expect((await row()).password_failures).toBe(i)
  }
  const { body } = await dryRun({ system })
  expect(stepOf(body, 'login')).toMatchObject({
    outcome: 'failed',
    message: '剩余登录次数不足（已失败 3 次），没有尝试登录',
    request: null,
  })
  expect(outcomes(body)).toMatchObject({ check_status: 'skipped', workorder_list: 'skipped', logout: 'skipped' })
  expect(external.site.counts().logins).toBe(3)
})

test('without a decoder the run ends at the captcha; a site that is down says so', async () => {
  external = await startExternalSite({ decoder: null })
  const { body } = await dryRun()
  expect(outcomes(body)).toMatchObject({ captcha: 'ok', decode: 'failed', login: 'skipped' })
  external.site.control({ status: 503 })
  const down = await dryRun()
  expect(stepOf(down.body, 'captcha')).toMatchObject({ outcome: 'failed', response: { status: 503 } })
  expect(stepOf(down.body, 'captcha').message).toContain('外部系统无法访问')
})

test('one more endpoint is read at the end, unless it writes', async () => {
  external = await startExternalSite()
  const path = '/api/v1/admin/external/systems/city/endpoints'
  await external.app.api.post(path, { name: 'me', endpoint: '/workorder/detail?id=none' }, external.admin)
  await external.app.api.post(path, { name: 'drop', endpoint: '/drop', http_method: 'POST' }, external.admin)
  const { body } = await dryRun({ endpoint: 'me' })
  expect(stepOf(body, 'endpoint')).toMatchObject({
    outcome: 'ok',
    message: '应答 200',
    response: { body: { code: 500 } },
  })
  const refused = await dryRun({ endpoint: 'drop' })
  expect(stepOf(refused.body, 'endpoint')).toMatchObject({ outcome: 'failed', request: null })
  expect(external.site.requests().some((request) => request.path === '/drop')).toBe(false)
  expect((await dryRun({ endpoint: 'nothing' })).status).toBe(404)
  expect((await dryRun({ account: 'nobody' })).status).toBe(404)
})
