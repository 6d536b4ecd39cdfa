import { INTERVAL_MS, startWxworkApp, type WxworkApp } from '../../support/wxwork'
import { skipCircuitPause } from '../../support/clock'

let app: WxworkApp
afterEach(() => app.close())
beforeEach(async () => {
  app = await startWxworkApp()
})

const state = async () => (await app.session()).state
const vid = async () => (await app.session()).vid as string
const alerts = async () => {
  const { body } = await app.api.get('/homecare/notifications', { token: app.token })
  return body.data.list.filter(({ event }: { event: string }) => event === 'WXWORK_HUMAN_NEEDED').length
}
/** Ticks until the account is online. @returns how many it took */
async function recovered(most: number): Promise<number> {
  for (let ticks = 1; ticks <= most; ticks++) {
    await app.tick()
    if ((await state()) === 'ONLINE') return ticks
  }
  throw new Error(`not online after ${most} intervals: ${JSON.stringify(await app.session())}`)
}

test('three disconnects, each recovered with one try and without a QR code', async () => {
  await app.logIn()
  for (let round = 1; round <= 3; round++) {
    const before = app.calls('automaticLogin')
    await app.fall({ disconnect: await vid() })
    await recovered(4)
    expect(app.calls('automaticLogin')).toBe(before + 1)
  }
  expect([app.calls('getQrCode'), await alerts()]).toEqual([1, 0])
  const { events } = (await app.get('/events')).body
  expect(JSON.stringify(events)).toContain('异常断开')
})

test('a gateway that started anew: a new uuid, the callback registered again, the account online', async () => {
  const uuid = await app.logIn()
  app.gateway.control({ restart: true })
  await recovered(4)
  const [client] = app.gateway.clients()
  expect(client!.uuid).not.toBe(uuid)
  expect((await app.get('/state')).body.active).toMatchObject({ uuid: client!.uuid, isLogin: true })
  expect(client!.callbackUrl).toBe((await app.get('/state')).body.callbackUrl)
})

test('a phone login elsewhere: three tries after 1, 2 and 4 intervals, one QR code, one alert, no loop', async () => {
  await app.logIn()
  await app.fall({ loginElsewhere: await vid() })
  const tries: number[] = []
  for (let interval = 1; interval <= 30; interval++) {
    const before = app.calls('automaticLogin')
    await app.tick()
    if (app.calls('automaticLogin') > before) tries.push(interval)
  }
  expect(tries).toEqual([1, 3, 7])
  expect(await app.session()).toMatchObject({
    state: 'HUMAN_NEEDED',
    isLogin: false,
    qrcode: expect.stringMatching(/./),
  })
  expect([app.calls('getQrCode'), await alerts()]).toEqual([2, 1])

  const { checks } = (await app.api.get('/readyz')).body
  expect(checks[`wxwork:${await vid()}`]).toEqual({ ok: false, detail: 'HUMAN_NEEDED' })
  const metrics = (await app.api.get('/metrics')).body as string
  expect(metrics).toContain(`wxwork_account_state{account="${await vid()}",state="HUMAN_NEEDED"} 1`)

  await app.post('/check-code', { code: '123456' })
  await app.until(async () => (await state()) === 'ONLINE')
})

test('a notice that comes while the one QR code is fetched does not fetch another', async () => {
  await app.logIn()
  await app.fall({ loginElsewhere: await vid() })
  while ((await app.session()).tries < 3) await app.tick()
  app.gateway.control({ latencyMs: 300, path: '/wxwork/getQrCode' })
  app.clock.advance(INTERVAL_MS)
  const check = app.context.wxworkMonitor.pass()
  await app.until(() => app.calls('getQrCode') === 2)
  app.gateway.control({ notify: { account: await vid(), type: 7, json: '收到一条消息' } })
  await app.until(async () => (await app.session()).lastEvent.includes('收到一条消息'))
  await check
  for (let i = 0; i < 5; i++) await app.tick()
  expect(app.calls('getQrCode')).toBe(2)
  expect(await app.session()).toMatchObject({ state: 'HUMAN_NEEDED', qrcode: expect.stringMatching(/./) })
  expect(await alerts()).toBe(1)
})

test('a gateway away for an hour costs no try, and the account is back when it is', async () => {
  await app.logIn()
  const uuid = (await app.session()).uuid
  app.gateway.control({ dropConnection: true })
  const before = app.gateway.requests().filter(({ path }) => path.endsWith('/init')).length
  for (let i = 0; i < 80; i++) {
    app.clock.advance(INTERVAL_MS)
    await app.context.wxworkMonitor.pass()
  }
  expect(await app.session()).toMatchObject({ state: 'OFFLINE', tries: 0 })
  app.gateway.control({ dropConnection: false })
  skipCircuitPause()
  await recovered(3)
  expect([app.calls('init'), (await app.session()).uuid]).toEqual([before, uuid])
  expect(app.calls('getQrCode')).toBe(1)
}, 60_000)

test('with the monitor stopped nothing is tried, and it stays stopped', async () => {
  await app.logIn()
  await app.post('/monitor/stop')
  app.gateway.control({ disconnect: await vid() })
  await app.until(async () => !(await app.get('/state')).body.active.isLogin)
  for (let i = 0; i < 10; i++) await app.tick()
  expect(app.calls('automaticLogin')).toBe(0)
  expect((await app.get('/state')).body.monitor.enabled).toBe(false)
  await app.post('/monitor/start')
  await recovered(5)
})

test('several accounts, each with its own state', async () => {
  const first = await app.logIn()
  const { body } = await app.post('/init')
  await app.post('/get-qrcode')
  await app.post('/check-code', { code: '123456' })
  const online = async () =>
    (await app.get('/sessions')).body.sessions.filter((one: { state: string }) => one.state === 'ONLINE').length
  await app.until(async () => (await online()) === 2)
  await app.fall({ loginElsewhere: first })
  await app.tick()
  const states = (await app.get('/sessions')).body.sessions.map((one: any) => [one.uuid === body.uuid, one.state])
  expect(states).toEqual([
    [false, 'RECONNECTING'],
    [true, 'ONLINE'],
  ])
})
