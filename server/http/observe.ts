import { randomUUID } from 'node:crypto'
import type { Middleware } from 'koa'
import type { Logger } from 'pino'
import { withTrace } from '../trace'
import type { Metrics } from './metrics'

const TRACE_ID = /^[\w.-]{8,64}$/

/** Gives the request its trace id, and when it is answered one log line and one sample. */
export function observe({ log, metrics }: { log: Logger; metrics: Metrics }): Middleware {
  return async (ctx, next) => {
    const start = performance.now()
    const given = ctx.get('x-trace-id')
    const traceId = TRACE_ID.test(given) ? given : randomUUID()
    ctx.state.traceId = traceId
    ctx.set('X-Trace-Id', traceId)
    try {
      await withTrace(traceId, next)
    } finally {
      const ms = performance.now() - start
      // Paths carry signatures and the callback's secret: what is logged is the route, never the address.
      const route = (ctx.state.route as string | undefined) ?? 'unmatched'
      metrics.request(ctx.method, route, ctx.status, ms / 1000)
      log.info({
        traceId,
        method: ctx.method,
        route,
        status: ctx.status,
        ms: Math.round(ms * 10) / 10,
        who: ctx.state.who,
      })
    }
  }
}
