import type { PartnerHealth } from '../../../types/api/overview'
import type { HealthPart } from '../platform/health'
import type { Standing } from './repository'

export type PartnerStates = Record<string, HealthPart>

const health = (name: PartnerHealth['name'], state: PartnerHealth['state'], detail: string): PartnerHealth => ({
  name,
  state,
  detail,
})

/** What readiness knows of a partner's accounts or sites: `partner:account`. */
const partsOf = (states: PartnerStates, name: string) =>
  Object.entries(states)
    .filter(([key]) => key.startsWith(`${name}:`))
    .map(([key, part]) => ({ ...part, name: key.slice(name.length + 1) }))

/** Four partners as one line each, from what readiness knows of them and from what waits for a person. */
export function partnersFrom(states: PartnerStates, standing: Standing): PartnerHealth[] {
  return [wechat(states), ngs(states, standing), external(states, standing), wxwork(states, standing)]
}

/** Null: it answers, as far as is known. */
function unreachable(name: PartnerHealth['name'], states: PartnerStates): PartnerHealth | null {
  const part = states[name]
  if (!part) return health(name, 'disabled', '未配置')
  if (!part.ok) return health(name, 'down', '多次调用失败，暂停调用')
  return part.detail === 'half-open' ? health(name, 'degraded', '刚刚恢复，正在试探') : null
}

const wechat = (states: PartnerStates) => unreachable('wechat', states) ?? health('wechat', 'ok', '正常')

function ngs(states: PartnerStates, { outbox_unknown, outbox_dead }: Standing): PartnerHealth {
  const waiting = outbox_unknown + outbox_dead
  return (
    unreachable('ngs', states) ??
    (waiting > 0 ? health('ngs', 'degraded', `${waiting} 条写入等待人工处理`) : health('ngs', 'ok', '正常'))
  )
}

function external(states: PartnerStates, standing: Standing): PartnerHealth {
  const { external_systems, challenges, stopped_at_sites } = standing
  if (external_systems === 0) return health('external', 'disabled', '未配置外部系统')
  const away = partsOf(states, 'external').filter(({ ok }) => !ok)
  const faults = [
    ...(away.length > 0 ? [`无法访问：${away.map(({ name }) => name).join('、')}`] : []),
    ...(challenges > 0 ? [`${challenges} 个验证码等待人工输入`] : []),
    ...(stopped_at_sites > 0 ? [`${stopped_at_sites} 个账号停止登录，等待人工处理`] : []),
  ]
  if (faults.length === 0) return health('external', 'ok', `${external_systems} 个系统正常`)
  return health('external', away.length >= external_systems ? 'down' : 'degraded', faults.join('；'))
}

function wxwork(states: PartnerStates, { stopped_at_gateway }: Standing): PartnerHealth {
  const gateway = unreachable('wxwork', states)
  if (gateway) return gateway
  const accounts = partsOf(states, 'wxwork')
  const offline = accounts.filter(({ ok }) => !ok).map(({ name }) => name)
  if (stopped_at_gateway > 0) return health('wxwork', 'degraded', `${stopped_at_gateway} 个账号等待人工登录`)
  if (offline.length > 0) return health('wxwork', 'degraded', `不在线：${offline.join('、')}`)
  return health('wxwork', 'ok', accounts.length > 0 ? `${accounts.length} 个账号在线` : '尚无账号')
}
