/** What comes next at an order, on its own page and on that of its steps. */
export const NEXT_STEP_TEXTS = {
  cancelled: '工单已取消，请勿前往',
  checkin: '到达现场后，请先签到',
  again: '上次到场已签退，再次到场请先签到',
  agreed: '客户已同意方案，再次到场请先签到',
  checkout: '服务已完成，离开前请签退',
  evaluation: '服务已完成，等待客户评价',
  waiting: '方案已提交，等待客户确认。客户确认后进入“服务执行”，退回则回到“方案报价”',
  remind: '；客户迟迟没有答复时，可以致电提醒',
  leave: '；现在可以补充说明，离场请签退',
  comeBack: '；再次到场请先签到',
} as const
