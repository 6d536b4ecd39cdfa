import type { SessionRow } from '../../../types/api/sessions'
import type { CircuitFacts } from '../../connectors/kit/http'
import type { Ngs } from '../../connectors/ngs'
import type { Wechat } from '../../connectors/wechat'
import { shanghaiTime } from '../../time'

export const time = (instant: Date | null) => instant && shanghaiTime(instant)

/** A row about which nothing more is known. */
export const blankRow = (partner: SessionRow['partner'], key: string, title: string): SessionRow => ({
  partner,
  key,
  title,
  level: 'disabled',
  state: 'DISABLED',
  state_text: '未配置',
  since: null,
  age_seconds: null,
  last_error: null,
  next_action: null,
  next_action_at: null,
  human_action: null,
})

const CIRCUITS = {
  closed: { level: 'ok', state: 'CONNECTED', state_text: '可以连接', next_action: null },
  'half-open': { level: 'degraded', state: 'PROBING', state_text: '正在试探能否连接', next_action: '下一次调用即试探' },
  open: { level: 'down', state: 'UNREACHABLE', state_text: '连续失败，暂停调用', next_action: '几秒后自动试探' },
} as const

/** What the connection's circuit says of a partner. */
export function connectionRow(row: SessionRow, { circuit, since, lastError }: CircuitFacts): SessionRow {
  const { level, ...words } = CIRCUITS[circuit]
  return {
    ...row,
    ...words,
    level: level === 'ok' && lastError ? 'degraded' : level,
    since: time(since),
    last_error: lastError && `最近一次调用没有成功（${lastError}）`,
  }
}

export function wechatRow(wechat: Wechat | null, now: Date): SessionRow {
  const blank = blankRow('wechat', 'token', '微信小程序 access_token')
  if (!wechat) return blank
  const { token, ...circuit } = wechat.facts()
  const row = connectionRow(blank, circuit)
  if (circuit.circuit !== 'closed') return row
  const isHeld = token !== null && token.renewAt > now
  if (!isHeld) return { ...row, state: 'NO_TOKEN', state_text: '尚无令牌', next_action: '下次调用微信时换取令牌' }
  return {
    ...row,
    state: 'VALID',
    state_text: '令牌有效',
    since: time(token.since),
    age_seconds: ageOf(token.since, now),
    next_action: '到期后在下次调用时换取新令牌',
    next_action_at: time(token.renewAt),
  }
}

export interface OwedWrites {
  pending: number
  /** In doubt, or given up. */
  stuck: number
  /** For something that a person has to supply. */
  waiting: number
}

export function ngsRow(ngs: Ngs | null, owed: OwedWrites): SessionRow {
  const blank = blankRow('ngs', 'connection', 'ngs 工单系统')
  if (!ngs) return blank
  const row = connectionRow(blank, ngs.facts())
  const wants = [
    owed.stuck > 0 && `${owed.stuck} 条写入结果未知或已放弃`,
    owed.waiting > 0 && `${owed.waiting} 条写入等待补充编号或配置`,
  ].filter(Boolean)
  const going = owed.pending - owed.waiting
  return {
    ...row,
    level: row.level === 'ok' && wants.length > 0 ? 'degraded' : row.level,
    next_action: going > 0 ? `自动发送 ${going} 条待发写入` : row.next_action,
    human_action: wants.length > 0 ? `请在“待发写入”中处理：${wants.join('，')}` : null,
  }
}

export const ageOf = (since: Date, now: Date) => Math.max(0, Math.floor((now.getTime() - since.getTime()) / 1000))
