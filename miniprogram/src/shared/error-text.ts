import { ERROR_TEXT, type ErrorCode } from '@shared/errors'
import type { ReasonCode } from '@shared/api/homecare'
import { ApiError, type ErrorKind } from './api-error'

/** Sentences of the app; the shared table where the document fixes an English one is reworded here. */
const CODE_TEXT = {
  ...ERROR_TEXT,
  WRONG_PASSWORD: '邮箱或密码不正确',
  USER_NOT_FOUND: '没有这个账号，请核对邮箱',
  CHECKIN_REJECTED: '签到未通过',
  INTERNAL: '服务器出了点问题，请稍后再试',
} satisfies Record<ErrorCode, string>

const KIND_TEXT = {
  network: '网络连接失败，请检查网络后重试',
  timeout: '服务器响应超时，请稍后重试',
  consent: '同意隐私保护指引后才能继续',
  cancelled: '已取消',
  unsupported: '请在微信小程序中使用此功能',
  unauthenticated: '请先登录',
  forbidden: '没有权限执行此操作',
  'not-found': '内容不存在或已被移除',
  rejected: '提交的内容有误，请检查后重试',
  'rate-limited': '操作过于频繁，请稍后再试',
  server: '服务器出了点问题，请稍后再试',
  'bad-response': '服务器返回的内容无法识别，请稍后再试',
} satisfies Record<ErrorKind, string>

/** Why a check-in is refused, in words that say what to do next. */
const REASON_TEXT = {
  OK: '位置符合要求，可以签到',
  OUT_OF_RADIUS: '还没到签到范围，请再靠近服务地点',
  SERVICE_LOCATION_MISSING: '该工单还没有服务地点坐标，请联系调度员补充后再签到',
  WORK_ORDER_NOT_ASSIGNABLE: '该工单还不能签到，请先接单或等待派单',
  WORKER_NOT_MATCHED: '该工单已派给其他工程师，如有疑问请联系调度员',
  SIGNATURE_REQUIRED: '请客户在签名框内完整签名',
  EVIDENCE_FILE_NOT_EXIST: '请至少拍摄一张现场照片',
  LOW_ACCURACY: '定位不够精确，请到窗边或室外稍等片刻再试',
  WORK_ORDER_CANCELLED: '该工单已取消，请勿前往，如有疑问请联系调度员',
  ALREADY_CHECKED_IN: '已经签到过了，可以直接填写服务步骤',
  NOT_CHECKED_IN: '还没有签到，请先签到再签退',
  TICKET_REPLAYED: '这次离线签到已提交过，无需重复提交',
  TICKET_INVALID: '离线凭证已失效，请联网后重新签到',
} satisfies Record<ReasonCode, string>

const isReason = (text: string | undefined): text is ReasonCode =>
  text !== undefined && Object.prototype.hasOwnProperty.call(REASON_TEXT, text)

const CHINESE = /[一-鿿]/

/** What to do about a refused (or accepted) check-in; unknown codes get a general sentence. */
export function reasonText(reasonCode: string): string {
  return isReason(reasonCode) ? REASON_TEXT[reasonCode] : '暂时不能签到，请联系调度员'
}

/** The sentence to show for anything a service function threw. */
export function errorText(error: unknown): string {
  if (!(error instanceof ApiError)) return CODE_TEXT.INTERNAL
  if (isReason(error.reasonCode)) return REASON_TEXT[error.reasonCode]
  if (CHINESE.test(error.serverMessage)) return error.serverMessage
  return error.code ? CODE_TEXT[error.code] : KIND_TEXT[error.kind]
}

/** Field path → sentence, for the fields the server refused (`device.name`, `customer.phone` …). */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {}
  return Object.fromEntries(error.fields.map(({ path, message }) => [path, message]))
}
