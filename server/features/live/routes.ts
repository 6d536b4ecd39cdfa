import type { Context } from 'koa'
import { z } from 'zod'
import { principalKey, staff } from '../../http/authenticate'
import type { GuardDeps, Family } from '../../http/guard'
import type { Live } from './service'
import { openStream } from './stream'

const DISPATCHER = staff('ADMIN', 'HOMECARE_DISPATCHER')
const MAX_ID = 64

export interface LiveRouteDeps {
  live: Live
  authenticate: GuardDeps['authenticate']
}

export function mountLiveRoutes({ route }: Family, { live, authenticate }: LiveRouteDeps) {
  route(
    'get',
    '/admin/events/stream',
    {
      summary: '实时事件（server-sent events）；Last-Event-ID 续传，续不上时先收到 reset 事件',
      access: DISPATCHER,
      // A page that opens a new EventSource can set no header.
      query: z.object({ last_event_id: z.string().max(MAX_ID).optional() }),
      response: null,
      responseType: 'text/event-stream',
      errors: ['RATE_LIMITED', 'UNAVAILABLE'],
    },
    async ({ who, query, ctx }) => {
      const stream = openStream({
        live,
        owner: principalKey(who),
        lastId: ctx.get('last-event-id').slice(0, MAX_ID) || (query.last_event_id ?? ''),
        authenticate: async () => DISPATCHER.check(await authenticate(ctx)),
      })
      setStreamHeaders(ctx)
      ctx.body = stream
    },
  )
}

/** Neither proxies nor browsers may keep back or keep what goes by. */
function setStreamHeaders(ctx: Context): void {
  ctx.type = 'text/event-stream'
  ctx.set('Cache-Control', 'no-store')
  ctx.set('X-Accel-Buffering', 'no')
}
