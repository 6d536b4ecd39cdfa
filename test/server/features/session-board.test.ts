import { addStaff } from '../../support/field-work'
import { type ExternalSiteApp, startExternalSite } from '../../support/external-site'
import { outboxRows, send, submitTask } from '../../support/ngs'
import { until } from '../../support/until'

let external: ExternalSiteApp
afterEach(() => external?.close())

const board = async (who = external.admin) =>
  (await external.app.api.get('/api/v1/admin/sessions', who)).body.data?.list
const rowOf = async (partner: string, key?: string) =>
  (await board()).find((row: any) => row.partner === partner && (!key || row.key === key))

test('shows every partner: token, connection, accounts', async () => {
  external = await startExternalSite({ ngs: true, wxwork: true })
  await external.session()
  external.app.clock.advance(90_000)
  const rows = await board()
  expect(rows.map((row: any) => [row.partner, row.key, row.level, row.state])).toEqual([
    ['wechat', 'token', 'ok', 'NO_TOKEN'],
    ['ngs', 'connection', 'ok', 'CONNECTED'],
    ['external', 'city/op1', 'ok', 'ACTIVE'],
    ['wxwork', 'gateway', 'ok', 'CONNECTED'],
  ])
  expect(await rowOf('external')).toMatchObject({
    title: 'city / op1',
    state_text: '已登录',
    since: '2026-03-02 10:00:00',
    age_seconds: 90,
    next_action: '定时检查',
    next_action_at: expect.stringMatching(/^2026-03-02 10:0\d:\d\d$/),
    human_action: null,
  })
})

test('whoever reads may look: dispatchers, not workers', async () => {
  external = await startExternalSite()
  for (const [email, role, status] of [
    ['dispatcher@example.com', 'HOMECARE_DISPATCHER', 200],
    ['worker@example.com', 'HOMECARE_WORKER', 403],
  ] as const) {
    await addStaff(external.app, email, role)
    const token = await external.app.api.staff(email)
    expect((await external.app.api.get('/api/v1/admin/sessions', { token })).status).toBe(status)
  }
})

test('what needs a person comes first and says what to do', async () => {
  external = await startExternalSite({
    system: { accounts: [{ account: 'op1', password: 'wrong' }] },
  })
  await external.session()
  const [first] = await board()
  expect(first).toMatchObject({
    partner: 'external',
    key: 'city/op1',
    level: 'down',
    state: 'PASSWORD_WRONG',
    state_text: '账号或密码被拒绝',
    last_error: '账号或密码被拒绝',
    next_action: null,
    human_action: '请核对并更新该账号的密码',
  })
  expect(JSON.stringify(await board())).not.toContain('wrong')
  await external.change({ is_active: false })
  expect(await rowOf('external')).toMatchObject({ level: 'disabled', state_text: '系统已停用', human_action: null })
})

test('a captcha for a person, a site that is down and a changed page are told apart', async () => {
  external = await startExternalSite({ decoder: null })
  await external.session()
  expect(await rowOf('external')).toMatchObject({ state: 'CHALLENGE', human_action: expect.stringContaining('验证码') })
  external.site.control({ status: 503 })
  await external.change({ base_url: external.site.url })
  await until(async () => (await rowOf('external')).state === 'SITE_DOWN', 'SITE_DOWN')
  expect(await rowOf('external')).toMatchObject({
    state_text: '外部系统无法访问',
    next_action: '重新登录',
    next_action_at: expect.any(String),
    human_action: null,
  })
})

test('many accounts cost no more queries than one', async () => {
  const accounts = Array.from({ length: 20 }, (_, index) => ({ account: `op${index}`, password: 'x' }))
  external = await startExternalSite({ system: { is_active: false, accounts: accounts.slice(0, 1) } })
  const queriesOf = async () => {
    external.app.queries.length = 0
    const rows = await board()
    return [rows.filter((row: any) => row.partner === 'external').length, external.app.queries.length]
  }
  const [one, queries] = await queriesOf()
  await external.change({ accounts })
  expect([one, await queriesOf()]).toEqual([1, [20, queries]])
})

test('writes that ngs is owed and a person has to settle are named', async () => {
  external = await startExternalSite({ ngs: true })
  const customer = { token: await external.app.api.customer() }
  await submitTask(external.app, { customer })
  await send(external.app)
  const { number } = await submitTask(external.app, { customer })
  expect(await rowOf('ngs')).toMatchObject({ level: 'ok', next_action: '自动发送 1 条待发写入', human_action: null })
  const entry = (await outboxRows(external.app)).find(({ subject }) => subject === number)!
  await external.app.context.database.db
    .updateTable('outbox')
    .set({ state: 'UNKNOWN' })
    .where('id', '=', entry.id)
    .execute()
  expect(await rowOf('ngs')).toMatchObject({
    level: 'degraded',
    human_action: '请在“待发写入”中处理：1 条写入结果未知或已放弃',
  })
})

test('a partner that does not answer is down, and says since when', async () => {
  external = await startExternalSite({ ngs: true })
  external.app.sandbox.ngs.control({ dropConnection: true })
  const body = { oId: 'O', taskId: 'T' }
  for (let i = 0; i < 5; i++) await external.app.api.post('/ngs/wo/close', body, external.admin)
  expect(await rowOf('ngs')).toMatchObject({
    level: 'down',
    state: 'UNREACHABLE',
    since: expect.any(String),
    last_error: expect.stringContaining('最近一次调用没有成功'),
  })
})

test('accounts at the gateway are on it, and partners that are not configured', async () => {
  external = await startExternalSite({ wxwork: true })
  const post = (path: string, json: object = {}) => external.app.api.post(`/api${path}`, json, external.admin)
  await post('/init')
  await post('/get-qrcode')
  const rows = (await board()).filter((row: any) => row.partner === 'wxwork')
  expect(rows).toMatchObject([
    { state: 'QR_WAITING', level: 'down', human_action: '请用手机企业微信扫码', next_action: '二维码到期作废' },
    { key: 'gateway', level: 'ok' },
  ])
  expect(await rowOf('ngs')).toMatchObject({ level: 'disabled', state_text: '未配置' })
})
