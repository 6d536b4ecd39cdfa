import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { Middleware } from 'koa'
import serveStatic from 'koa-static'

const CONSOLE_DIR = path.resolve('dist/console')
const BASE = '/console'
/** What the build left where the nonce belongs (server/console/vite.config.mts). */
const NONCE = '__CSP_NONCE__'

/** antd writes style elements while it runs: the page's own nonce lets exactly those in, and no script at all. */
const policy = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join(';')

/** The admin console below `/console`: its files as they are, every other address is the page itself. */
export function consoleClient(): Middleware {
  const index = path.join(CONSOLE_DIR, 'index.html')
  const assets = serveStatic(path.dirname(CONSOLE_DIR), {
    index: false,
    setHeaders: (res) => res.setHeader('Cache-Control', 'public, max-age=31536000, immutable'),
  })
  return async (ctx, next) => {
    const isOurs = ctx.path === BASE || ctx.path.startsWith(`${BASE}/`)
    if (!isOurs || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next()
    if (ctx.path.startsWith(`${BASE}/assets/`)) return assets(ctx, next)
    ctx.type = 'html'
    ctx.set('Cache-Control', 'no-cache')
    const html = await fs.promises.readFile(index, 'utf8').catch(() => null)
    if (html === null) {
      ctx.body = NOT_BUILT
      return
    }
    const nonce = randomBytes(16).toString('base64')
    ctx.set('Content-Security-Policy', policy(nonce))
    ctx.body = html.replaceAll(NONCE, nonce)
  }
}

const NOT_BUILT = `<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>管理后台</title>
<h1>管理后台尚未构建</h1><p>运行 <code>npm run build:console</code> 后刷新本页。</p></html>
`
