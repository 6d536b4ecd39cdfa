import { createHash, timingSafeEqual } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { AppError } from '../../errors/app-error'
import { open } from '../../http/authenticate'
import type { Family } from '../../http/guard'
import type { Metrics } from '../../http/metrics'
import type { ApiDocument } from '../../http/openapi'
import { docsPage } from './pages'
import type { HealthService } from './health'

export interface ProbeDeps {
  health: HealthService
  metrics: Metrics
  metricsToken: string
}

const part = z.object({ ok: z.boolean(), detail: z.string().optional() })
const readiness = z.object({ ok: z.boolean(), checks: z.record(z.string(), part) })

/** What operators ask. A proxy that keeps `/metrics` inside knows it by that spelling alone. */
export function mountProbeRoutes({ route }: Family, { health, metrics, metricsToken }: ProbeDeps) {
  route(
    'get',
    '/livez',
    { summary: '进程存活', access: open, response: z.object({ ok: z.literal(true) }) },
    async () => ({ ok: true as const }),
  )

  route(
    'get',
    '/readyz',
    {
      summary: '可以接受请求：数据库、磁盘；Redis 与合作系统只作说明',
      access: open,
      response: readiness,
      otherwise: { 503: readiness },
    },
    async ({ ctx }) => {
      const report = await health.check()
      if (!report.ok) ctx.status = 503
      return report
    },
  )

  route(
    'get',
    '/metrics',
    {
      summary: 'Prometheus 指标',
      access: open,
      response: null,
      responseType: 'text/plain',
      errors: ['UNAUTHENTICATED'],
    },
    async ({ ctx }) => {
      if (metricsToken && !sameText(ctx.get('authorization'), `Bearer ${metricsToken}`))
        throw new AppError('UNAUTHENTICATED')
      ctx.type = metrics.registry.contentType
      ctx.body = await metrics.text()
    },
  )
}

export function mountDocumentRoutes({ route }: Family, { document }: { document: ApiDocument }) {
  route(
    'get',
    '/openapi.json',
    { summary: 'OpenAPI 文档', access: open, response: null, responseType: 'application/json' },
    async ({ ctx }) => {
      ctx.body = document.json()
    },
  )

  route(
    'get',
    '/docs',
    { summary: '接口文档页', access: open, response: null, responseType: 'text/html' },
    async ({ ctx }) => {
      ctx.type = 'html'
      ctx.body = docsPage
    },
  )

  route(
    'get',
    '/docs/:asset',
    { summary: '接口文档页的资源', access: open, response: null, responseType: 'text/plain', errors: ['NOT_FOUND'] },
    async ({ ctx }) => sendAsset(ctx),
  )
}

/** In a time that tells nothing about where two texts differ. */
const sameText = (a: string, b: string) =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())

const DOCS_ASSETS: Record<string, string> = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
  'init.js': 'text/javascript',
}
const INIT_SCRIPT = `window.ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true })`

async function sendAsset(ctx: RouterContext): Promise<void> {
  const { asset = '' } = ctx.params
  const type = Object.hasOwn(DOCS_ASSETS, asset) ? DOCS_ASSETS[asset] : undefined
  if (!type) throw new AppError('NOT_FOUND')
  ctx.set('Cache-Control', 'public, max-age=3600')
  ctx.type = type
  ctx.body = asset === 'init.js' ? INIT_SCRIPT : fs.createReadStream(path.join(swaggerDir(), asset))
  ctx.type = type
}

const swaggerDir = () => path.dirname(require.resolve('swagger-ui-dist/package.json'))
