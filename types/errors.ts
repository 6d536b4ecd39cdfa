/**
 * Every error a caller can meet, with the sentence a person reads.
 * The server adds status and reporting in `server/errors/catalog.ts`; the client shows the sentence unless the
 * server sent a more precise one.
 */
export const ERROR_TEXT = {
  INVALID_INPUT: '请求参数错误',
  UNAUTHENTICATED: '请先登录',
  TOKEN_EXPIRED: '登录已过期，请重新登录',
  ACCOUNT_DISABLED: '账号已停用，请联系客服',
  WRONG_PASSWORD: 'Invalid email or password',
  USER_NOT_FOUND: 'User not found',
  FORBIDDEN: '没有权限执行此操作',
  CSRF_REJECTED: '请求来源无法确认，请刷新页面后重试',
  NOT_FOUND: '资源不存在',
  CONFLICT: '数据已被修改，请刷新后重试',
  REQUEST_IN_PROGRESS: '相同的请求正在处理，请稍候',
  PAYLOAD_TOO_LARGE: '提交的内容过大',
  UNSUPPORTED_MEDIA: '不支持的内容类型',
  FILE_TYPE_REFUSED: '不支持的文件类型',
  FILE_NOT_FOUND: '文件不存在或已被使用',
  IDEMPOTENCY_MISMATCH: '同一个 Idempotency-Key 不能用于不同的请求内容',
  RATE_LIMITED: '操作过于频繁，请稍后再试',
  CONTENT_REFUSED: '内容含有违规信息，请修改后重试',
  WECHAT_CODE_INVALID: '微信登录凭证无效或已过期，请重新登录',
  WECHAT_USER_REFUSED: '微信判定该账号存在风险，暂不能登录',
  PHONE_TAKEN: '该手机号已绑定其他微信账号',
  TASK_CLOSED: '任务已结束，不能再操作',
  TASK_STEP_MISMATCH: '任务当前步骤不允许此操作',
  TASK_NOT_CANCELLABLE: '服务已开始执行，不能取消，请联系工程师',
  TASK_NOT_EVALUABLE: '服务完成后才能评价',
  ALREADY_EVALUATED: '该任务已评价，感谢您的反馈',
  REMINDED_RECENTLY: '一小时内已催办过，我们正在加紧处理',
  CHECKIN_REJECTED: 'Checkin rejected',
  WORKER_DISABLED: '该服务人员已停用或不是服务人员，不能派单',
  WORK_ORDER_NOT_MINE: '该工单未派给您',
  ASSIGNMENT_GONE: '该派单已被撤回或改派',
  ALREADY_ASSIGNED: '该工单已派给其他服务人员',
  ALREADY_CHECKED_IN: '该工单已签到',
  NOT_CHECKED_IN: '该工单没有进行中的签到',
  VISIT_REVIEWED: '该签到已审核',
  TOO_MANY_ITEMS: '一次同步的条目过多',
  OUTBOX_NOT_OPEN: '该条目正在发送或已经完成，不能再处理',
  EMAIL_TAKEN: '该邮箱已存在',
  CAPTCHA_EXHAUSTED: '验证码多次识别失败，稍后会自动重试',
  PASSWORD_WRONG: '外部系统拒绝了账号或密码，请更新密码',
  ACCOUNT_LOCKED: '外部系统已锁定该账号，解锁后会自动重试',
  SITE_DOWN: '外部系统暂时无法访问，稍后会自动重试',
  SITE_CHANGED: '外部系统的页面已变化，请检查系统配置',
  CHALLENGE_OPEN: '需要人工输入验证码',
  CHALLENGE_CLOSED: '该验证码已失效或已有人处理，请刷新后重试',
  UPSTREAM_FAILED: '合作系统暂时没有响应，请稍后再试',
  UPSTREAM_REFUSED: '合作系统没有受理，请核对内容后重试',
  GATEWAY_REFUSED: '企业微信网关没有受理，请核对后重试',
  UPSTREAM_DOWN: '合作系统暂时无法连接，操作没有执行，请稍后再试',
  UPSTREAM_OUTCOME_UNKNOWN: '合作系统没有确认结果，操作可能已经执行，请核对后再决定是否重试',
  UPSTREAM_DISABLED: '该功能尚未配置，请联系管理员',
  CLOUD_CALL_REFUSED: '云函数的签名无效、已过期或已使用过',
  UNAVAILABLE: '服务正在维护，请稍后再试',
  INTERNAL: '服务器内部错误',
} as const

export type ErrorCode = keyof typeof ERROR_TEXT

/** One refused field: dotted path as the caller sent it, and a sentence that names it. */
export interface FieldError {
  path: string
  message: string
}
