export const DISPATCH_TEXTS = {
  tabs: [
    { value: 'pool', label: '待派单' },
    { value: 'open', label: '未完成' },
    { value: 'done', label: '已完成' },
  ],
  search: '搜索工单号、仪器、客户或电话',
  total: (count: number) => `共 ${count} 张工单`,
  empty: {
    pool: { title: '没有待派的工单', hint: '客户提交的新需求会出现在这里' },
    open: { title: '没有未完成的工单', hint: '下拉可以刷新' },
    done: { title: '还没有完成的工单', hint: '下拉可以刷新' },
  },
  notFound: (words: string) => `没有找到“${words}”`,
  waiting: (duration: string) => `已等 ${duration}`,
  assign: '派单',
  reassign: '改派',
  unaccepted: '待接单',
  hours: (count: number) => `${count} 小时`,
  days: (count: number) => `${count} 天`,
} as const
