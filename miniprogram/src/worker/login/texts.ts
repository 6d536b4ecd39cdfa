export const LOGIN_TEXTS = {
  title: '工程师与调度员登录',
  lead: '使用公司分配的邮箱账号登录',
  email: '邮箱',
  emailPlaceholder: 'name@example.com',
  password: '密码',
  passwordPlaceholder: '请输入密码',
  submit: '登录',
  help: '忘记密码请联系管理员重置',
} as const
