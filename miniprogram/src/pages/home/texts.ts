export const HOME_TEXTS = {
  business: '实验室仪器服务',
  slogan: '让每一台仪器稳定运行',
  lead: '维修、保养、验证一站式服务，进度随时可查',
  services: '需要什么服务？',
  openTasks: '进行中的任务',
  allTasks: '全部任务',
  notices: '消息',
  emptyTitle: '没有进行中的任务',
  emptyHint: '选择上面的服务，提交后可在这里查看进度',
  noEngineer: '待安排工程师',
  waitingForYou: { 4: '请确认服务方案', 6: '请评价本次服务' } as Record<number, string>,
} as const
