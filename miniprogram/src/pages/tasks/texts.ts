export const TASKS_TEXTS = {
  search: '搜索编号、仪器或描述',
  tabs: [
    { value: 'all', label: '全部' },
    { value: 'open', label: '进行中' },
    { value: 'closed', label: '已完成' },
    { value: 'cancelled', label: '已取消' },
  ],
  total: (count: number) => `共 ${count} 个任务`,
  empty: {
    all: { title: '还没有任务', hint: '提交服务需求后，可在这里查看进度' },
    open: { title: '没有进行中的任务', hint: '新提交的任务会出现在这里' },
    closed: { title: '没有已完成的任务', hint: '评价过的任务会出现在这里' },
    cancelled: { title: '没有已取消的任务', hint: '' },
  },
  notFound: (words: string) => `没有找到“${words}”`,
  notFoundHint: '换个关键词，或在“全部”中搜索',
  submit: '提交服务需求',
  waitingForYou: { 4: '请确认服务方案', 6: '请评价本次服务' } as Record<number, string>,
} as const
