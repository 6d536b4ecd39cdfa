import { INTERVAL_MS, startWxworkApp, type WxworkApp } from '../../support/wxwork'
import { until } from '../../support/until'

const HOUR_MS = 3600_000
const NOTICES = 1000
/** So many are new, the rest repeats of them. */
const FRESH = 700
const AT_ONCE = 20

let app: WxworkApp
beforeEach(async () => {
  app = await startWxworkApp({ env: { MAX_EVENTS: '10000' } })
})
afterEach(() => app.close())

const state = async () => (await app.session()).state
const vid = async () => (await app.session()).vid as string
const alerts = async () => {
  const { body } = await app.api.get('/homecare/notifications?size=100', { token: app.token })
  return body.data.list.filter(({ event }: { event: string }) => event === 'WXWORK_HUMAN_NEEDED').length
}
const notices = () => app.context.database.db.selectFrom('wxwork_notice').selectAll().execute()

/** Ticks until the account is online. @returns how many tries it took */
async function recovered(): Promise<number> {
  const before = app.calls('automaticLogin')
  for (let ticks = 0; ticks < 6; ticks++) {
    await app.tick()
    if ((await state()) === 'ONLINE') return app.calls('automaticLogin') - before
  }
  throw new Error(`not online: ${JSON.stringify(await app.session())}`)
}

/** As the gateway sends it: again until it is acknowledged. */
async function notify(body: object): Promise<void> {
  const post = () =>
    fetch(`${app.url}/callback/wxwork/${app.secrets.callbackSecret}`, { method: 'POST', body: JSON.stringify(body) })
  await until(async () => (await post().catch(() => null))?.status === 200, 'the acknowledgement')
}

async function awayForAnHour(): Promise<void> {
  app.gateway.control({ dropConnection: true })
  for (let ms = 0; ms < HOUR_MS; ms += INTERVAL_MS) await app.tick()
  expect(await app.session()).toMatchObject({ state: 'OFFLINE', tries: 0 })
}

/** Notices in no order, with a kill −9 among them. */
async function burst(uuid: string): Promise<void> {
  const order = Array.from({ length: NOTICES }, (_, i) => (i * 37) % NOTICES)
  for (let from = 0; from < NOTICES; from += AT_ONCE) {
    const some = order.slice(from, from + AT_ONCE).map((i) => ({ uuid, type: 5, json: { seq: i % FRESH } }))
    const acknowledged = Promise.all(some.map(notify))
    if (from === NOTICES / 2) await app.crash()
    await acknowledged
  }
  await app.context.wxworkCallbacks.process()
}

async function seenInBurst(): Promise<number[]> {
  const { events } = (await app.get('/events')).body
  const numbers = events.flatMap(({ payload }: { payload: { json?: { seq?: number } } }) => payload.json?.seq ?? [])
  return numbers.toSorted((a: number, b: number) => a - b)
}

test('a day: online whenever it could be, at most three tries an outage, one QR code, each event once', async () => {
  await app.logIn()
  for (let round = 0; round < 3; round++) {
    await app.fall({ disconnect: await vid() })
    expect(await recovered()).toBe(1)
  }

  const before = (await notices()).length
  const forged = { uuid: (await app.session()).uuid, type: 1, json: '其他设备登录' }
  const { status } = await fetch(`${app.url}/callback/wxwork/guessed`, { method: 'POST', body: JSON.stringify(forged) })
  expect([status, (await notices()).length, await state()]).toEqual([403, before, 'ONLINE'])

  const former = (await app.session()).uuid
  app.gateway.control({ restart: true })
  expect(await recovered()).toBe(1)
  const [client] = app.gateway.clients()
  expect(await app.session()).toMatchObject({ uuid: client!.uuid, tries: 0 })
  expect(client!.uuid).not.toBe(former)
  expect(client!.callbackUrl).toBe((await app.get('/state')).body.callbackUrl)

  await awayForAnHour()
  await app.crash()
  app.gateway.control({ dropConnection: false })
  expect(await recovered()).toBe(0)
  expect([app.calls('getQrCode'), await alerts()]).toEqual([1, 0])

  await burst((await app.session()).uuid)
  expect(await seenInBurst()).toEqual(Array.from({ length: FRESH }, (_, seq) => seq))
  expect((await notices()).every(({ processed_at }) => processed_at !== null)).toBe(true)
  expect(await state()).toBe('ONLINE')

  await app.fall({ loginElsewhere: await vid() })
  const tries = app.calls('automaticLogin')
  for (let interval = 0; interval < 30; interval++) {
    if (interval === 5) await app.crash()
    await app.tick()
  }
  expect(await state()).toBe('HUMAN_NEEDED')
  expect([app.calls('automaticLogin') - tries, app.calls('getQrCode'), await alerts()]).toEqual([3, 2, 1])
  await app.post('/check-code', { code: app.gateway.codeOf((await app.session()).uuid) })
  await app.until(async () => (await state()) === 'ONLINE')
  expect(app.calls('getQrCode')).toBe(2)
}, 120_000)
