import { SANDBOX_ACCOUNT } from '../../../server/sandbox/external-site'
import { createExternalSystemRepository } from '../../../server/features/external-systems/repository'
import { purposeOf, resealAll } from '../../../server/features/external-systems/sealing'
import { createVault } from '../../../server/vault'
import { refusedPaths } from '../../support/answers'
import { buildSystem, dump, type ExternalSiteApp, startExternalSite } from '../../support/external-site'
import { addStaff } from '../../support/field-work'

let external: ExternalSiteApp
beforeAll(async () => {
  external = await startExternalSite()
})
afterAll(() => external.close())

const base = '/api/v1/admin/external/systems'
const post = (body: object) => external.app.api.post(base, body, external.admin)
const build = (changes: object) => buildSystem(external.site, 'ruoyi', { system_name: 'other', ...changes })

test('a system comes back with its catalogue and accounts, never with a password', async () => {
  const { status, body } = await post(build({ system_name: 'full', overrides: { captcha: { kind: 'characters' } } }))
  expect(status).toBe(200)
  expect(body.data).toMatchObject({
    system_name: 'full',
    profile: 'ruoyi',
    overrides: { captcha: { kind: 'characters' } },
    accounts: [{ account: 'op1', status: 'expired', state: 'NEW' }],
    lock_threshold: 5,
    check_interval_seconds: 300,
  })
  const names = body.data.endpoints.map(({ name }: { name: string }) => name)
  expect(names).toEqual(
    expect.arrayContaining(['captcha', 'login', 'check_status', 'workorder_list', 'workorder_detail', 'logout']),
  )
  expect(JSON.stringify(body)).not.toContain(SANDBOX_ACCOUNT.password)
  expect(await dump(external.app)).not.toContain(SANDBOX_ACCOUNT.password)
})

test('many systems cost no more queries than one, and each comes with its own', async () => {
  for (const system_name of ['list-a', 'list-b', 'list-c']) await post(build({ system_name }))
  const queriesOf = async (q: string) => {
    external.app.queries.length = 0
    const { body } = await external.app.api.get(`${base}?q=${q}`, external.admin)
    for (const { endpoints, accounts } of body.data.list)
      expect([endpoints.length > 4, accounts.length]).toEqual([true, 1])
    return [body.data.total, external.app.queries.filter((sql) => !sql.includes('external_api_log')).length]
  }
  const [one, queries] = await queriesOf('list-a')
  expect([one, await queriesOf('list-')]).toEqual([1, [3, queries]])
})

test('endpoints given take the place of those of the profile', async () => {
  const endpoints = [{ name: 'captcha', endpoint: '/code.png', http_method: 'GET', require_auth: false }]
  const { body } = await post(build({ system_name: 'placed', endpoints }))
  const captcha = body.data.endpoints.filter(({ name }: { name: string }) => name === 'captcha')
  expect(captcha).toMatchObject([{ endpoint: '/code.png', require_auth: false }])
})

test.each([
  [{ base_url: 'ftp://x' }, ['base_url']],
  [{ base_url: 'http://u:p@x' }, ['base_url']],
  [{ profile: 'unknown' }, ['profile']],
  [{ overrides: { login: { body: 'xml' } } }, ['overrides.login.body']],
  [{ overrides: { captcha: { legnth: 4 } } }, ['overrides.captcha.legnth']],
  [{ overrides: [] }, ['overrides']],
  [{ accounts: [{ account: 'a' }] }, ['accounts.0.password']],
  [{ endpoints: [{ name: 'x', endpoint: '//evil' }] }, ['endpoints.0.endpoint']],
  [{ lock_threshold: 0 }, ['lock_threshold']],
  [{ system_name: 'a/b' }, ['system_name']],
])('refuses %j', async (changes, paths) => {
  expect(refusedPaths(await post(build(changes)))).toEqual(paths)
})

test('a name is taken once; systems are changed, listed and removed; all of it is audited', async () => {
  expect((await post(build({ system_name: 'city' }))).status).toBe(409)
  await post(build({ system_name: 'short-lived' }))
  const { api } = external.app
  const found = async (query: string) =>
    (await api.get(`${base}?${query}`, external.admin)).body.data.list.map((row: any) => row.system_name)
  const all = await found('')
  expect(await found('q=SHORT')).toEqual(['short-lived'])
  expect(await found(`q=${encodeURIComponent(external.site.url)}`)).toEqual(all)
  expect(await found('q=nowhere')).toEqual([])
  await api.put(`${base}/short-lived`, { is_active: false }, external.admin)
  expect(await found('active=false')).toEqual(['short-lived'])
  expect(await found('active=true')).toEqual(all.filter((name: string) => name !== 'short-lived'))
  const changed = await api.put(`${base}/short-lived`, { check_interval_seconds: 60 }, external.admin)
  expect(changed.body.data).toMatchObject({ check_interval_seconds: 60, profile: 'ruoyi' })
  const added = await api.post(
    `${base}/short-lived/endpoints`,
    { name: 'export', endpoint: '/workorder/export' },
    external.admin,
  )
  expect(added.body.data).toMatchObject({ name: 'export', http_method: 'GET', require_auth: true })
  const catalogue = async (query = '') =>
    (await api.get(`${base}/short-lived/endpoints${query}`, external.admin)).body.data
  const { list } = await catalogue()
  expect(await catalogue()).toEqual({ total: 7, pages: 1, current: 1, size: 20, list })
  expect(await catalogue('?page=2&size=4')).toEqual({ total: 7, pages: 2, current: 2, size: 4, list: list.slice(4) })
  expect((await api.send('DELETE', `${base}/short-lived`, external.admin)).status).toBe(200)
  expect((await api.get(`${base}/short-lived`, external.admin)).status).toBe(404)
  const audit = (await api.get('/api/v1/admin/audit?size=100', external.admin)).body.data.list
  const actions = audit.map(({ action }: { action: string }) => action)
  expect(actions).toEqual(
    expect.arrayContaining(['external.system.create', 'external.system.change', 'external.system.remove']),
  )
})

test('an account is not given the password of one that differs in its letters only', async () => {
  await post(build({ system_name: 'letters' }))
  const { db } = external.app.context.database
  const stored = () =>
    db
      .selectFrom('external_auth_session')
      .select(['account', 'password'])
      .where('system_name', '=', 'letters')
      .where('account', '=', 'op1')
      .orderBy('create_time')
      .executeTakeFirst()
  const before = await stored()
  const changes = { accounts: [{ account: 'OP1', password: 'another' }] }
  // Where the collation tells them apart there are two then, else it is refused.
  expect([200, 409]).toContain((await external.app.api.put(`${base}/letters`, changes, external.admin)).status)
  expect(await stored()).toEqual(before)
})

test('admins only', async () => {
  await addStaff(external.app, 'dispatcher@example.com', 'HOMECARE_DISPATCHER')
  const token = await external.app.api.staff('dispatcher@example.com')
  for (const path of ['systems', 'sessions', 'challenges', 'work-orders'])
    expect((await external.app.api.get(`/api/v1/admin/external/${path}`, { token })).status).toBe(403)
})

test('a changed key: old values open with it, and after sealing anew without it', async () => {
  await external.session()
  const { database } = external.app.context
  const repository = createExternalSystemRepository(database)
  const previous = external.app.secrets.dataKey
  const current = Buffer.alloc(32, 7)
  const before = (await repository.sealed()).find(({ system_name }) => system_name === 'city')!
  const vault = createVault({ current, previous })
  expect(vault.open(before.password, purposeOf(before.id, 'password'))).toBe(SANDBOX_ACCOUNT.password)
  const alone = createVault({ current })
  expect(() => alone.open(before.password, purposeOf(before.id, 'password'))).toThrow('unknown key')
  const all = (await repository.sealed()).length
  expect(await resealAll({ repository, transaction: database.transaction }, vault)).toBe(all * 2)
  expect(await resealAll({ repository, transaction: database.transaction }, vault)).toBe(0)
  const after = (await repository.sealed()).find(({ id }) => id === before.id)!
  expect(alone.open(after.password, purposeOf(before.id, 'password'))).toBe(SANDBOX_ACCOUNT.password)
  expect(alone.open(after.cookie, purposeOf(before.id, 'cookie'))).toContain('JSESSIONID')
  expect(() => alone.open(after.password, purposeOf('another', 'password'))).toThrow('authenticate')
  // A password changed by a running server between reading and writing.
  await repository.reseal(
    { ...after, password: before.password },
    { password: 'older', cookie: after.cookie },
    database.db,
  )
  expect(await repository.sealed()).toContainEqual(after)
  await resealAll(
    { repository, transaction: database.transaction },
    createVault({ current: previous, previous: current }),
  )
})
