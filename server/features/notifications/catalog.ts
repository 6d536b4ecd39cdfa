import type { AudienceKind, Channel } from '../../../types/api/notifications'

/** How one audience is told of an event. */
export interface Telling {
  title: string
  /** In order of preference. The first that works outside of us is used; inbox and console have it in any case. */
  channels: readonly Channel[]
  /** The message says where the work is rather than what was written. */
  about?: 'site'
  /** Only where this side caused it. */
  by?: 'customer' | 'staff'
  /** Not held back by quiet hours. */
  urgent?: boolean
}

export interface CatalogEntry {
  label: string
  to: Partial<Record<AudienceKind, Telling>>
}

const CUSTOMER = ['wechat', 'wxwork', 'inbox'] as const
const WORKER = ['wxwork', 'inbox'] as const
const OFFICE = ['wxwork', 'inbox', 'console'] as const
/** Good to know; no telephone rings. */
const OFFICE_ONLY = ['inbox', 'console'] as const

const alarm = (label: string): CatalogEntry => ({
  label,
  to: { admin: { title: label, channels: OFFICE, urgent: true } },
})

/**
 * Who is told of what, over which channels. Nobody is told of what they did themselves. Which event of a work order
 * leads to which of these stands in `notices.ts`; every other one is raised by its feature.
 */
export const CATALOG = {
  SUBMITTED: {
    label: '客户提交任务',
    to: { dispatcher: { title: '有新的任务待派单', channels: OFFICE, about: 'site' } },
  },
  DISPATCHED: {
    label: '已派单',
    to: {
      customer: { title: '工程师已安排', channels: CUSTOMER },
      worker: { title: '您有新的工单', channels: WORKER, about: 'site', urgent: true },
    },
  },
  REASSIGNED: {
    label: '已改派',
    to: {
      customer: { title: '已更换工程师', channels: CUSTOMER },
      worker: { title: '工单已改派给其他同事', channels: WORKER, about: 'site', urgent: true },
    },
  },
  ACCEPTED: { label: '工程师接单', to: { customer: { title: '工程师已接单', channels: CUSTOMER } } },
  CLAIMED: {
    label: '工程师从工单池接单',
    to: {
      customer: { title: '工程师已接单', channels: CUSTOMER },
      dispatcher: { title: '工单已被领取', channels: OFFICE_ONLY },
    },
  },
  REJECTED: {
    label: '工程师退回派单',
    to: { dispatcher: { title: '工单被退回，需要重新派单', channels: OFFICE, urgent: true } },
  },
  CHECKED_IN: { label: '工程师到达现场', to: { customer: { title: '工程师已到达现场', channels: CUSTOMER } } },
  VISIT_FLAGGED: { label: '签到存疑', to: { dispatcher: { title: '签到存疑，请审核', channels: OFFICE } } },
  STEP_ENTERED: { label: '服务进度', to: { customer: { title: '服务进度更新', channels: CUSTOMER } } },
  PLAN_TO_CONFIRM: { label: '方案待确认', to: { customer: { title: '请确认方案与报价', channels: CUSTOMER } } },
  PLAN_CONFIRMED: {
    label: '方案已确认',
    to: { worker: { title: '客户已确认方案', channels: WORKER, urgent: true } },
  },
  PLAN_REFUSED: {
    label: '方案未同意',
    to: {
      worker: { title: '客户未同意方案', channels: WORKER, urgent: true },
      dispatcher: { title: '客户未同意方案', channels: OFFICE_ONLY },
    },
  },
  DONE: { label: '服务完成', to: { customer: { title: '服务已完成，请评价', channels: CUSTOMER } } },
  EVALUATED: { label: '客户已评价', to: { worker: { title: '客户已评价', channels: WORKER } } },
  EVALUATED_LOW: {
    label: '客户评价低',
    to: {
      dispatcher: { title: '客户评价较低，请回访', channels: OFFICE },
      admin: { title: '客户评价较低', channels: OFFICE_ONLY },
    },
  },
  REMINDED: {
    label: '客户催办',
    to: {
      worker: { title: '客户催办', channels: WORKER, urgent: true },
      dispatcher: { title: '客户催办', channels: OFFICE },
    },
  },
  CANCELLED: {
    label: '任务取消',
    to: {
      customer: { title: '任务已取消', channels: CUSTOMER },
      worker: { title: '工单已取消', channels: WORKER, about: 'site', urgent: true },
      dispatcher: { title: '客户已取消任务', channels: OFFICE, by: 'customer' },
    },
  },
  EXTERNAL_CHALLENGE: alarm('外部系统需要人工输入验证码'),
  EXTERNAL_PASSWORD_WRONG: alarm('外部系统拒绝账号或密码'),
  EXTERNAL_SITE_CHANGED: alarm('外部系统页面已变化'),
  EXTERNAL_ACCOUNT_LOCKED: alarm('外部系统账号被锁定'),
  WXWORK_HUMAN_NEEDED: alarm('企业微信账号需要人工登录'),
  OUTBOX_UNKNOWN: alarm('对合作系统的写入结果未知'),
  OUTBOX_DEAD: alarm('对合作系统的写入失败'),
} satisfies Record<string, CatalogEntry>

export type NoticeEvent = keyof typeof CATALOG
export type AlarmEvent = Extract<NoticeEvent, `EXTERNAL_${string}` | `OUTBOX_${string}` | 'WXWORK_HUMAN_NEEDED'>

export const NOTICE_EVENTS = Object.keys(CATALOG) as [NoticeEvent, ...NoticeEvent[]]

export const entryOf = (event: NoticeEvent): CatalogEntry => CATALOG[event]

/** How this audience is told of it. @throws TypeError where it is not told at all */
export function tellingOf(event: string, audience: AudienceKind): Telling {
  const telling = Object.hasOwn(CATALOG, event) ? entryOf(event as NoticeEvent).to[audience] : undefined
  if (!telling) throw new TypeError(`no ${audience} is told of ${event}`)
  return telling
}
