import { createHash } from 'node:crypto'
import Router, { type RouterContext } from '@koa/router'
import type { Middleware } from 'koa'
import type { z } from 'zod'
import type { ErrorCode } from '../../types/errors'
import { AppError, invalidField } from '../errors/app-error'
import { type Idempotency, type Once, WITHOUT_KEY } from '../features/idempotency/service'
import { type Access, type Principal, principalKey } from './authenticate'
import { carriedOf, readCarried } from './carried'
import { ENVELOPES } from './envelopes'
import { expandFields, numbersFromText } from './expand-fields'
import type { RateLimit } from './limits'
import type { ApiDocument, RouteDocument } from './openapi'
import { readJsonBody, readMultipartBody, type Upload, type UploadSpec } from './uploads'
import { validate } from './validate'

/** What a route declares; everything here is checked before its handler runs, the response after it. */
export interface RouteSpec<Who, P, Q, B, R> {
  summary: string
  access: Access<Who>
  params?: z.ZodType<P>
  query?: z.ZodType<Q>
  body?: z.ZodType<B>
  response: z.ZodType<R> | null
  /** Media type of an answer that is not JSON; the handler writes it itself. */
  responseType?: string
  /** 202 where the work goes on after the answer; 200. */
  status?: 200 | 202
  /** `message` of the success envelope where the family has one. */
  message?: string
  errors?: readonly ErrorCode[]
  /** What the handler answers with other statuses by itself. */
  otherwise?: Record<number, z.ZodType>
  /** Takes multipart bodies beside JSON (`only`: instead of it). */
  upload?: {
    fields: UploadSpec
    only?: boolean
    /** Names that are lists, whole objects as JSON text, and dotted paths of numbers in a form. */
    lists?: readonly string[]
    objects?: readonly string[]
    numbers?: readonly string[]
  }
  /** Takes `Idempotency-Key`. */
  idempotent?: boolean
  /** Why a POST that changes something needs no such key; the document says it. */
  repeatable?: string
  /** Per caller, or per address where the route is open. */
  limit?: RateLimit
  /** Throws unless what was read is signed; before anything in it is looked at. */
  signed?: (ctx: RouterContext) => Promise<void>
}

export interface Call<Who, P, Q, B> {
  who: Who
  params: P
  query: Q
  body: B
  uploads: Upload[]
  once: Once
  ctx: RouterContext
}

export interface GuardDeps {
  authenticate(ctx: RouterContext): Promise<Principal | null>
  idempotency: Idempotency
  document: ApiDocument
  incomingDir: string
}

type AnswerPart = 'response' | 'status' | 'message'
type Method = RouteDocument['method']
type Part = { body: unknown; uploads: Upload[]; discard(): Promise<void> }
const NOTHING: Part = { body: undefined, uploads: [], discard: async () => {} }

/** One family of routes: a prefix, its envelope, and `route`, which mounts, guards and documents. */
export function createFamily(
  deps: GuardDeps,
  family: RouteDocument['family'],
  prefix: string,
  /** Takes no other spelling of a path: neither capitals nor a slash at its end. */
  { exact = false } = {},
) {
  const router = new Router({ prefix, strict: exact, sensitive: exact })
  const envelope = ENVELOPES[family]

  /** Parses what leaves the server: a field nobody declared stays here. */
  function answer<R>(ctx: RouterContext, spec: Pick<RouteSpec<never, never, never, never, R>, AnswerPart>, result: R) {
    if (ctx.respond === false || ctx.body !== undefined) return // the handler answered by itself
    const { response, status = 200, message = '操作成功' } = spec
    // A handler may have set its own, as readiness does.
    if (spec.status) ctx.status = spec.status
    ctx.body = envelope.success(response ? response.parse(result) : null, {
      message,
      traceId: ctx.state.traceId,
      status,
    })
  }

  function route<Who extends Principal | null, P, Q, B, R>(
    method: Method,
    path: string,
    spec: RouteSpec<Who, P, Q, B, R>,
    handle: (call: Call<Who, P, Q, B>) => Promise<R>,
  ): void {
    const name = `${method.toUpperCase()} ${prefix}${path}`
    describe(deps.document, { method, path: prefix + path, family, spec })
    router[method](path, async (ctx: RouterContext) => {
      ctx.state.route = prefix + path
      const who = spec.access.check(spec.access.open ? null : await deps.authenticate(ctx))
      ctx.state.who = who && principalKey(who)
      await spec.limit?.consume(who ? principalKey(who) : ctx.ip)
      const params = parse(spec.params, ctx.params)
      const query = parse(spec.query, ctx.query)
      const part = spec.body || spec.upload ? await readBody(ctx, spec, deps.incomingDir) : NOTHING
      try {
        await spec.signed?.(ctx)
        const body = parse(spec.body, part.body)
        const call = { who, params, query, body, uploads: part.uploads, ctx }
        const once = { idempotency: deps.idempotency, idempotent: spec.idempotent, route: name }
        answer(ctx, spec, await runOnce(once, call, handle))
      } finally {
        await part.discard()
      }
    })
  }
  const routes = router.routes() as unknown as Middleware
  /** Paths of other families are not even compared with this one's. */
  const middleware: Middleware = (ctx, next) => (ctx.path.startsWith(prefix) ? routes(ctx, next) : next())
  return { route, middleware }
}

export type Family = ReturnType<typeof createFamily>

const parse = <T>(schema: z.ZodType<T> | undefined, value: unknown): T =>
  schema ? validate(schema, value) : (undefined as T)

async function readBody(
  ctx: RouterContext,
  { upload }: Pick<RouteSpec<never, never, never, never, never>, 'upload'>,
  incomingDir: string,
): Promise<Part> {
  const carried = carriedOf(ctx)
  if (carried) return readCarried(carried, upload, incomingDir)
  if (!ctx.is('multipart')) {
    if (upload?.only) throw new AppError('UNSUPPORTED_MEDIA', { message: '请使用 multipart/form-data 上传文件' })
    const body = await readJsonBody(ctx)
    return { ...NOTHING, body: upload && isRecord(body) ? expandFields(body, upload.lists) : body }
  }
  if (!upload) throw new AppError('UNSUPPORTED_MEDIA')
  const { fields, uploads, discard } = await readMultipartBody(ctx, upload.fields, incomingDir)
  const body = expandFields(withObjects(fields, upload.objects), upload.lists)
  numbersFromText(body, upload.numbers ?? [])
  return { body, uploads, discard }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A form part may carry a whole object as JSON text. */
function withObjects(fields: Record<string, unknown>, names: readonly string[] = []): Record<string, unknown> {
  const result = { ...fields }
  for (const name of names) {
    const value = result[name]
    if (typeof value !== 'string') continue
    try {
      result[name] = JSON.parse(value)
    } catch {
      throw invalidField(name, '不是有效的 JSON')
    }
  }
  return result
}

const MAX_KEY_LENGTH = 128

/** `Idempotency-Key` compares parsed fields and file digests, not raw bytes. */
async function runOnce<Who extends Principal | null, P, Q, B, R>(
  { idempotency, idempotent, route }: { idempotency: Idempotency; idempotent?: boolean; route: string },
  call: Omit<Call<Who, P, Q, B>, 'once'>,
  handle: (call: Call<Who, P, Q, B>) => Promise<R>,
): Promise<R> {
  const key = idempotent && call.who ? call.ctx.get('idempotency-key').trim() : ''
  if (!key || !call.who) return handle({ ...call, once: WITHOUT_KEY })
  if (key.length > MAX_KEY_LENGTH)
    throw new AppError('INVALID_INPUT', { message: `Idempotency-Key 不能超过 ${MAX_KEY_LENGTH} 个字符` })
  const files = call.uploads.map(({ field, name, sha256 }) => [field, name, sha256])
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([call.params ?? null, call.body ?? null, files]))
    .digest('hex')
  return idempotency.run({ owner: keyOwner(call.who), route, key, fingerprint }, (once) => handle({ ...call, once }))
}

/** A customer's row changes when the phone leads to an older one; the WeChat identity stays. */
const keyOwner = (who: Principal) => (who.typ === 'customer' ? `customer:${who.row.wechat_openid}` : principalKey(who))

function describe<Who, P, Q, B, R>(
  document: ApiDocument,
  at: { method: Method; path: string; family: RouteDocument['family']; spec: RouteSpec<Who, P, Q, B, R> },
) {
  const { access, upload, idempotent, errors, ...rest } = at.spec
  const limited: ErrorCode[] = at.spec.limit ? ['RATE_LIMITED'] : []
  document.add({
    method: at.method,
    path: at.path.replace(/:(\w+)/g, '{$1}'),
    family: at.family,
    summary: rest.summary,
    access: access.name,
    open: access.open,
    idempotent: idempotent ?? false,
    params: rest.params,
    query: rest.query,
    body: rest.body,
    upload: upload?.fields,
    uploadOnly: upload?.only,
    response: rest.response,
    responseType: rest.responseType,
    status: rest.status,
    otherwise: rest.otherwise,
    repeatable: rest.repeatable,
    errors: [...(errors ?? []), ...limited],
  })
}
