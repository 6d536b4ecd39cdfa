import type { SessionLevel, SessionRow } from '../../../types/api/sessions'
import type { WxworkState } from '../../db/wxwork-schema'
import type { ExternalSessionService } from '../external-sessions/service'
import type { WxworkService } from '../wxwork/service'
import { ageOf, blankRow, time } from './connections'

type ExternalRow = Awaited<ReturnType<ExternalSessionService['list']>>['list'][number]
type WxworkRow = Awaited<ReturnType<WxworkService['sessions']>>['sessions'][number]
interface Words {
  level: SessionLevel
  text: string
  human?: string
}

const EXTERNAL: Record<ExternalRow['state'], Words> = {
  NEW: { level: 'disabled', text: '尚未登录' },
  ACTIVE: { level: 'ok', text: '已登录' },
  EXPIRED: { level: 'degraded', text: '登录已过期' },
  CHALLENGE: { level: 'down', text: '等待人工输入验证码', human: '请输入验证码；已过期时点“立即检查”换一张' },
  CAPTCHA_EXHAUSTED: { level: 'down', text: '验证码多次识别失败' },
  PASSWORD_WRONG: { level: 'down', text: '账号或密码被拒绝', human: '请核对并更新该账号的密码' },
  ACCOUNT_LOCKED: { level: 'down', text: '账号被锁定' },
  SITE_DOWN: { level: 'down', text: '外部系统无法访问' },
  SITE_CHANGED: { level: 'down', text: '页面与配置不符', human: '请用“试运行”核对配置，修改后自动重试' },
}

export function externalRow(row: ExternalRow): SessionRow {
  const { level, text, human = null } = EXTERNAL[row.state]
  const blank = blankRow('external', `${row.system_name}/${row.account}`, `${row.system_name} / ${row.account}`)
  const own = { since: row.since, age_seconds: row.age_seconds, last_error: row.last_error, state: row.state }
  if (!row.is_active) return { ...blank, ...own, state_text: '系统已停用' }
  return {
    ...blank,
    ...own,
    level,
    state_text: text,
    next_action: human ? null : row.next_action,
    next_action_at: human ? null : row.next_action_at,
    human_action: human,
  }
}

const WXWORK: Record<WxworkState, Words> = {
  NEW: { level: 'down', text: '新账号，尚未初始化', human: '请初始化账号' },
  INITIALISED: { level: 'down', text: '已初始化，尚未登录', human: '请获取二维码并用手机扫码' },
  QR_WAITING: { level: 'down', text: '等待扫码', human: '请用手机企业微信扫码' },
  CODE_NEEDED: { level: 'down', text: '等待验证码', human: '请输入手机上显示的六位数字' },
  ONLINE: { level: 'ok', text: '在线' },
  OFFLINE: { level: 'down', text: '离线' },
  RECONNECTING: { level: 'degraded', text: '正在自动重连' },
  HUMAN_NEEDED: { level: 'down', text: '自动登录未成功', human: '请扫码登录' },
}

export function wxworkRow(session: WxworkRow, { enabled, now }: { enabled: boolean; now: Date }): SessionRow {
  const { state } = session
  const { level, text, human = null } = WXWORK[state]
  const blank = blankRow('wxwork', session.id, [session.name, session.corpName].filter(Boolean).join(' / '))
  const isOnline = state === 'ONLINE'
  const reconnected = isOnline ? dateOf(session.lastReconnectAt) : null
  const row = {
    ...blank,
    level,
    state,
    state_text: text,
    since: time(isOnline ? reconnected : dateOf(session.lastOnlineAt)),
    age_seconds: reconnected && ageOf(reconnected, now),
    last_error: session.lastError || null,
  }
  if (state === 'OFFLINE' && !session.monitored) return { ...row, level: 'disabled', state_text: '已主动退出' }
  const stopped = enabled || isOnline ? null : '监控已停止，请启动监控'
  return { ...row, ...nextOf(session, enabled), human_action: human ?? stopped }
}

const dateOf = (iso: string | null) => (iso ? new Date(iso) : null)

/** What the monitor does next, where it is on. */
function nextOf({ state, nextTryAt, nextCheckAt, qrcodeExpiresAt, tries }: WxworkRow, enabled: boolean) {
  const at = (iso: string | null) => time(dateOf(iso))
  if (state === 'QR_WAITING') return { next_action: '二维码到期作废', next_action_at: at(qrcodeExpiresAt) }
  if (!enabled) return {}
  if (nextTryAt && (state === 'OFFLINE' || state === 'RECONNECTING'))
    return { next_action: `第 ${tries + 1} 次自动重连`, next_action_at: at(nextTryAt) }
  return { next_action: '定时检查', next_action_at: at(nextCheckAt) }
}
