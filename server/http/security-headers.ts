import { createHash } from 'node:crypto'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import helmet from 'helmet'
import type { Middleware } from 'koa'

/** Pages may load what is ours and pictures; the mini-program's H5 build reads chosen files as blobs. */
const DIRECTIVES = {
  'default-src': ["'self'"],
  'img-src': ["'self'", 'data:', 'blob:', 'https:'],
  'connect-src': ["'self'", 'data:', 'blob:'],
  'style-src': ["'self'", "'unsafe-inline'"],
  'object-src': ["'none'"],
  'frame-ancestors': ["'none'"],
  'upgrade-insecure-requests': null,
}

/** helmet's headers are the same for every request, so they are computed once. */
export function securityHeaders({ production }: { production: boolean }): Middleware {
  const headers = compute({ production, scripts: ["'self'"] })
  return (ctx, next) => {
    ctx.res.setHeaders(headers)
    return next()
  }
}

/** The policy of a page of ours whose own inline scripts may run, each by its digest. */
export function contentPolicy(html: string): string {
  const inline = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(([, code]) => code ?? '')
  const digests = inline.map((code) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`)
  return compute({ production: false, scripts: ["'self'", ...digests] }).get('content-security-policy') ?? ''
}

function compute({ production, scripts }: { production: boolean; scripts: string[] }): Map<string, string> {
  const request = new IncomingMessage(new Socket())
  const response = new ServerResponse(request)
  const apply = helmet({
    contentSecurityPolicy: { directives: { ...DIRECTIVES, 'script-src': scripts } },
    crossOriginResourcePolicy: { policy: 'cross-origin' }, // pictures are shown by the mini-program and its H5 build
    hsts: production,
  })
  apply(request, response, () => {})
  return new Map(Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]))
}
