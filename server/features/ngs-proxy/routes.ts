import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { NGS_HEADERS, NGS_OPERATIONS, type NgsHeaders, type NgsOperation } from '../../connectors/ngs/constants'
import { staff } from '../../http/authenticate'
import type { Family } from '../../http/guard'
import { NGS_BODIES } from './schema'
import type { NgsProxy } from './service'

const SUMMARIES: Record<NgsOperation, string> = {
  save: '工单保存',
  send: '工单下送',
  close: '工单成功结案',
  failedClose: '工单失败结案',
  reminder: '工单催办',
  back: '工单退回',
  revoke: '工单撤回',
}

export function mountNgsProxyRoutes({ route }: Family, { ngsProxy }: { ngsProxy: NgsProxy }) {
  for (const operation of NGS_OPERATIONS)
    route(
      'post',
      `/${operation}`,
      {
        summary: SUMMARIES[operation],
        access: staff('ADMIN', 'HOMECARE_DISPATCHER'),
        body: NGS_BODIES[operation],
        response: z.unknown(),
        errors: [
          'UPSTREAM_DISABLED',
          'UPSTREAM_REFUSED',
          'UPSTREAM_DOWN',
          'UPSTREAM_FAILED',
          'UPSTREAM_OUTCOME_UNKNOWN',
          'RATE_LIMITED',
        ],
        idempotent: true,
      },
      ({ ctx, once }) =>
        ngsProxy.execute(operation, {
          body: ctx.request.rawBody ?? '',
          headers: ownHeaders(ctx),
          traceId: ctx.state.traceId,
          once,
        }),
    )
}

const ownHeaders = (ctx: RouterContext): NgsHeaders =>
  Object.fromEntries(NGS_HEADERS.flatMap((name) => (ctx.get(name) ? [[name, ctx.get(name)]] : [])))
