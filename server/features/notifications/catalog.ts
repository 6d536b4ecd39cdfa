import type { EventType } from '../work-order-events/catalog'

/** Which events of a work order its customer finds in the inbox, and under which title. */
export const CUSTOMER_TITLES: Partial<Record<EventType, string>> = {
  DISPATCHED: '工程师已安排',
  REASSIGNED: '已更换工程师',
  ACCEPTED: '工程师已接单',
  CLAIMED: '工程师已接单',
  CHECKED_IN: '工程师已到达现场',
  STEP_ENTERED: '服务进度更新',
  CANCELLED: '任务已取消',
}

/** Which events made by the customer its worker finds in the inbox. */
export const WORKER_TITLES: Partial<Record<EventType, string>> = {
  PLAN_CONFIRMED: '客户已确认方案',
  PLAN_REFUSED: '客户未同意方案',
  REMINDED: '客户催办',
  EVALUATED: '客户已评价',
}
