import { buildSubmission } from '../../support/builders'
import { callSigned, CLOUD_SECRET } from '../../support/cloud'
import { addDispatchedOrder, addOrder, startTwin } from '../../support/field-work'
import { type MessagesApp, startMessagesApp, TEMPLATES, templateOf, WXWORK_IDS } from '../../support/messages'

let app: MessagesApp
afterEach(() => app.close())
const start = async (env: Record<string, string> = {}, more: object = {}) => {
  app = await startMessagesApp({ env, ...more })
}

/** One message to the customer that WeChat could bring: the order is dispatched. */
const dispatched = () => addDispatchedOrder(app, app.crew)
const ofCustomer = async (event = 'DISPATCHED') =>
  (await app.log(`event=${event}`)).filter(({ audience }) => audience === 'customer')
const outbox = async () => (await app.api.get('/api/v1/admin/outbox?size=100', app.crew.admin)).body.data.list as any[]
const attemptsOf = async () =>
  (await ofCustomer())[0]!.attempts.map(({ channel, outcome, reason }) => [channel, outcome, reason])

describe('a subscribe message', () => {
  beforeEach(() => start())

  test('carries the template filled in, and uses up one credit', async () => {
    await app.subscribe(2)
    const id = await dispatched()
    await app.deliver()
    const { task_id } = (await app.api.get(`/api/v1/tasks/${id}`, app.crew.customer)).body.data
    expect(app.subscribeMessages()).toEqual([
      {
        touser: expect.stringMatching(/^oS/),
        template_id: templateOf('DISPATCHED'),
        page: `pages/task/index?id=${task_id}`,
        data: {
          character_string1: { value: task_id },
          thing2: { value: '高效液相色谱仪' },
          thing3: { value: '已派单：已安排工程师worker' },
          time4: { value: '2026年3月2日 10:00' },
        },
        miniprogram_state: 'formal',
        lang: 'zh_CN',
      },
    ])
    expect(await app.credits('DISPATCHED')).toBe(1)
    expect(await attemptsOf()).toEqual([
      ['inbox', 'sent', null],
      ['wechat', 'sent', null],
    ])
  })

  test('that WeChat refuses for want of credit (43101) empties the ledger', async () => {
    await app.subscribe(5)
    app.wechatRefuses(43101)
    await dispatched()
    await app.deliver()
    expect(await app.credits('DISPATCHED')).toBe(0)
    expect(await attemptsOf()).toEqual([
      ['inbox', 'sent', null],
      ['wechat', 'failed', 'no-credit'],
      ['wxwork', 'skipped', 'no-wxwork-id'],
    ])
    expect((await outbox())[0]).toMatchObject({ topic: 'wechat.message', state: 'SENT', note: expect.any(String) })
  })

  test.each([
    [47003, 'bad-field'],
    [40003, 'bad-openid'],
    [40037, 'bad-template'],
    [41030, 'bad-page'],
    [45009, 'daily-quota'],
    [48001, 'refused'],
  ])('refused with %i goes on to the next channel and keeps its credit', async (errcode, reason) => {
    await app.subscribe(1)
    app.wechatRefuses(errcode)
    await dispatched()
    await app.deliver()
    expect((await ofCustomer())[0]).toMatchObject({ channel: 'inbox', outcome: 'sent' })
    expect(await attemptsOf()).toContainEqual(['wechat', 'failed', reason])
    expect(await app.credits('DISPATCHED')).toBe(1)
    expect(app.logs.some((line) => line.includes('WECHAT_TEMPLATES'))).toBe(/^bad-(field|template|page)/.test(reason))
  })

  test('is sent again where WeChat was busy (-1), and once where its token had expired (40001)', async () => {
    await app.subscribe(1)
    app.wechatRefuses(-1, 3)
    await dispatched()
    await app.context.outboxWorker.run()
    expect((await ofCustomer())[0]).toMatchObject({ channel: 'wechat', outcome: 'pending' })
    app.sandbox.wechat.control({ expireSessions: true })
    await app.deliver()
    expect((await ofCustomer())[0]).toMatchObject({ channel: 'wechat', outcome: 'sent' })
    const tokens = app.sandbox.wechat.requests().filter(({ path }) => path.endsWith('stable_token'))
    expect(tokens.length).toBe(2)
    expect(await app.credits('DISPATCHED')).toBe(0)
  })

  test('waits out an outage of WeChat, and gives up on it in the end', async () => {
    await app.subscribe(1)
    app.sandbox.wechat.control({ failNext: 1, path: '/cgi-bin/message/subscribe/send' })
    await dispatched()
    await app.deliver()
    expect((await ofCustomer())[0]).toMatchObject({ channel: 'wechat', outcome: 'sent' })

    await app.subscribe(1)
    app.wechatRefuses(-1, 1000)
    await dispatched()
    await app.deliver()
    expect(await attemptsOf()).toContainEqual(['wechat', 'failed', 'no-answer'])
  }, 60_000)

  test('whose answer was lost is in doubt: seen, not repeated, and not given to another channel', async () => {
    await app.logInAccount()
    await app.registerIds()
    await app.subscribe(1)
    app.sandbox.wechat.control({ dropAnswer: 1, path: '/cgi-bin/message/subscribe/send' })
    await dispatched()
    await app.deliver()
    app.clock.advance(3600_000)
    await app.context.outboxWorker.run()
    expect(app.subscribeMessages()).toHaveLength(1)
    expect(await ofCustomer()).toMatchObject([{ channel: 'wechat', outcome: 'unknown' }])
    expect((await outbox()).filter(({ state }) => state === 'UNKNOWN')).toMatchObject([{ topic: 'wechat.message' }])
    expect(app.texts().filter(({ send_userid }) => send_userid === WXWORK_IDS.customer)).toEqual([])
    expect(await app.log('event=OUTBOX_UNKNOWN')).toEqual([])
  })

  test('in doubt is settled in the log as well, when a person says so or has it sent again', async () => {
    await app.subscribe(2)
    app.sandbox.wechat.control({ dropAnswer: 2, path: '/cgi-bin/message/subscribe/send' })
    await dispatched()
    await dispatched()
    await app.deliver()
    const doubtful = (await outbox()).filter(({ state }) => state === 'UNKNOWN')
    expect(doubtful).toHaveLength(2)
    const decide = (id: string, decision: string, json: object = {}) =>
      app.api.post(`/api/v1/admin/outbox/${id}/${decision}`, json, app.crew.admin)
    expect((await decide(doubtful[0].id, 'resolve', { note: '客户说收到了' })).status).toBe(200)
    expect((await decide(doubtful[1].id, 'retry')).status).toBe(200)
    const rowOf = async (index: number) => (await ofCustomer()).find(({ id }) => id === doubtful[index].key)!
    expect((await rowOf(0)).attempts.at(-1)).toMatchObject({ channel: 'wechat', outcome: 'sent', reason: 'by-hand' })
    expect(await rowOf(0)).toMatchObject({ channel: 'wechat', outcome: 'sent' })
    expect(await rowOf(1)).toMatchObject({ channel: 'wechat', outcome: 'pending' })
    await app.deliver()
    expect(await rowOf(1)).toMatchObject({ channel: 'wechat', outcome: 'sent' })
    expect(app.subscribeMessages()).toHaveLength(3)
  })

  test('to two processes is one message', async () => {
    await app.subscribe(9)
    for (let i = 0; i < 4; i++) await dispatched()
    const twin = await startTwin(app)
    await Promise.all([app.context.outboxWorker.run(), twin.context.outboxWorker.run()])
    await app.deliver()
    await twin.close()
    expect(app.subscribeMessages()).toHaveLength(4)
    expect(await app.credits('DISPATCHED')).toBe(5)
  })
})

describe('a subscribe message that a cloud function sends', () => {
  const settle = async (result: object) => {
    const [{ id, ...message }] = (await callSigned(app, 'messages/take', {})).body.data.list
    expect(message).toMatchObject({ openid: expect.stringMatching(/^oS/), templateId: templateOf('DISPATCHED') })
    expect(Object.keys(message).sort()).toEqual(['fields', 'openid', 'page', 'templateId'])
    const answer = await callSigned(app, 'messages/settle', { results: [{ id, ...result }] })
    expect(answer.body.data).toEqual({ settled: 1 })
  }
  beforeEach(async () => {
    await start({ WECHAT_MESSAGES: 'cloud', CLOUD_SHARED_SECRET: CLOUD_SECRET })
    await app.logInAccount()
    await app.registerIds()
    await app.subscribe(2, ['DISPATCHED'])
    await dispatched()
    await app.deliver()
  })

  test('goes on to the next channel when the function says that WeChat refused it', async () => {
    await settle({ ok: false, errcode: 43101, error: 'user refuse to accept the msg' })
    await app.deliver()
    expect(await attemptsOf()).toEqual([
      ['inbox', 'sent', null],
      ['wechat', 'sent', null],
      ['wechat', 'failed', 'no-credit'],
      ['wxwork', 'sent', null],
    ])
    expect(app.texts().map(({ send_userid }) => send_userid)).toContain(WXWORK_IDS.customer)
    expect(await app.credits('DISPATCHED')).toBe(0)
  })

  test('stays where it is when it was sent', async () => {
    await settle({ ok: true })
    await app.deliver()
    expect((await ofCustomer())[0]).toMatchObject({ channel: 'wechat', outcome: 'sent' })
    expect(await app.credits('DISPATCHED')).toBe(1)
  })

  test('is in doubt, and not sent again, when the function never says what came of it', async () => {
    const take = async () => (await callSigned(app, 'messages/take', {})).body.data.list
    const [{ id }] = await take()
    app.clock.advance(9 * 60_000)
    expect(await take()).toEqual([])
    expect((await ofCustomer())[0]).toMatchObject({ channel: 'wechat', outcome: 'sent' })
    app.clock.advance(2 * 60_000)
    expect(await take()).toEqual([])
    expect((await ofCustomer())[0]).toMatchObject({ channel: 'wechat', outcome: 'unknown' })
    const late = await callSigned(app, 'messages/settle', { results: [{ id, ok: true }] })
    expect(late.body.data).toEqual({ settled: 0 })
    await app.deliver()
    expect(app.texts().map(({ send_userid }) => send_userid)).not.toContain(WXWORK_IDS.customer)
  })
})

describe('templates', () => {
  test('a text that cannot be shortened and does not fit goes another way without asking WeChat', async () => {
    const fields = { phrase1: 'status', name2: 'customer_name' }
    await start({ WECHAT_TEMPLATES: JSON.stringify({ DISPATCHED: { ...TEMPLATES.DISPATCHED, fields } }) })
    await app.subscribe(1)
    const name = '欧阳'.repeat(6)
    const { body } = await app.api.post('/api/v1/tasks', buildSubmission({ customer: { name } }), app.crew.customer)
    const { id } = (await app.api.get(`/api/v1/tasks/${body.data.task_id}`, app.crew.customer)).body.data
    await app.api.post('/homecare/dispatch', { workOrderId: id, workerId: app.crew.workerId }, app.crew.dispatcher)
    await app.deliver()
    expect(app.subscribeMessages()).toEqual([])
    expect(await attemptsOf()).toContainEqual(['wechat', 'failed', 'bad-field'])
  })

  test('without one the message goes another way', async () => {
    await start({ WECHAT_TEMPLATES: '{}' })
    await app.subscribe(1)
    await dispatched()
    expect(await attemptsOf()).toContainEqual(['wechat', 'skipped', 'no-template'])
    expect(await outbox()).toEqual([])
    expect((await app.api.get('/api/v1/subscriptions/templates', app.crew.customer)).body.data).toEqual({
      template_ids: [],
    })
  })
})

describe('a text by Enterprise WeChat', () => {
  beforeEach(async () => {
    await start()
    await app.logInAccount()
    await app.registerIds()
  })

  test('that the gateway refuses falls back to the inbox', async () => {
    app.sandbox.wxwork.control({ refuse: { action: 'SendTextMsg', times: 100 } })
    await dispatched()
    await app.deliver()
    expect((await ofCustomer())[0]).toMatchObject({ channel: 'inbox', outcome: 'sent' })
    expect(await attemptsOf()).toContainEqual(['wxwork', 'failed', 'refused'])
  })

  test('whose answer was lost is in doubt and not repeated', async () => {
    app.sandbox.wxwork.control({ dropAnswer: 100, path: '/wxwork/SendTextMsg' })
    await addOrder(app, app.crew)
    await app.deliver()
    app.clock.advance(3600_000)
    await app.context.wxworkSender.run()
    expect(app.texts()).toHaveLength(1)
    expect(await app.log('event=SUBMITTED')).toMatchObject([{ channel: 'wxwork', outcome: 'unknown' }])
  })

  test('is not written to somebody whose account was disabled', async () => {
    const { dispatcherId } = app.crew
    await app.api.post(`/api/v1/admin/staff/${dispatcherId}/disable`, {}, app.crew.admin)
    await addOrder(app, app.crew)
    await app.deliver()
    // Nobody dispatches any more: the admins hear of it.
    expect(app.texts().map(({ send_userid }) => send_userid)).toEqual([WXWORK_IDS.admin])
  })
})

describe('quiet hours', () => {
  // The test clock stands at 10:00 in China.
  beforeEach(() => start({ QUIET_HOURS: '9:00-10:30' }))

  test('hold back the outside channel and nothing else, and let urgent messages to staff pass', async () => {
    await app.logInAccount()
    await app.registerIds()
    await app.subscribe(2)
    await dispatched()
    await app.context.outboxWorker.run()
    await app.context.wxworkSender.run()
    expect(app.subscribeMessages()).toEqual([])
    expect(app.texts().map(({ send_userid }) => send_userid)).toEqual([WXWORK_IDS.worker])
    const inbox = await app.api.get('/api/v1/notifications', app.crew.customer)
    expect(inbox.body.data.list.map(({ event }: { event: string }) => event)).toEqual(['DISPATCHED'])
    expect(await ofCustomer()).toMatchObject([{ channel: 'wechat', outcome: 'pending' }])

    app.clock.advance(29 * 60_000)
    await app.context.outboxWorker.run()
    expect(app.subscribeMessages()).toEqual([])
    app.clock.advance(60_000)
    await app.deliver()
    expect(app.subscribeMessages()).toHaveLength(1)
    expect(app.texts().map(({ send_userid }) => send_userid)).toContain(WXWORK_IDS.dispatcher)
  })
})

describe('alarms', () => {
  test('of an account that is out never go by that account, but by another', async () => {
    await start()
    const first = await app.logInAccount()
    const second = await app.logInAccount()
    expect(second.vid).not.toBe(first.vid)
    await app.registerIds()
    app.sandbox.wxwork.control({ loginElsewhere: second.vid })
    for (let interval = 0; interval < 12; interval++) {
      app.clock.advance(45_000)
      await app.context.wxworkCallbacks.process()
      await app.context.wxworkMonitor.pass()
    }
    await app.deliver()
    expect(await app.log('event=WXWORK_HUMAN_NEEDED')).toMatchObject([{ audience: 'admin', channel: 'wxwork' }])
    const [text] = app.sandbox.wxwork.messages()
    expect(text).toMatchObject({ uuid: first.uuid, send_userid: WXWORK_IDS.admin })
  }, 30_000)

  test('tell the admins of a write to ngs that is in doubt, and of one given up, once each', async () => {
    await start({}, { ngs: true })
    await app.logInAccount()
    await app.registerIds()
    app.sandbox.ngs.control({ dropAnswer: 1 })
    await addOrder(app, app.crew)
    await app.deliver()
    expect(await app.log('event=OUTBOX_UNKNOWN')).toMatchObject([
      { audience: 'admin', channel: 'wxwork', outcome: 'sent', content: expect.stringMatching(/^T\d+ ngs\.send/) },
    ])
    app.sandbox.ngs.control({ status: 401 })
    await addOrder(app, app.crew)
    for (let i = 0; i < 12; i++) {
      app.clock.advance(300_000)
      await app.context.outboxWorker.run()
    }
    await app.deliver()
    expect(await app.log('event=OUTBOX_DEAD')).toHaveLength(1)
    expect(await app.log('event=OUTBOX_UNKNOWN')).toHaveLength(1)
  }, 30_000)
})

describe('the log', () => {
  beforeEach(() => start())

  test('is filtered by event, audience, channel, outcome, text and time', async () => {
    await app.subscribe(1)
    await dispatched()
    await app.deliver()
    const events = async (query: string) =>
      (await app.log(query)).map(({ event, audience }) => `${event} ${audience}`).toSorted()
    expect(await events('')).toEqual(['DISPATCHED customer', 'DISPATCHED worker', 'SUBMITTED dispatcher'])
    expect(await events('event=SUBMITTED')).toEqual(['SUBMITTED dispatcher'])
    expect(await events('audience=worker')).toEqual(['DISPATCHED worker'])
    expect(await events('channel=wechat')).toEqual(['DISPATCHED customer'])
    expect(await events('channel=inbox&outcome=sent')).toHaveLength(2)
    expect(await events('outcome=unknown')).toEqual([])
    expect(await events(`q=${encodeURIComponent('新的工单')}`)).toEqual(['DISPATCHED worker'])
    expect(await events('from=2026-03-02&to=2026-03-02')).toHaveLength(3)
    expect(await events('to=2026-03-01')).toEqual([])
    expect(await events('from=2026-03-03')).toEqual([])
  })

  test('is for admins and dispatchers, and refuses what it does not know in Chinese', async () => {
    const status = async (request: object, query = '') =>
      (await app.api.get(`/api/v1/admin/notifications?${query}`, request)).status
    expect(await status(app.crew.dispatcher)).toBe(200)
    expect(await status(app.crew.worker)).toBe(403)
    expect(await status(app.crew.customer)).toBe(403)
    expect(await status({})).toBe(401)
    const { body } = await app.api.get('/api/v1/admin/notifications?channel=sms', app.crew.admin)
    expect(body.message).toContain('渠道')
  })

  test('tells which channels there are', async () => {
    const { body } = await app.api.get('/api/v1/admin/notifications/channels', app.crew.dispatcher)
    expect(body.data.channels).toMatchObject([
      { channel: 'wechat', configured: true, address: app.sandbox.wechat.url },
      { channel: 'wxwork', configured: true, address: app.sandbox.wxwork.url },
      { channel: 'inbox' },
      { channel: 'console' },
    ])
    expect(body.data.events).toContainEqual({ event: 'DONE', label: '服务完成' })
  })

  test('follows a customer whose account was joined with an older one', async () => {
    await app.context.database.db.insertInto('customer').values({ name: '老客户', phone: '13800138777' }).execute()
    await dispatched()
    await app.api.post('/api/v1/wechat/phone', { code: 'phone-13800138777' }, app.crew.customer)
    const old = await app.context.database.db
      .selectFrom('customer')
      .select('id')
      .where('name', '=', '老客户')
      .executeTakeFirstOrThrow()
    expect(await ofCustomer()).toMatchObject([{ audience_id: `customer:${old.id}` }])
  })
})

describe('Enterprise-WeChat ids', () => {
  beforeEach(() => start())

  test('of staff and customers are set by admins alone, and written down', async () => {
    const { crew, api } = app
    const path = `/api/v1/admin/staff/${crew.workerId}`
    const patch = (request: object, json: object, target = path) => api.patch(target, json, request)
    expect((await patch(crew.admin, { wxwork_user_id: 'wx-1' })).body.data.wxwork_user_id).toBe('wx-1')
    expect((await patch(crew.admin, {})).body.data.wxwork_user_id).toBe('wx-1')
    expect((await patch(crew.admin, { wxwork_user_id: '' })).body.data.wxwork_user_id).toBeNull()
    expect((await patch(crew.dispatcher, { wxwork_user_id: 'wx-2' })).status).toBe(403)
    expect((await patch(crew.admin, { wxwork_user_id: 7 })).body.message).toContain('企业微信号')
    expect((await patch(crew.admin, {}, '/api/v1/admin/staff/nobody')).status).toBe(404)
    expect((await api.get('/auth/me', crew.worker)).status).toBe(200)

    const [customer] = (await api.get('/api/v1/admin/customers', crew.admin)).body.data.list
    const target = `/api/v1/admin/customers/${customer.id}`
    expect((await patch(crew.admin, { wxwork_user_id: 'wx-c' }, target)).body.data.wxwork_user_id).toBe('wx-c')
    expect((await patch(crew.dispatcher, { wxwork_user_id: 'x' }, target)).status).toBe(403)
    expect((await patch(crew.admin, {}, '/api/v1/admin/customers/999999')).status).toBe(404)

    const staff = { email: 'new@example.com', password: 'password123', role: 'HOMECARE_WORKER', full_name: '新人' }
    const created = await api.post('/api/v1/admin/staff', { ...staff, wxwork_user_id: 'wx-new' }, crew.admin)
    expect(created.body.data.wxwork_user_id).toBe('wx-new')
    const { list } = (await api.get('/api/v1/admin/audit?size=100', crew.admin)).body.data
    expect(list.map(({ action }: { action: string }) => action)).toEqual(
      expect.arrayContaining(['staff.patch', 'customer.wxwork-id']),
    )
  })
})
