import { dump, type ExternalSiteApp, finished, startExternalSite } from '../../support/external-site'

let external: ExternalSiteApp
afterEach(() => external.close())

const replay = (id: string, who = external.admin) =>
  external.app.api.post(`/api/v1/admin/external/logs/${id}/replay`, {}, who)
const logged = async (path: string) =>
  (await external.app.api.get(`/api/v1/admin/external/logs?q=${encodeURIComponent(path)}&size=100`, external.admin))
    .body.data.list

describe.each(['classic-cookie', 'ruoyi'] as const)('a recorded call of %s', (kind) => {
  beforeEach(async () => {
    external = await startExternalSite({ site: { kind } })
    await finished(external, await external.pull())
  })

  test('that reads is made again under the login there is now, and shown beside the old one', async () => {
    const [list] = await logged('/workorder/list')
    external.site.control({ expireSessions: true, addOrders: 1 })
    await external.check()
    const { status, body } = await replay(list.id)
    expect(status).toBe(200)
    expect(body.data).toMatchObject({
      log_id: list.id,
      system_name: 'city',
      account: 'op1',
      method: 'GET',
      endpoint: '/workorder/list',
      before: { status: 200, body: { total: 20 }, time: list.create_time },
      now: { status: 200, body: { total: 21 }, error: null },
    })
    expect((await logged('/workorder/list')).length).toBe(2)
    expect((await external.app.api.get('/api/v1/admin/audit', external.admin)).body.data.list[0]).toMatchObject({
      action: 'external.replay',
      target: 'city GET /workorder/list',
      detail: { log_id: list.id, account: 'op1' },
    })
    const secrets = external.site
      .requests()
      .flatMap(({ headers }) =>
        [headers.cookie, headers.authorization].flatMap((one) => String(one ?? '').split(/[= ]/)[1] ?? []),
      )
    expect(secrets.length).toBeGreaterThan(0)
    for (const text of [JSON.stringify(body), await dump(external.app)])
      for (const secret of secrets) expect(text).not.toContain(secret)
  })

  test('that writes or belongs to a login is not', async () => {
    const before = external.site.requests().length
    for (const path of ['/login', kind === 'ruoyi' ? '/captchaImage' : '/captcha']) {
      const [call] = await logged(path)
      const { status, body } = await replay(call.id)
      expect([path, status, body.message]).toEqual([path, 400, expect.stringMatching(/重放/)])
    }
    expect(external.site.requests().length).toBe(before)
  })
})

test('nobody but an admin, nothing that is not there, no other partner', async () => {
  external = await startExternalSite({ ngs: true })
  await external.app.api.post('/ngs/wo/close', { oId: 'O', taskId: 'T' }, external.admin)
  const [call] = await logged('/ngs/wo/close')
  expect((await replay(call.id)).status).toBe(400)
  expect((await replay('0195b000-0000-7000-8000-000000000000')).status).toBe(404)
  expect((await replay(call.id, { token: await external.app.api.customer() })).status).toBe(403)
})

test('a site that is down is a result; a session that cannot be had is a refusal', async () => {
  external = await startExternalSite()
  await finished(external, await external.pull())
  const [list] = await logged('/workorder/list')
  external.site.control({ status: 503 })
  expect((await replay(list.id)).body.data.now).toMatchObject({ status: 503, error: expect.any(String) })
  await external.change({ accounts: [{ account: 'op1', password: 'other' }] })
  external.site.control({ status: 0 })
  await external.check()
  expect((await replay(list.id)).body.data.reasonCode).toBe('PASSWORD_WRONG')
})

test('the console is told what the profiles assume, how pulls went and all of a system but its passwords', async () => {
  external = await startExternalSite()
  const get = async (path: string) =>
    (await external.app.api.get(`/api/v1/admin/external/${path}`, external.admin)).body.data
  const run = await external.pull()
  await finished(external, run)
  expect(await get('pulls?system=city')).toMatchObject({ total: 1, list: [{ run_id: run, state: 'done', seen: 20 }] })
  expect((await get('pulls?system=other')).total).toBe(0)
  const { list } = await get('profiles')
  expect(list.map((one: any) => [one.name, one.profile.captcha.kind])).toEqual([
    ['classic-cookie', 'characters'],
    ['ruoyi', 'arithmetic'],
  ])
  expect(list[0].endpoints.map((one: any) => one.name)).toContain('logout')
  expect(Object.keys(await get('systems/city')).toSorted()).toEqual([
    'accounts',
    'base_url',
    'check_interval_seconds',
    'create_time',
    'endpoints',
    'id',
    'is_active',
    'lock_threshold',
    'next_pull_at',
    'overrides',
    'profile',
    'pull_interval_seconds',
    'system_name',
    'update_time',
    'watermark',
  ])
})
