import { startWxworkApp, type WxworkApp } from '../../support/wxwork'

let app: WxworkApp
beforeEach(async () => {
  app = await startWxworkApp()
})
afterEach(() => app.close())

const sender = () => app.context.wxworkSender
const queue = async (count: number, patient = true) => {
  const { id } = await app.session()
  for (let i = 0; i < count; i++)
    await sender().enqueue({ sessionId: id, to: 'u', kfId: 0, isRoom: false, content: `消息 ${i}`, patient })
}
const rows = () => app.context.database.db.selectFrom('wxwork_message').selectAll().orderBy('id').execute()
/** Lets time pass until no more than `left` are queued; sends as a running server does. */
async function drain(most: number, left = 0): Promise<void> {
  for (let i = 0; i < most; i++) {
    await sender().run()
    const { queued, nextSendAt } = await app.session()
    if (queued <= left) return
    app.clock.set(nextSendAt)
  }
  throw new Error('the queue did not empty')
}

test('500 messages leave in order, at most 20 a minute and 1 to 3 s apart, each once across a kill −9', async () => {
  await app.logIn()
  await queue(500)
  await drain(1200, 300)
  app.gateway.control({ latencyMs: 300, path: '/wxwork/SendTextMsg' })
  app.clock.set((await app.session()).nextSendAt)
  const before = app.calls('SendTextMsg')
  const broken = sender().run()
  await app.until(() => app.calls('SendTextMsg') > before)
  await Promise.all([broken.catch(() => {}), app.crash()])
  app.gateway.control({ latencyMs: 0 })
  expect(await app.session()).toMatchObject({ queued: 300 })
  // So long the turn of the dead process lasts.
  app.clock.advance(31_000)
  await drain(1200)
  expect((await rows()).filter(({ state }) => state !== 'SENT').map(({ state }) => state)).toEqual(['UNKNOWN'])
  expect(app.gateway.messages().map(({ content }) => content)).toEqual(
    Array.from({ length: 500 }, (_, i) => `消息 ${i}`),
  )
  const starts = (await rows()).map(({ started_at }) => started_at!.getTime())
  for (let i = 1; i < starts.length; i++) expect(starts[i]! - starts[i - 1]!).toBeGreaterThanOrEqual(1000)
  for (let i = 20; i < starts.length; i++) expect(starts[i]! - starts[i - 20]!).toBeGreaterThanOrEqual(60_000)
  expect(starts.at(-1)! - starts[0]!).toBeLessThan(25 * 61_000)
}, 120_000)

test('an idle account’s first message leaves at once, the second waits for its turn', async () => {
  await app.logIn()
  expect((await app.post('/send-text', { send_userid: 'a', content: '1' })).status).toBe(200)
  const second = app.post('/send-text', { send_userid: 'a', content: '2' })
  await app.until(async () => (await app.session()).queued === 1)
  expect(app.gateway.messages()).toHaveLength(1)
  app.clock.advance(3_000)
  expect((await second).status).toBe(200)
  expect(app.gateway.messages().map(({ content }) => content)).toEqual(['1', '2'])
})

test('a message that was under way when its process died is not sent again, the rest are', async () => {
  await app.logIn()
  await queue(3)
  await app.context.database.db
    .updateTable('wxwork_message')
    .set({ state: 'SENDING', started_at: app.clock.now() })
    .where('content', '=', '消息 0')
    .execute()
  await drain(10)
  expect((await rows()).map(({ state }) => state)).toEqual(['UNKNOWN', 'SENT', 'SENT'])
  expect(app.gateway.messages().map(({ content }) => content)).toEqual(['消息 1', '消息 2'])
})

test('what can wait waits for its account, and for a gateway that is away', async () => {
  await app.logIn()
  const { vid } = await app.session()
  app.gateway.control({ disconnect: vid })
  await app.tick()
  await queue(2)
  await sender().run()
  expect((await rows()).map(({ state }) => state)).toEqual(['PENDING', 'PENDING'])
  for (let i = 0; i < 5; i++) await app.tick()
  expect((await app.session()).state).toBe('ONLINE')
  app.gateway.control({ failNext: 1, path: '/wxwork/SendTextMsg' })
  await drain(20)
  expect(app.gateway.messages().map(({ content }) => content)).toEqual(['消息 0', '消息 1'])
})

test('what can wait is not lost where the gateway has started anew, and what it refuses is not repeated', async () => {
  await app.logIn()
  await queue(2)
  app.gateway.control({ restart: true })
  await sender().run()
  expect((await rows()).map(({ state }) => state)).toEqual(['PENDING', 'PENDING'])
  for (let i = 0; i < 6; i++) await app.tick()
  expect((await app.session()).state).toBe('ONLINE')
  await drain(20)
  expect(app.gateway.messages().map(({ content }) => content)).toEqual(['消息 0', '消息 1'])
  app.gateway.control({ refuse: { action: 'SendTextMsg' } })
  await queue(1)
  app.clock.advance(60_000)
  await drain(20)
  expect((await rows()).at(-1)!.state).toBe('FAILED')
})

test('a lost answer is an unknown outcome and never repeated', async () => {
  await app.logIn()
  app.gateway.control({ dropAnswer: 1, path: '/wxwork/SendTextMsg' })
  expect((await app.post('/send-text', { send_userid: 'a', content: 'x' })).status).toBe(502)
  app.clock.advance(60_000)
  await sender().run()
  expect(app.gateway.messages()).toHaveLength(1)
  expect((await app.get('/messages')).body.messages).toMatchObject([{ state: 'UNKNOWN', to: 'a' }])
})
