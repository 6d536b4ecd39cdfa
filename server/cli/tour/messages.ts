import { hold } from './client'
import type { Tour, TourStep } from './steps'

const PASSWORD = 'password123'
const SANDBOX_CODE = '123456'
const PATIENCE_MS = 90_000
const POLL_MS = 500
const SEND = '/cgi-bin/message/subscribe/send'

interface Told {
  event: string
  audience: string
  channel: string
  outcome: string
  title: string
}

async function until<T>(look: () => Promise<T | null>, otherwise: string): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const found = await look()
    if (found !== null) return found
    hold(Date.now() < deadline, otherwise)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** What the console shows of this tour's task. */
async function told({ api, admin, taskId }: Tour): Promise<Told[]> {
  return (await api.call('GET', `/api/v1/admin/notifications?size=100&q=${taskId}`, { token: admin })).list
}

/** What a partner's sandbox received; null where there is none to ask, or it runs on another machine. */
async function atTheDoor({ api, admin }: Tour, channel: 'wechat' | 'wxwork', path: string) {
  const { channels } = await api.call('GET', '/api/v1/admin/notifications/channels', { token: admin })
  const { address } = channels.find((one: { channel: string }) => one.channel === channel)
  try {
    const response = await fetch(`${address}/__control/requests`)
    const { requests } = (await response.json()) as { requests: { path: string; body: any }[] }
    return requests.filter((request) => request.path === path).map(({ body }) => body)
  } catch {
    return null
  }
}

const LOCAL = '（沙箱不在本机，以通知记录为准）'

/** Before the story: the ways to reach its people. */
export const REACHABLE: TourStep[] = [
  {
    title: '企业微信账号上线',
    async play(tour) {
      const login = { json: { email: 'admin@example.com', password: PASSWORD } }
      tour.admin = (await tour.api.call('POST', '/auth/email-login', login)).token
      const post = (path: string, json: object = {}) =>
        tour.api.send('POST', `/api${path}`, { token: tour.admin, json })
      const online = async () => {
        const { body } = await tour.api.send('GET', '/api/sessions', { token: tour.admin })
        return body.sessions.find((one: { state: string }) => one.state === 'ONLINE') ?? null
      }
      if (!(await online())) {
        hold((await post('/start-login')).body.ok, '网关没有给出二维码')
        await tour.api.refused(400, 'POST', '/api/check-code', { token: tour.admin, json: { code: '12345' } })
        hold((await post('/check-code', { code: SANDBOX_CODE })).body.ok, '网关没有接受验证码')
      }
      const { name } = await until(online, '账号没有上线')
      const { list } = await tour.api.call('GET', '/api/v1/admin/staff?size=100', { token: tour.admin })
      const worker = list.find((one: { email: string }) => one.email === 'worker@example.com')
      const json = { wxwork_user_id: worker.wxwork_user_id ?? 'demo-li' }
      await tour.api.call('PATCH', `/api/v1/admin/staff/${worker.id}`, { token: tour.admin, json })
      return `${name} 扫码登录，五位的验证码被拒绝；${worker.full_name}的企业微信号是 ${json.wxwork_user_id}`
    },
  },
  {
    title: '客户同意接收订阅消息',
    async play({ api, customer }) {
      const { template_ids } = await api.call('GET', '/api/v1/subscriptions/templates', { token: customer })
      hold(template_ids.length > 0, '没有可以请求的模板')
      const results = Object.fromEntries(template_ids.map((id: string) => [id, 'accept']))
      const { accepted } = await api.call('POST', '/api/v1/subscriptions', { token: customer, json: { results } })
      hold(accepted === template_ids.length, '同意的次数不对')
      return `${accepted} 个模板，各可收一条`
    },
  },
]

/** After the story: who was told of it. */
export const TOLD: TourStep[] = [
  {
    title: '订阅消息',
    async play(tour) {
      const done = await until(async () => {
        const messages = (await told(tour)).filter(({ channel }) => channel === 'wechat')
        const isSettled =
          messages.some(({ event }) => event === 'DONE') && messages.every((one) => one.outcome === 'sent')
        return isSettled ? messages : null
      }, '订阅消息没有送出')
      for (const event of ['DISPATCHED', 'PLAN_TO_CONFIRM', 'DONE'])
        hold(done.filter((one) => one.event === event).length === 1, `${event} 应有一条订阅消息`)
      const received = await atTheDoor(tour, 'wechat', SEND)
      const mine = received?.filter(({ data }) => JSON.stringify(data).includes(tour.taskId))
      hold(!mine || mine.length === done.length, `微信收到 ${mine?.length} 条，应为 ${done.length} 条`)
      hold(!mine || new Set(mine.map((one) => JSON.stringify(one))).size === mine.length, '有订阅消息发了两次')
      return `${done.map(({ title }) => title).join('、')}${mine ? '' : LOCAL}`
    },
  },
  {
    title: '企业微信消息',
    async play(tour) {
      const sent = await until(async () => {
        const texts = (await told(tour)).filter(({ channel }) => channel === 'wxwork')
        return texts.some(({ event }) => event === 'EVALUATED') && texts.every((one) => one.outcome === 'sent')
          ? texts
          : null
      }, '企业微信消息没有送出')
      const workers = sent.filter(({ audience }) => audience === 'worker')
      for (const event of ['DISPATCHED', 'PLAN_CONFIRMED', 'EVALUATED'])
        hold(workers.filter((one) => one.event === event).length === 1, `${event} 应有一条给服务人员的消息`)
      const received = await atTheDoor(tour, 'wxwork', '/wxwork/SendTextMsg')
      const mine = received?.filter(({ content }) => String(content).includes(tour.taskId))
      hold(!mine || mine.length === sent.length, `网关收到 ${mine?.length} 条，应为 ${sent.length} 条`)
      return `${workers.map(({ title }) => title).join('、')}，另有 ${sent.length - workers.length} 条给调度与管理${mine ? '' : LOCAL}`
    },
  },
]
