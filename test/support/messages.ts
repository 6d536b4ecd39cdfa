import { TEMPLATE_EVENTS } from '../../server/config/messages'
import type { NotificationLogRow } from '../../types/api/notifications'
import { addCrew, type Crew, NO_LIMITS } from './field-work'
import { startTestApp, type TestAppOptions } from './test-app'

/** How the gateway knows the people of a test. */
export const WXWORK_IDS = {
  customer: 'wx-customer',
  worker: 'wx-worker',
  other: 'wx-other',
  dispatcher: 'wx-dispatcher',
  admin: 'wx-admin',
}
const SEND_PATH = '/cgi-bin/message/subscribe/send'
const SEND_PAUSE_MS = 3_000

export const templateOf = (event: string) => `template-${event}`
/** A template of its own for every event that can have one. */
export const TEMPLATES = Object.fromEntries(
  TEMPLATE_EVENTS.map((event) => [
    event,
    {
      template_id: templateOf(event),
      page: 'pages/task/index?id={task_id}',
      fields: { character_string1: 'task_id', thing2: 'device_name', thing3: 'text', time4: 'time' },
    },
  ]),
)

/** An app with both outside channels, a crew, and what it takes to reach them. */
export async function startMessagesApp(options: TestAppOptions = {}) {
  const env = { WECHAT_TEMPLATES: JSON.stringify(TEMPLATES), ...options.env }
  const app = await startTestApp({ wxwork: true, ...NO_LIMITS, ...options, env })
  const crew = await addCrew(app)
  const { api, sandbox, clock } = app
  const gateway = (path: string, json: object = {}) => api.post(`/api${path}`, json, crew.admin)

  async function log(query = ''): Promise<NotificationLogRow[]> {
    const rows: NotificationLogRow[] = []
    for (let page = 1; ; page++) {
      const { body } = await api.get(`/api/v1/admin/notifications?size=100&page=${page}&${query}`, crew.admin)
      rows.push(...body.data.list)
      if (page >= body.data.pages) return rows
    }
  }

  return {
    ...app,
    /** Another one after a crash. */
    get context() {
      return app.context
    },
    crew,
    log,
    /** An Enterprise-WeChat account comes online. */
    async logInAccount(): Promise<{ uuid: string; vid: string }> {
      await gateway('/start-login')
      await gateway('/check-code', { code: '123456' })
      await gateway('/refresh-run-client')
      return (await api.get('/api/state', crew.admin)).body.active
    },
    /** Everybody's Enterprise-WeChat id is known. */
    async registerIds(): Promise<void> {
      const ids = { worker: crew.workerId, other: crew.otherId, dispatcher: crew.dispatcherId, admin: crew.adminId }
      for (const [name, id] of Object.entries(ids))
        await api.patch(
          `/api/v1/admin/staff/${id}`,
          { wxwork_user_id: WXWORK_IDS[name as keyof typeof WXWORK_IDS] },
          crew.admin,
        )
      const { body } = await api.get('/api/v1/admin/customers', crew.admin)
      const [customer] = body.data.list
      await api.patch(`/api/v1/admin/customers/${customer.id}`, { wxwork_user_id: WXWORK_IDS.customer }, crew.admin)
    },
    /** The customer accepts so many messages of every template. */
    async subscribe(times: number, events: readonly string[] = TEMPLATE_EVENTS): Promise<void> {
      const results = Object.fromEntries(events.map((event) => [templateOf(event), 'accept']))
      for (let i = 0; i < times; i++) await api.post('/api/v1/subscriptions', { results }, crew.customer)
    },
    /** Sends everything that is due, as a running server does, until nothing is on its way. */
    async deliver(): Promise<void> {
      for (let round = 0; round < 400; round++) {
        await app.context.outboxWorker.run()
        await app.context.wxworkSender.run()
        if ((await log('outcome=pending')).length === 0) return
        clock.advance(SEND_PAUSE_MS)
      }
      throw new Error('messages are still on their way')
    },
    /** At the partners' doors. */
    subscribeMessages: () =>
      sandbox.wechat
        .requests()
        .filter(({ path }) => path === SEND_PATH)
        .map(({ body }) => body as any),
    texts: () => sandbox.wxwork.messages() as { send_userid: string; content: string }[],
    credits: async (event: string) => {
      const row = await app.context.database.db
        .selectFrom('subscription_credit')
        .select('credits')
        .where('template_id', '=', templateOf(event))
        .executeTakeFirst()
      return row?.credits ?? null
    },
    wechatRefuses: (errcode: number, times = 1) =>
      sandbox.wechat.control({ errcodes: [{ path: SEND_PATH, errcode, times }] }),
  }
}

export type MessagesApp = Awaited<ReturnType<typeof startMessagesApp>>
export type { Crew }
