import { type ExternalSiteApp, startExternalSite } from '../../support/external-site'
import { until } from '../../support/until'

const SYSTEM = '/api/v1/admin/external/systems/city'

let external: ExternalSiteApp
afterEach(() => external.close())
const start = async (options: Parameters<typeof startExternalSite>[0] = {}) => {
  external = await startExternalSite(options)
  expect((await external.session()).status).toBe(200)
}
const remove = (path: string) => external.app.api.send('DELETE', path, external.admin)
const logOut = (who = external.admin) => external.app.api.post('/api/v1/admin/external/city/op1/logout', {}, who)
const session = async () => (await external.sessions())[0]

describe.each(['classic-cookie', 'ruoyi'] as const)('a login at %s', (kind) => {
  test('ends on demand, here and at the site; the next who needs it logs in anew', async () => {
    await start({ site: { kind } })
    const { status, body } = await logOut()
    expect([status, body.message]).toEqual([200, '操作成功'])
    expect(external.site.counts()).toMatchObject({ loggedIn: 1, loggedOut: 1 })
    expect(await session()).toMatchObject({
      state: 'EXPIRED',
      next_action: '下次使用时登录',
      next_action_at: null,
    })
    external.app.clock.advance(3600_000)
    expect(await external.app.context.externalSessions.keep()).toEqual({ looked: 0 })
    expect((await external.session()).body.data.status).toBe('active')
    expect(external.site.counts()).toMatchObject({ loggedIn: 2, loggedOut: 1 })
    await logOut()
    await logOut()
    expect(external.site.counts()).toMatchObject({ loggedOut: 2 })
    expect((await external.app.api.get('/api/v1/admin/audit', external.admin)).body.data.list[0]).toMatchObject({
      action: 'external.session.logout',
      target: 'city op1',
    })
  })
})

test('a removed account is logged out at the site', async () => {
  await start()
  expect((await remove(`${SYSTEM}/accounts/op1`)).status).toBe(200)
  expect(external.site.counts()).toMatchObject({ loggedOut: 1 })
  expect(await external.sessions()).toEqual([])
  expect((await remove(`${SYSTEM}/accounts/op1`)).status).toBe(404)
})

test('a removed system logs its accounts out', async () => {
  await start()
  expect((await remove(SYSTEM)).status).toBe(200)
  expect(external.site.counts()).toMatchObject({ loggedOut: 1 })
})

test('a disabled system logs its accounts out and brings them back when it is enabled', async () => {
  await start()
  expect((await external.change({ is_active: false })).status).toBe(200)
  expect(external.site.counts()).toMatchObject({ loggedIn: 1, loggedOut: 1 })
  await external.change({ is_active: false, check_interval_seconds: 60 })
  expect(external.site.counts()).toMatchObject({ loggedIn: 1, loggedOut: 1 })
  await external.change({ is_active: true })
  await until(async () => (await session()).state === 'ACTIVE', 'the new login')
  expect(external.site.counts()).toMatchObject({ loggedIn: 2 })
})

test('a site that is away, and one without a way to log out, cost nothing but the goodbye', async () => {
  await start()
  external.site.control({ dropConnection: true })
  expect((await logOut()).status).toBe(200)
  expect(await session()).toMatchObject({ state: 'EXPIRED' })
  external.site.control({ dropConnection: false })
  await external.session()
  await external.app.context.database.db.deleteFrom('external_api_endpoint').where('name', '=', 'logout').execute()
  expect((await logOut()).status).toBe(200)
  expect(external.site.counts()).toMatchObject({ loggedOut: 0 })
})

test('a stop stays a stop: an account with a wrong password is not tried again by it', async () => {
  external = await startExternalSite({ system: { accounts: [{ account: 'op1', password: 'wrong' }] } })
  expect((await external.session()).body.data.reasonCode).toBe('PASSWORD_WRONG')
  await logOut()
  expect(await session()).toMatchObject({ state: 'PASSWORD_WRONG' })
  expect((await external.session()).body.data.reasonCode).toBe('PASSWORD_WRONG')
  expect(external.site.counts()).toMatchObject({ logins: 1 })
})
