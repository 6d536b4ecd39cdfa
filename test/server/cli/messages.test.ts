import type { NotificationLogRow } from '../../../types/api/notifications'
import { SANDBOX_APP_ID, SANDBOX_SECRET, startWechatSandbox, type WechatSandbox } from '../../../server/sandbox/wechat'
import { startWxworkSandbox, type WxworkSandbox } from '../../../server/sandbox/wxwork'
import { buildPng, buildFile, buildSubmission } from '../../support/builders'
import { northOfSite, SITE } from '../../support/field-work'
import { TEMPLATES, templateOf, WXWORK_IDS } from '../../support/messages'
import { cleanUp, removeTemplate, startServer, usedDataDir } from '../../support/server-process'
import { until } from '../../support/until'

const SEND = '/cgi-bin/message/subscribe/send'

let wechat: WechatSandbox
let gateway: WxworkSandbox
beforeEach(async () => {
  wechat = await startWechatSandbox()
  gateway = await startWxworkSandbox()
})
afterEach(async () => {
  cleanUp()
  await wechat.close()
  await gateway.close()
})
afterAll(removeTemplate)

type Server = Awaited<ReturnType<typeof startServer>>

const subscribeMessages = () =>
  wechat
    .requests()
    .filter(({ path }) => path === SEND)
    .map(({ query, body }) => ({ token: query.access_token, body: body as any }))

/** What people do on one server; tokens outlive it. */
function playersOn({ api }: Server, tokens: Record<'customer' | 'worker' | 'dispatcher' | 'admin', string>) {
  const by = (name: keyof typeof tokens) => ({ token: tokens[name] })
  const done = async (answer: Promise<{ status: number; body: any }>) => {
    const { status, body } = await answer
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
    return body.data
  }
  return {
    post: (name: keyof typeof tokens, path: string, json: object = {}) => done(api.post(path, json, by(name))),
    get: (name: keyof typeof tokens, path: string) => done(api.get(path, by(name))),
    patch: (name: keyof typeof tokens, path: string, json: object) => done(api.patch(path, json, by(name))),
    /** The wxwork console has an envelope of its own. */
    gateway: async (path: string, json: object = {}) => (await api.post(`/api${path}`, json, by('admin'))).body,
    sessions: async () => (await api.get('/api/sessions', by('admin'))).body.sessions as { state: string }[],
    async log(): Promise<NotificationLogRow[]> {
      return (await done(api.get('/api/v1/admin/notifications?size=100', by('admin')))).list
    },
    async checkIn(workOrderId: string): Promise<void> {
      const form = new FormData()
      form.set('workOrderId', workOrderId)
      form.set('file', buildFile(await buildPng(), '现场.png', 'image/png'))
      const { file_id } = await done(api.upload('/homecare/evidence', form, by('worker')))
      const checkin = { workOrderId, ...northOfSite(10), accuracy: 8, evidenceFileIds: [file_id] }
      await done(api.post('/homecare/checkin/submit', { ...checkin, signature: '张三已确认到场签到' }, by('worker')))
    },
  }
}

test('a whole story: everybody is told at the partners’ doors, across an expired token and a kill −9', async () => {
  const env = {
    DATA_DIR: await usedDataDir(),
    WECHAT_APPID: SANDBOX_APP_ID,
    WECHAT_SECRET: SANDBOX_SECRET,
    WECHAT_API_BASE_URL: wechat.url,
    WECHAT_TEMPLATES: JSON.stringify(TEMPLATES),
    WXWORK_BASE_URL: gateway.url,
    MONITOR_INTERVAL_MS: '500',
  }
  const first = await startServer(env)
  const [customer, worker, dispatcher, admin] = await Promise.all([
    first.api.customer('demo-story'),
    ...['worker', 'dispatcher', 'admin'].map((name) => first.api.staff(`${name}@example.com`)),
  ])
  const tokens = { customer: customer!, worker: worker!, dispatcher: dispatcher!, admin: admin! }
  const one = playersOn(first, tokens)

  await one.gateway('/start-login')
  await one.gateway('/check-code', { code: '123456' })
  await until(async () => (await one.sessions())[0]?.state === 'ONLINE', 'the login')
  const { list: people } = await one.get('admin', '/api/v1/admin/staff?size=100')
  const idOf = (email: string) => people.find((person: { email: string }) => person.email === email).id as string
  for (const name of ['worker', 'dispatcher', 'admin'] as const)
    await one.patch('admin', `/api/v1/admin/staff/${idOf(`${name}@example.com`)}`, { wxwork_user_id: WXWORK_IDS[name] })
  const results = Object.fromEntries(Object.keys(TEMPLATES).map((event) => [templateOf(event), 'accept']))
  await one.post('customer', '/api/v1/subscriptions', { results })

  const { task_id } = await one.post('customer', '/api/v1/tasks', buildSubmission({ customer: SITE }))
  const { id } = await one.get('customer', `/api/v1/tasks/${task_id}`)
  const step = (on: typeof one, number: number, description: string) =>
    on.post('worker', `/homecare/work-orders/${id}/steps`, { step: number, description })
  await one.post('dispatcher', '/homecare/dispatch', { workOrderId: id, workerId: idOf('worker@example.com') })
  await until(() => subscribeMessages().length === 1, 'the first message')
  wechat.control({ expireSessions: true })
  await one.post('worker', '/homecare/accept', { workOrderId: id })
  await one.checkIn(id)
  await until(() => subscribeMessages().length >= 4, 'the messages after the token had expired')
  await step(one, 2, '电源模块故障')
  await step(one, 3, '更换电源模块')
  await until(async () => (await one.log()).every(({ outcome }) => outcome !== 'pending'), 'the delivery')

  // WeChat takes the next message and is slow to answer; meanwhile the process dies.
  wechat.control({ latencyMs: 1_500, path: SEND })
  const before = subscribeMessages().length
  await step(one, 4, '报价 3000 元，请确认')
  await until(() => subscribeMessages().length === before + 1, 'the message that is under way')
  first.child.kill('SIGKILL')
  await first.ended
  wechat.control({ latencyMs: 0, path: '' })

  const two = playersOn(await startServer(env), tokens)
  await two.post('customer', `/api/v1/tasks/${task_id}/confirm`, { accept: true })
  await two.post('customer', `/api/v1/tasks/${task_id}/reminder`)
  await step(two, 6, '已更换')
  const scores = { serviceAttitude: 2, serviceQuality: 2, overallRating: 1 }
  await two.post('customer', `/api/v1/tasks/${task_id}/evaluation`, scores)
  const ours = async () => (await two.log()).filter((row) => row.task_id === task_id)
  await until(async () => (await ours()).every(({ outcome }) => outcome !== 'pending'), 'the last delivery')

  const rows = await ours()
  const told = rows.map(({ event, audience, channel, outcome }) => `${event} ${audience} ${channel} ${outcome}`)
  expect(told.filter((line) => !/dispatcher|admin/.test(line)).toSorted()).toEqual(
    [
      'DISPATCHED customer wechat sent',
      'DISPATCHED worker wxwork sent',
      'ACCEPTED customer wechat sent',
      'CHECKED_IN customer wechat sent',
      'STEP_ENTERED customer wechat sent',
      'STEP_ENTERED customer inbox sent',
      'PLAN_TO_CONFIRM customer wechat unknown',
      'PLAN_CONFIRMED worker wxwork sent',
      'REMINDED worker wxwork sent',
      'DONE customer wechat sent',
      'EVALUATED worker wxwork sent',
    ].toSorted(),
  )
  for (const line of ['SUBMITTED dispatcher', 'REMINDED dispatcher', 'EVALUATED_LOW dispatcher'])
    expect(told).toContain(`${line} wxwork sent`)

  // At WeChat's door: each once, the one in doubt too; only a refused token was tried twice.
  const received = subscribeMessages().map(({ token, body }) => ({ token, event: body.template_id as string }))
  const events = received.map(({ event }) => event)
  expect([...new Set(events)].toSorted()).toEqual(
    ['DISPATCHED', 'ACCEPTED', 'CHECKED_IN', 'STEP_ENTERED', 'PLAN_TO_CONFIRM', 'DONE'].map(templateOf).toSorted(),
  )
  const expired = received[0]!.token
  const accepted = received.filter(({ token }, at) => at === 0 || token !== expired)
  expect(accepted.map(({ event }) => event).toSorted()).toEqual([...new Set(events)].toSorted())
  expect(received.length).toBeGreaterThan(accepted.length)

  // At the gateway's: every text once, to the right person.
  const texts = gateway.messages().map(({ send_userid, content }) => `${String(send_userid)} ${String(content)}`)
  const byText = rows.filter(({ channel }) => channel === 'wxwork')
  const wxworkId = {
    worker: WXWORK_IDS.worker,
    dispatcher: WXWORK_IDS.dispatcher,
    admin: WXWORK_IDS.admin,
    customer: '',
  }
  expect(texts.filter((text) => text.includes(task_id)).toSorted()).toEqual(
    byText.map((row) => `${wxworkId[row.audience]} 【${row.title}】\n${row.content}`).toSorted(),
  )

  // What is in doubt can be seen, and is left to a person.
  const { list: owed } = await two.get('admin', '/api/v1/admin/outbox?state=UNKNOWN')
  expect(owed).toMatchObject([{ topic: 'wechat.message', task_id }])
}, 240_000)
