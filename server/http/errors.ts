import type { Middleware } from 'koa'
import type { Logger } from 'pino'
import { UpstreamError } from '../connectors/kit/upstream-error'
import { isUnavailable } from '../db/db-error'
import { AppError } from '../errors/app-error'
import { entryOf } from '../errors/catalog'
import { envelopeOf } from './envelopes'

/** Turns whatever was thrown, and unknown paths, into the answer of the path's family. */
export function answerErrors(log: Logger): Middleware {
  return async (ctx, next) => {
    try {
      await next()
      if (ctx.status === 404 && ctx.body == null) throw new AppError('NOT_FOUND', { message: '接口不存在' })
    } catch (thrown) {
      const error = toAppError(thrown)
      const { status, report } = entryOf(error.code)
      if (report) log.error({ traceId: ctx.state.traceId, err: error.cause ?? error }, error.code)
      ctx.status = status
      if (error.retryAfterSeconds) ctx.set('Retry-After', String(error.retryAfterSeconds))
      ctx.body = envelopeOf(ctx.path).failure(error, ctx.state.traceId)
    }
  }
}

/** The only place that maps foreign errors (database, upstreams, Koa's own) to ours. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  if (thrown instanceof UpstreamError) return new AppError('UPSTREAM_FAILED', { cause: thrown })
  if (isUnavailable(thrown)) return new AppError('UNAVAILABLE', { cause: thrown, retryAfterSeconds: 5 })
  const { status } = thrown as { status?: number }
  if (status === 413) return new AppError('PAYLOAD_TOO_LARGE', { cause: thrown })
  if (status === 415) return new AppError('UNSUPPORTED_MEDIA', { cause: thrown })
  if (status && status >= 400 && status < 500) return new AppError('INVALID_INPUT', { cause: thrown })
  return new AppError('INTERNAL', { cause: thrown })
}
