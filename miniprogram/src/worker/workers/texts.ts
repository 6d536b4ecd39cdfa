export const WORKERS_TEXTS = {
  search: '搜索姓名、邮箱或电话',
  empty: '还没有工程师账号',
  emptyHint: '管理员可以在控制台添加',
  notFound: (words: string) => `没有找到“${words}”`,
  call: (name: string) => `拨打${name}的电话`,
} as const
