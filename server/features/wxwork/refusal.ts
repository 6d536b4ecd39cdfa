import { UpstreamError } from '../../connectors/kit/upstream-error'
import { AppError } from '../../errors/app-error'

/** What the console is told of a call that did not succeed. */
export function refusalOf(error: unknown): AppError {
  if (!(error instanceof UpstreamError)) throw error
  const { raw = null, reason } = error.detail
  switch (error.kind) {
    case 'unavailable':
      return new AppError('UPSTREAM_DOWN', { cause: error, message: '企业微信网关无法连接', retryAfterSeconds: 5 })
    case 'rate-limited':
      return new AppError('RATE_LIMITED', {
        cause: error,
        message: '企业微信网关繁忙，请稍后再试',
        retryAfterSeconds: 5,
      })
    case 'unknown-outcome':
      return new AppError('UPSTREAM_OUTCOME_UNKNOWN', { cause: error, message: '企业微信网关没有及时应答，结果未知' })
    case 'bad-response':
      if (reason !== 'no-uuid')
        return new AppError('UPSTREAM_FAILED', { cause: error, message: '企业微信网关的应答无法识别' })
      return new AppError('GATEWAY_REFUSED', { cause: error, message: '网关没有返回 uuid', details: { raw } })
    default:
      return new AppError('GATEWAY_REFUSED', {
        cause: error,
        message: reason === 'page-closed' ? '手机端已关闭验证页面，请重新获取二维码' : undefined,
        details: { raw },
      })
  }
}
