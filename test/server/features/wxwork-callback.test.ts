import { startWxworkApp, type WxworkApp } from '../../support/wxwork'

let app: WxworkApp
let address: string
beforeEach(async () => {
  app = await startWxworkApp({ env: { MAX_EVENTS: '50' } })
  address = `/callback/wxwork/${app.secrets.callbackSecret}`
})
afterEach(() => app.close())

const send = (body: unknown, path = address, type = 'application/json') =>
  fetch(app.url + path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': type },
  })
const notices = () => app.context.database.db.selectFrom('wxwork_notice').selectAll().execute()
const events = async () => (await app.get('/events')).body.events as any[]

test('a forged callback is 403 and leaves nothing', async () => {
  for (const path of ['/callback/wxwork/wrong', '/callback/wxwork', '/callback/wxwork/', `${address}x`]) {
    const { status } = await send({ uuid: 'u', json: '登录成功', type: 1 }, path)
    expect([path, status]).toEqual([path, 403])
  }
  expect(await notices()).toEqual([])
})

test('an event is stored before it is acknowledged, text and object are the same, unknown types are kept', async () => {
  const answer = await send({ uuid: 'u1', json: '{"a":1,"b":[2]}', type: 999 })
  expect([answer.status, await answer.json()]).toEqual([200, { errcode: 0, errmsg: 'ok' }])
  expect(await notices()).toHaveLength(1)
  await send({ type: 999, json: { b: [2], a: 1 }, uuid: 'u1' })
  await send({ type: 998, json: { b: [2], a: 1 }, uuid: 'u1' })
  for (const odd of ['no json at all', '[1,2]', 'null', ''])
    expect((await send(odd, address, 'text/plain')).status).toBe(200)
  const list = await events()
  expect(list.filter(({ uuid }) => uuid === 'u1').map(({ stage, type }) => [stage, type])).toEqual([
    ['callback', '998'],
    ['callback', '999'],
  ])
  expect(list).toHaveLength(6)
})

test('a notice that nests without end is kept as text and holds up no other', async () => {
  const uuid = await app.logIn()
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  expect((await send(`{"uuid":"${uuid}","type":1,"json":${deep}}`)).status).toBe(200)
  expect((await send({ uuid, type: 2, json: deep })).status).toBe(200)
  expect((await send({ uuid, type: 3, json: 'after it' })).status).toBe(200)
  expect((await events())[0]).toMatchObject({ type: '3', payload: { json: 'after it' } })
  expect((await notices()).every(({ processed_at }) => processed_at !== null)).toBe(true)
})

test('a notice longer than the journal keeps is kept by its beginning and holds up no other', async () => {
  const uuid = await app.logIn()
  const fields = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`field${index}`, '长'.repeat(5)]))
  expect((await send({ uuid, type: 1, json: { first: '异常断开', ...fields } })).status).toBe(200)
  await send({ uuid, type: 2, json: 'after it' })
  const [next, long] = await events()
  expect(next).toMatchObject({ type: '2', payload: { json: 'after it' } })
  expect(long).toMatchObject({
    type: '1',
    payload: { uuid, json: expect.stringMatching(/^\{"first":"异常断开".*characters\)$/) },
  })
})

test('of the secret nothing is kept, also where a long notice is cut in its middle', async () => {
  const uuid = await app.logIn()
  const { callbackSecret } = app.secrets
  const said = Array.from({ length: 40 }, (_, index) => 'x'.repeat(1950 + index) + callbackSecret)
  await send({ uuid, type: 1, json: { said } })
  await send({ uuid, type: 2, json: said[30] })
  await app.context.wxworkCallbacks.process()
  const kept = JSON.stringify(await app.context.database.db.selectFrom('wxwork_event').selectAll().execute())
  expect(kept).toContain('xxx')
  expect(kept).not.toContain(callbackSecret.slice(0, 12))
})

test('notices that a process which died had stored are processed by the next, unasked', async () => {
  const uuid = await app.logIn()
  await app.context.wxworkCallbacks.stop()
  await app.context.database.db
    .insertInto('wxwork_notice')
    .values({
      id: '0',
      digest: 'left',
      body: JSON.stringify({ uuid, type: 4, json: 'left' }),
      received_at: app.clock.now(),
      processed_at: null,
    })
    .execute()
  app.context.wxworkMonitor.listen()
  await app.until(async () => (await notices()).every(({ processed_at }) => processed_at !== null))
})

test('1,000 callbacks of which 30 % are repeats are 700 events, and the newest are kept', async () => {
  const uuid = await app.logIn()
  const before = (await notices()).length
  const bodies = Array.from({ length: 1000 }, (_, i) => ({ uuid, type: 5, json: JSON.stringify({ seq: i % 700 }) }))
  for (let from = 0; from < bodies.length; from += 20) {
    const answers = await Promise.all(bodies.slice(from, from + 20).map((body) => send(body)))
    for (const { status } of answers) expect(status).toBe(200)
  }
  expect(await notices()).toHaveLength(before + 700)
  await app.context.wxworkCallbacks.process()
  expect((await notices()).every(({ processed_at }) => processed_at !== null)).toBe(true)
  const list = await events()
  expect(list.filter((event) => event.uuid === uuid).length).toBe(50)
  expect(list[0].payload.json).toEqual({ seq: 699 })
}, 60_000)

test('a late notice of a disconnect does not take an account down that is online', async () => {
  const uuid = await app.logIn()
  await send({ uuid, type: 1, json: '手机端结束登录' })
  await app.context.wxworkCallbacks.process()
  await app.until(async () => (await app.get('/state')).body.active.isLogin)
  expect((await app.session()).state).toBe('ONLINE')
  expect((await app.get('/state')).body.active.lastEvent).toContain('手机端结束登录')
  expect(app.calls('init')).toBe(1)
})

test('the phone shows its code', async () => {
  const { body } = await app.post('/init')
  await app.post('/get-qrcode')
  await send({ uuid: body.uuid, type: 2, json: '请输入验证码' })
  await app.until(async () => (await app.session()).state === 'CODE_NEEDED')
})

test('a notice is acknowledged while the gateway is being asked and does not answer', async () => {
  const uuid = await app.logIn()
  app.clock.advance(60_000)
  app.gateway.control({ hang: 'GetRunClientByUuid' })
  const order: string[] = []
  const before = app.calls('GetRunClientByUuid')
  const check = app.context.wxworkMonitor.pass().then(() => order.push('gateway answered'))
  await app.until(() => app.calls('GetRunClientByUuid') > before)
  for (let i = 0; i < 20; i++) {
    const { status } = await send({ uuid, type: 7, json: { seq: i } })
    order.push(`acknowledged ${status}`)
  }
  expect(order).toEqual(Array(20).fill('acknowledged 200'))
  expect((await notices()).filter(({ body }) => body.includes('"seq"'))).toHaveLength(20)
  app.gateway.control({ hang: '', dropConnection: true })
  await check
}, 60_000)
