export const NOTICES_TEXTS = {
  empty: '还没有消息',
  emptyHint: '任务有进展时会在这里通知您',
  unread: '未读',
  open: '查看任务',
} as const
