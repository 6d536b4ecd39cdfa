import type { ExternalPullRow, SessionState } from '@shared/api/admin-external'
import type { DryRunStepName } from '@shared/api/sessions'
import type { Tone } from '../show/tag'

export const SESSION_WORDS: Record<SessionState, string> = {
  NEW: '未登录',
  ACTIVE: '已登录',
  EXPIRED: '已过期',
  CHALLENGE: '等人输入验证码',
  CAPTCHA_EXHAUSTED: '验证码识别失败',
  PASSWORD_WRONG: '密码错误',
  ACCOUNT_LOCKED: '账号被锁定',
  SITE_DOWN: '无法访问',
  SITE_CHANGED: '页面已变化',
}
export const SESSION_TONES: Record<SessionState, Tone> = {
  NEW: 'grey',
  ACTIVE: 'green',
  EXPIRED: 'amber',
  CHALLENGE: 'amber',
  CAPTCHA_EXHAUSTED: 'amber',
  PASSWORD_WRONG: 'red',
  ACCOUNT_LOCKED: 'red',
  SITE_DOWN: 'red',
  SITE_CHANGED: 'red',
}
export const PULL_WORDS: Record<ExternalPullRow['state'], string> = {
  queued: '排队',
  running: '进行中',
  done: '完成',
  failed: '失败',
}
export const PULL_TONES: Record<ExternalPullRow['state'], Tone> = {
  queued: 'blue',
  running: 'blue',
  done: 'green',
  failed: 'red',
}
export const STEP_WORDS: Record<DryRunStepName, string> = {
  captcha: '获取验证码',
  decode: '识别验证码',
  login: '登录',
  check_status: '检查登录状态',
  workorder_list: '读取工单第一页',
  endpoint: '读取指定接口',
  logout: '退出登录',
}
/** In a table, where the long names do not fit. */
export const PROFILE_WORDS: Record<string, string> = { 'classic-cookie': '传统网站', ruoyi: '若依' }
export const PROFILE_OPTIONS = [
  { value: 'classic-cookie', label: '传统网站（图片验证码 + Cookie）' },
  { value: 'ruoyi', label: '若依（RuoYi，JSON + 令牌）' },
]

/** Address of one system's routes. */
export const systemPath = (system: string): string => `/api/v1/admin/external/systems/${encodeURIComponent(system)}`
export const accountPath = (system: string, account: string): string =>
  `/api/v1/admin/external/${encodeURIComponent(system)}/${encodeURIComponent(account)}`
