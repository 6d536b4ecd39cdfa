/** What can happen to a work order; `customer` entries appear in the customer's timeline. */
export const EVENTS = {
  SUBMITTED: { title: '任务已提交', customer: true },
  DISPATCHED: { title: '已派单', customer: true },
  REASSIGNED: { title: '已更换服务人员', customer: true },
  ACCEPTED: { title: '工程师已接单', customer: true },
  REJECTED: { title: '工程师退回派单', customer: false },
  CLAIMED: { title: '工程师已接单', customer: true },
  CHECKIN_REJECTED: { title: '签到被拒绝', customer: false },
  CHECKED_IN: { title: '工程师已到达现场', customer: true },
  CHECKED_OUT: { title: '工程师已离开现场', customer: true },
  STEP_ENTERED: { title: '进度更新', customer: true },
  STEP_NOTED: { title: '进度补充', customer: true },
  PLAN_CONFIRMED: { title: '客户已确认方案', customer: true },
  PLAN_REFUSED: { title: '客户未同意方案', customer: true },
  REMINDED: { title: '客户催办', customer: true },
  CANCELLED: { title: '任务已取消', customer: true },
  EVALUATED: { title: '客户已评价', customer: true },
  LOCATION_SET: { title: '服务地点已设置', customer: false },
  VISIT_REVIEWED: { title: '签到已审核', customer: false },
} as const

export type EventType = keyof typeof EVENTS
