import type { AdminSlaRow } from '@shared/api/admin'

export const RADIUS_KEY = 'HOMECARE_CHECKIN_RADIUS_METERS'
export const ACCURACY_KEY = 'HOMECARE_CHECKIN_ACCURACY_MODE'

export const KEY_WORDS: Record<string, string> = { [RADIUS_KEY]: '签到半径', [ACCURACY_KEY]: '定位精度模式' }
export const MODE_WORDS: Record<string, string> = {
  document: '只看距离（误差大时标记疑点）',
  strict: '严格（误差内不能确定时拒绝）',
}
export const SCOPE_WORDS: Record<AdminSlaRow['scope_type'], string> = {
  GLOBAL: '全局',
  TEAM: '团队',
  ORG: '组织',
  WORK_ORDER: '单个工单',
}

export const valueText = ({ config_key, config_value }: Pick<AdminSlaRow, 'config_key' | 'config_value'>): string =>
  config_key === RADIUS_KEY ? `${config_value} 米` : (MODE_WORDS[config_value] ?? config_value)

export type RuleInput = Pick<AdminSlaRow, 'config_key' | 'config_value' | 'scope_type' | 'scope_id' | 'is_active'>

export const NEW_RULE: RuleInput = {
  config_key: RADIUS_KEY,
  config_value: '50',
  scope_type: 'GLOBAL',
  scope_id: '',
  is_active: true,
}
