import type { AudienceKind, Channel } from '../../../types/api/notifications'
import { TEMPLATE_EVENTS } from '../../../server/config/messages'
import { CATALOG, entryOf, type NoticeEvent } from '../../../server/features/notifications/catalog'
import { addOrder, buildCheckin } from '../../support/field-work'
import { type MessagesApp, startMessagesApp, templateOf, WXWORK_IDS } from '../../support/messages'
import { until } from '../../support/until'

let app: MessagesApp
beforeEach(async () => {
  app = await startMessagesApp()
})
afterEach(() => app.close())

const ALARMS = Object.keys(CATALOG).filter((event) => /^(EXTERNAL|OUTBOX|WXWORK)_/.test(event)) as 'OUTBOX_DEAD'[]

/** Everything that can happen to work orders, and every alarm once. */
async function playEverything({ api, crew, context }: MessagesApp): Promise<void> {
  const ok = async (answer: Promise<{ status: number; body: any }>) => {
    const { status, body } = await answer
    if (status !== 200) throw new Error(JSON.stringify(body))
    return body.data
  }
  const id = await addOrder(app, crew)
  const task = `/api/v1/tasks/${id}`
  const dispatch = (workerId: string, workOrderId = id) =>
    ok(api.post('/homecare/dispatch', { workOrderId, workerId }, crew.dispatcher))
  const step = (number: number, description: string) =>
    ok(api.post(`/homecare/work-orders/${id}/steps`, { step: number, description }, crew.worker))

  await dispatch(crew.otherId)
  await ok(api.post('/homecare/reject', { workOrderId: id, reason: '排满了' }, crew.other))
  await dispatch(crew.otherId)
  await dispatch(crew.workerId)
  await ok(api.post('/homecare/accept', { workOrderId: id }, crew.worker))
  const reportedAt = new Date(app.clock.now().getTime() - 2 * 3600_000).toISOString()
  await ok(api.post('/homecare/checkin/submit', { ...(await buildCheckin(app, crew, id)), reportedAt }, crew.worker))
  await step(2, '电源模块故障')
  await step(3, '更换电源模块')
  await step(4, '报价 3000 元，请确认')
  await ok(api.post(`${task}/confirm`, { accept: false, comment: '太贵' }, crew.customer))
  await step(4, '报价 2500 元，请确认')
  await ok(api.post(`${task}/confirm`, { accept: true }, crew.customer))
  await ok(api.post(`${task}/reminder`, {}, crew.customer))
  await step(6, '已更换')
  const scores = { serviceAttitude: 2, serviceQuality: 2, overallRating: 1 }
  await ok(api.post(`${task}/evaluation`, scores, crew.customer))

  const claimed = await addOrder(app, crew)
  await ok(api.post('/homecare/claim', { workOrderId: claimed }, crew.worker))
  await ok(api.post('/homecare/cancel', { workOrderId: claimed, reason: '重复提交' }, crew.dispatcher))
  const unwanted = await addOrder(app, crew)
  await ok(api.post(`/api/v1/tasks/${unwanted}/cancel`, { reason: '修好了' }, crew.customer))
  for (const event of ALARMS)
    await context.database.transaction((trx) =>
      context.notifications.alarm(trx, event, { source: `test:${event}`, content: '测试' }),
    )
}

/** Every event with its audiences, how often it happens in the play, and the templates it has. */
const EXPECTED: [NoticeEvent, AudienceKind, number][] = [
  ['SUBMITTED', 'dispatcher', 3],
  ['DISPATCHED', 'customer', 2],
  ['DISPATCHED', 'worker', 3],
  ['REASSIGNED', 'customer', 1],
  ['REASSIGNED', 'worker', 1],
  ['ACCEPTED', 'customer', 1],
  ['CLAIMED', 'customer', 1],
  ['CLAIMED', 'dispatcher', 1],
  ['REJECTED', 'dispatcher', 1],
  ['CHECKED_IN', 'customer', 1],
  ['VISIT_FLAGGED', 'dispatcher', 1],
  ['STEP_ENTERED', 'customer', 2],
  ['PLAN_TO_CONFIRM', 'customer', 2],
  ['PLAN_CONFIRMED', 'worker', 1],
  ['PLAN_REFUSED', 'worker', 1],
  ['PLAN_REFUSED', 'dispatcher', 1],
  ['DONE', 'customer', 1],
  ['EVALUATED', 'worker', 1],
  ['EVALUATED_LOW', 'dispatcher', 1],
  ['EVALUATED_LOW', 'admin', 1],
  ['REMINDED', 'worker', 1],
  ['REMINDED', 'dispatcher', 1],
  ['CANCELLED', 'customer', 1],
  ['CANCELLED', 'worker', 1],
  ['CANCELLED', 'dispatcher', 1],
  ...ALARMS.map((event): [NoticeEvent, AudienceKind, number] => [event, 'admin', 1]),
]

test('the play has every event of the catalogue for every one of its audiences', () => {
  const all = Object.keys(CATALOG).flatMap((event) =>
    Object.keys(entryOf(event as NoticeEvent).to).map((audience) => `${event} ${audience}`),
  )
  expect(EXPECTED.map(([event, audience]) => `${event} ${audience}`).toSorted()).toEqual(all.toSorted())
})

interface Situation {
  name: string
  prepare: () => Promise<unknown>
  /** Which channel brings a message that the catalogue would send outside. */
  customer: Channel
  staff: Channel
  /** What the customer's messages say of WeChat; null: it worked. */
  wechat: string | null
}

const SITUATIONS: Situation[] = [
  {
    name: 'everything works',
    prepare: async () => {
      await app.logInAccount()
      await app.registerIds()
      await app.subscribe(3)
    },
    customer: 'wechat',
    staff: 'wxwork',
    wechat: null,
  },
  {
    name: 'no credit',
    prepare: async () => {
      await app.logInAccount()
      await app.registerIds()
    },
    customer: 'wxwork',
    staff: 'wxwork',
    wechat: 'no-credit',
  },
  {
    name: 'WeChat knows of no credit (43101)',
    prepare: async () => {
      await app.logInAccount()
      await app.registerIds()
      await app.subscribe(1)
      app.wechatRefuses(43101, 100)
    },
    customer: 'wxwork',
    staff: 'wxwork',
    wechat: 'no-credit',
  },
  {
    name: 'a field that WeChat refuses (47003)',
    prepare: async () => {
      await app.logInAccount()
      await app.registerIds()
      await app.subscribe(3)
      app.wechatRefuses(47003, 100)
    },
    customer: 'wxwork',
    staff: 'wxwork',
    wechat: 'bad-field',
  },
  {
    name: 'no Enterprise-WeChat account online',
    prepare: async () => {
      await app.registerIds()
      await app.subscribe(3)
    },
    customer: 'wechat',
    staff: 'inbox',
    wechat: null,
  },
  {
    name: 'only the inbox',
    prepare: async () => app.logInAccount(),
    customer: 'inbox',
    staff: 'inbox',
    wechat: 'no-credit',
  },
]

describe.each(SITUATIONS)('$name', ({ prepare, customer, staff, wechat }) => {
  const isOutside = (event: NoticeEvent, audience: AudienceKind) =>
    entryOf(event).to[audience]!.channels.includes('wxwork')
  const channelOf = (event: NoticeEvent, audience: AudienceKind): Channel => {
    if (audience === 'customer') return customer
    return isOutside(event, audience) ? staff : 'inbox'
  }

  test('each event reaches its audience once, over the best channel that works', async () => {
    await prepare()
    await playEverything(app)
    await app.deliver()
    const rows = await app.log()

    const told = new Map<string, number>()
    for (const { event, audience, channel, outcome } of rows) {
      const key = `${event} ${audience} ${channel} ${outcome}`
      told.set(key, (told.get(key) ?? 0) + 1)
    }
    expect(Object.fromEntries(told)).toEqual(
      Object.fromEntries(
        EXPECTED.map(([event, audience, times]) => [`${event} ${audience} ${channelOf(event, audience)} sent`, times]),
      ),
    )

    const atWechat = app.subscribeMessages().map((body) => String(body.template_id))
    const byWechat = rows.filter(({ channel }) => channel === 'wechat').map(({ event }) => templateOf(event))
    if (wechat === null) expect(atWechat.toSorted()).toEqual(byWechat.toSorted())
    else
      for (const row of rows.filter(({ audience }) => audience === 'customer'))
        expect(row.attempts.find(({ channel }) => channel === 'wechat')).toMatchObject({ reason: wechat })

    const texts = app.texts().map(({ send_userid, content }) => `${send_userid} ${content}`)
    const byText = rows
      .filter(({ channel }) => channel === 'wxwork')
      .map((row) => `${idOf(row.audience_id)} 【${row.title}】\n${row.content}`)
    expect(texts.toSorted()).toEqual(byText.toSorted())

    const inboxes = await app.context.database.db.selectFrom('notification').select('audience').execute()
    expect(inboxes.map(({ audience }) => audience).toSorted()).toEqual(
      rows.map(({ audience_id }) => audience_id).toSorted(),
    )
  }, 120_000)
})

test('across an expired token (40001) and a kill −9 no message is lost from sight or at its partner’s door twice', async () => {
  await SITUATIONS[0]!.prepare()
  await app.api.post('/api/v1/wechat/phone', { code: 'phone-13800138777' }, app.crew.customer)
  app.sandbox.wechat.control({ expireSessions: true })
  await playEverything(app)
  const sends = () => app.sandbox.wechat.requests().filter(({ path }) => path.endsWith('/subscribe/send'))
  app.sandbox.wechat.control({ latencyMs: 100, path: '/cgi-bin/message/subscribe/send' })
  const broken = app.context.outboxWorker.run().catch(() => {})
  await until(() => sends().length >= 9, 'the sending of nine')
  await Promise.all([app.crash(), broken])
  app.sandbox.wechat.control({ latencyMs: 0 })
  // So long the dead process holds what it was sending.
  app.clock.advance(31_000)
  await app.deliver()

  const rows = await app.log()
  const told = EXPECTED.flatMap(([event, audience, times]) => Array<string>(times).fill(`${event} ${audience}`))
  expect(rows.map(({ event, audience }) => `${event} ${audience}`).toSorted()).toEqual(told.toSorted())
  const byText = rows.filter(({ channel }) => channel === 'wxwork')
  expect(byText.map((row) => `${idOf(row.audience_id)} 【${row.title}】\n${row.content}`).toSorted()).toEqual(
    app
      .texts()
      .map(({ send_userid, content }) => `${send_userid} ${content}`)
      .toSorted(),
  )

  // Whatever bore the first token was refused.
  const [refused] = sends().map(({ query }) => query.access_token)
  const arrived = sends().filter(({ query }) => query.access_token !== refused)
  expect(arrived.length).toBeLessThan(sends().length)
  const byWechat = rows.filter(({ audience }) => audience === 'customer')
  const unsure = byWechat.filter(({ outcome }) => outcome === 'unknown')
  expect(unsure.length).toBeGreaterThan(0)
  expect(byWechat.every(({ channel, outcome }) => channel === 'wechat' && outcome !== 'pending')).toBe(true)
  for (const event of TEMPLATE_EVENTS) {
    const ofEvent = (list: { event: string }[]) => list.filter((row) => row.event === event).length
    const times = arrived.filter(({ body }) => (body as { template_id: string }).template_id === templateOf(event))
    expect(times.length).toBeLessThanOrEqual(ofEvent(byWechat))
    expect(times.length).toBeGreaterThanOrEqual(ofEvent(byWechat) - ofEvent(unsure))
  }
}, 60_000)

function idOf(audience: string): string {
  const { workerId, otherId, dispatcherId, adminId } = app.crew
  const staff = { [workerId]: 'worker', [otherId]: 'other', [dispatcherId]: 'dispatcher', [adminId]: 'admin' } as const
  const [kind, id = ''] = audience.split(':')
  return WXWORK_IDS[kind === 'customer' ? 'customer' : staff[id]!]
}

test('the templates to ask for are those most wanted, three at most', async () => {
  const { body } = await app.api.get('/api/v1/subscriptions/templates', app.crew.customer)
  expect(body.data.template_ids).toEqual(TEMPLATE_EVENTS.slice(0, 3).map(templateOf))
  expect((await app.api.get('/api/v1/subscriptions/templates')).status).toBe(401)
})
