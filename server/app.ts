import fs from 'node:fs'
import path from 'node:path'
import cors from '@koa/cors'
import Koa from 'koa'
import serveStatic from 'koa-static'
import proxyaddr from 'proxy-addr'
import type { Context } from './context'
import { mountAuditRoutes } from './features/audit/routes'
import { forwardCloudCalls } from './features/cloud/forward'
import { mountCloudRoutes } from './features/cloud/routes'
import { mountCustomerAdminRoutes } from './features/customers/admin'
import { mountDispatchRoutes } from './features/dispatch/routes'
import { mountExternalLogRoutes } from './features/external-log/routes'
import { mountJobRoutes } from './features/jobs/routes'
import { mountExportRoutes } from './features/export/routes'
import { mountExternalSessionRoutes } from './features/external-sessions/routes'
import { mountExternalSystemRoutes } from './features/external-systems/routes'
import { mountExternalWorkOrderRoutes } from './features/external-work-orders/routes'
import { mountSessionBoardRoutes } from './features/session-board/routes'
import { mountSlaAdminRoutes, mountSlaRoutes } from './features/sla/routes'
import { mountAuthRoutes, mountStaffAdminRoutes } from './features/staff/routes'
import { mountSyncRoutes } from './features/sync/routes'
import { mountEventRoutes } from './features/work-order-events/routes'
import { mountEvaluationAdminRoutes } from './features/tasks/evaluations-admin'
import { mountVisitAdminRoutes, mountVisitRoutes } from './features/visits/routes'
import { mountTaskAdminRoutes, mountWorkOrderRoutes } from './features/work-orders/routes'
import { mountCustomerRoutes } from './features/customers/routes'
import { mountFileRoutes } from './features/files/routes'
import { mountLiveRoutes } from './features/live/routes'
import { mountNgsProxyRoutes } from './features/ngs-proxy/routes'
import { mountNgsSyncRoutes } from './features/ngs-sync/routes'
import { mountOutboxRoutes } from './features/outbox/routes'
import {
  mountNotificationAdminRoutes,
  mountNotificationRoutes,
  mountStaffNotificationRoutes,
} from './features/notifications/routes'
import { mountOverviewRoutes } from './features/overview/routes'
import { startPage } from './features/platform/pages'
import { mountDocumentRoutes, mountProbeRoutes } from './features/platform/routes'
import { mountTaskRoutes } from './features/tasks/routes'
import { mountWxworkCallback, mountWxworkRoutes } from './features/wxwork/routes'
import { createAuthenticate } from './http/authenticate'
import { consoleClient } from './http/console-page'
import { carriedOf } from './http/carried'
import { answerErrors } from './http/errors'
import { createFamily, type Family, type GuardDeps } from './http/guard'
import { observe } from './http/observe'
import { createApiDocument } from './http/openapi'
import { contentPolicy, securityHeaders } from './http/security-headers'
import { runDueJobs } from './jobs/due'
import { jobsOf } from './jobs/jobs'

const H5_DIR = path.resolve('miniprogram/dist/h5')

/** A caller that broke off: nobody is left to answer. */
const CALLER_GONE = new Set(['ECONNRESET', 'EPIPE', 'ECANCELED', 'HPE_INVALID_EOF_STATE', 'ERR_STREAM_PREMATURE_CLOSE'])

/** The Koa app over a built context; it listens to nothing yet. */
export function createApp(context: Context): Koa {
  const { config, log, metrics } = context
  const app = new Koa()
  trustProxies(app, config.trustedProxies)
  app.on('error', (error: NodeJS.ErrnoException) => {
    const level = CALLER_GONE.has(error.code ?? '') ? 'debug' : 'error'
    log[level]({ err: error }, 'response failed')
  })

  app.use(observe({ log, metrics }))
  app.use(securityHeaders({ production: config.production }))
  if (config.corsOrigins.length > 0) app.use(crossOrigin(config.corsOrigins))
  app.use(answerErrors(log))
  app.use(forwardCloudCalls(context))
  for (const family of mountFamilies(context)) app.use(family.middleware)
  app.use(consoleClient())
  app.use(h5Client())
  return app
}

function mountFamilies(context: Context) {
  const { tokens, idempotency, config, createRateLimit } = context
  const document = createApiDocument()
  const guard: GuardDeps = {
    authenticate: createAuthenticate(tokens, {
      customer: context.customers.findPrincipal,
      staff: context.staff.findPrincipal,
    }),
    idempotency,
    document,
    incomingDir: path.join(config.dataDir, 'incoming'),
  }
  const v1 = createFamily(guard, 'customer', '/api/v1')
  mountCustomerRoutes(v1, { ...context, loginLimit: createRateLimit('wechat-login', 120) })
  mountTaskRoutes(v1, context)
  mountFileRoutes(v1, { ...context, limit: createRateLimit('files', 60) })
  mountNotificationRoutes(v1, context)
  mountAdminRoutes(v1, context)
  mountLiveRoutes(v1, { ...context, authenticate: guard.authenticate })

  const auth = createFamily(guard, 'staff', '/auth')
  const secureCookies = config.publicUrl.startsWith('https:')
  mountAuthRoutes(auth, { ...context, secureCookies, addressLimit: createRateLimit('staff-address', 60) })

  const homecare = createFamily(guard, 'staff', '/homecare')
  mountDispatchRoutes(homecare, context)
  mountWorkOrderRoutes(homecare, context)
  mountVisitRoutes(homecare, {
    ...context,
    precheckLimit: createRateLimit('precheck', 30),
    evidenceLimit: createRateLimit('evidence', 60),
  })
  mountSyncRoutes(homecare, context)
  mountSlaRoutes(homecare, context)
  mountStaffNotificationRoutes(homecare, context)

  const ngs = createFamily(guard, 'ngs', '/ngs/wo')
  mountNgsProxyRoutes(ngs, context)

  const wxwork = createFamily(guard, 'wxwork', '/api')
  mountWxworkRoutes(wxwork, context)

  const cloud = createFamily(guard, 'customer', '/internal/cloud')
  mountCloudRoutes(cloud, {
    ...context,
    loginLimit: createRateLimit('cloud-login', 120),
    runDueJobs: () => runDueJobs(jobsOf(context), { runs: context.jobs, log: context.log, now: context.now }),
  })

  const platform = createFamily(guard, 'platform', '')
  mountWxworkCallback(platform, context)
  mountDocumentRoutes(platform, { document })

  const probes = createFamily(guard, 'platform', '', { exact: true })
  mountProbeRoutes(probes, { ...context, metricsToken: config.metricsToken })
  return [v1, auth, homecare, ngs, wxwork, cloud, probes, platform]
}

function mountAdminRoutes(v1: Family, context: Context) {
  mountOverviewRoutes(v1, context)
  mountExportRoutes(v1, context)
  mountStaffAdminRoutes(v1, context)
  mountCustomerAdminRoutes(v1, context)
  mountTaskAdminRoutes(v1, context)
  mountEventRoutes(v1, context)
  mountVisitAdminRoutes(v1, context)
  mountSlaAdminRoutes(v1, context)
  mountEvaluationAdminRoutes(v1, context)
  mountAuditRoutes(v1, context)
  mountExternalSystemRoutes(v1, context)
  mountExternalSessionRoutes(v1, context)
  mountExternalWorkOrderRoutes(v1, context)
  mountSessionBoardRoutes(v1, context)
  mountOutboxRoutes(v1, context)
  mountNotificationAdminRoutes(v1, context)
  mountNgsSyncRoutes(v1, context)
  mountJobRoutes(v1, context)
  mountExternalLogRoutes(v1, context)
}

/** `ctx.ip` is the nearest address that is not one of our own proxies. */
function trustProxies(app: Koa, proxies: string[]): void {
  const trust = proxyaddr.compile(proxies)
  Object.defineProperty(app.request, 'ip', {
    get(this: Koa.Request) {
      return carriedOf(this.ctx)?.address ?? proxyaddr(this.req, trust)
    },
  })
}

const crossOrigin = (origins: string[]) =>
  cors({
    origin: (ctx) => (origins.includes(ctx.get('Origin')) ? ctx.get('Origin') : ''),
    exposeHeaders: ['X-Trace-Id', 'Retry-After'],
    maxAge: 600,
  })

/** The H5 build at `/`; until it exists, a page that says what runs where. */
function h5Client(): Koa.Middleware {
  const index = path.join(H5_DIR, 'index.html')
  if (!fs.existsSync(index))
    return async (ctx, next) => {
      if (ctx.path !== '/' || ctx.method !== 'GET') return next()
      ctx.type = 'html'
      ctx.body = startPage
    }
  const policy = contentPolicy(fs.readFileSync(index, 'utf8'))
  const files = serveStatic(H5_DIR, {
    setHeaders: (res, file) => {
      const hashed = /\.[0-9a-f]{8}\./.test(path.basename(file))
      res.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      if (file === index) res.setHeader('Content-Security-Policy', policy)
    },
  })
  // `//name` is no file, nor bad input as the file server has it, but an address that is not here.
  return (ctx, next) => (ctx.path.startsWith('//') ? next() : files(ctx, next))
}
