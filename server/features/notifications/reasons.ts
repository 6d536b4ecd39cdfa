/** Why a channel was not used, or did not bring the message. */
export const REASONS = {
  'not-configured': '该渠道未启用',
  'no-template': '该事件没有配置模板',
  'no-openid': '客户没有绑定微信',
  'no-credit': '没有可用的订阅次数',
  'no-wxwork-id': '没有登记企业微信号',
  'wxwork-offline': '没有在线的企业微信账号',
  'bad-field': '模板字段不符合微信的要求，请检查 WECHAT_TEMPLATES',
  'bad-openid': '微信不认识这位客户',
  'bad-template': '微信没有这个模板，请检查 WECHAT_TEMPLATES',
  'bad-page': '模板跳转的页面不存在，请检查 WECHAT_TEMPLATES',
  'daily-quota': '微信当日发送额度已用完',
  'no-answer': '多次重试仍无法送达',
  refused: '对方没有受理',
  'outcome-unknown': '对方没有确认结果，消息可能已经送达，不会自动重发',
  'by-hand': '由管理员确认处理完毕',
} as const

export type Reason = keyof typeof REASONS

/** A partner's reason in our words. */
export const reasonOf = (code: unknown): Reason => (Object.hasOwn(REASONS, String(code)) ? (code as Reason) : 'refused')
