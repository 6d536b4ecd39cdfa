import { STATUS_CODES } from 'node:http'
import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi'
import { z } from 'zod'
import type { ErrorCode } from '../../types/errors'
import { entryOf } from '../errors/catalog'
import type { UploadSpec } from './uploads'

export interface RouteDocument {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** With `{id}` for parameters. */
  path: string
  family: 'customer' | 'staff' | 'ngs' | 'wxwork' | 'platform'
  summary: string
  access: string
  open: boolean
  idempotent: boolean
  params?: z.ZodType
  query?: z.ZodType
  body?: z.ZodType
  upload?: UploadSpec
  /** Multipart instead of JSON. */
  uploadOnly?: boolean
  response: z.ZodType | null
  /** Media type of an answer that is not JSON. */
  responseType?: string
  /** Of the answer when all is well; 200. */
  status?: 200 | 202
  /** Answers of the handler's own with other statuses. */
  otherwise?: Record<number, z.ZodType>
  /** Why no `Idempotency-Key` is needed. */
  repeatable?: string
  errors: readonly ErrorCode[]
}

const traceId = z.string()
const FAILURES: Record<RouteDocument['family'], z.ZodType> = {
  customer: z.object({ code: z.number().int(), message: z.string(), data: z.unknown().nullable(), traceId }),
  staff: z.object({ code: z.string(), msg: z.string(), data: z.unknown().nullable(), traceId }),
  ngs: z.object({ code: z.literal(0), message: z.string(), value: z.null() }),
  wxwork: z.looseObject({ ok: z.literal(false), message: z.string() }),
  platform: z.object({ code: z.string(), message: z.string(), traceId }),
}

function successOf({ family, response, status = 200 }: RouteDocument): z.ZodType {
  const data = response ?? z.null()
  if (family === 'customer') return z.object({ code: z.literal(status), message: z.string(), data })
  if (family === 'staff') return z.object({ code: z.literal('OK'), msg: z.literal('success'), data, traceId })
  if (family === 'ngs') return z.object({ code: z.literal(1), message: z.literal(''), value: data })
  if (family === 'wxwork') return z.looseObject({ ok: z.literal(true), ...shapeOf(response ?? undefined) })
  return data
}

/** Collects every route as it is mounted and writes the OpenAPI 3.1 document from the schemas that validate. */
export function createApiDocument() {
  const registry = new OpenAPIRegistry()
  const routes: RouteDocument[] = []
  registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
  let document: object | null = null

  return {
    routes: routes as readonly RouteDocument[],
    add(route: RouteDocument) {
      routes.push(route)
      document = null
      registry.registerPath({
        method: route.method,
        path: route.path,
        summary: route.summary,
        description: `调用者：${route.access}${route.repeatable ? `。不需要 Idempotency-Key：${route.repeatable}` : ''}`,
        tags: [
          route.path
            .split('/')
            .slice(1, route.family === 'customer' ? 4 : 3)
            .join('/'),
        ],
        security: route.open ? [] : [{ bearer: [] }],
        request: requestOf(route),
        responses: responsesOf(route),
      })
    },
    json(): object {
      document ??= new OpenApiGeneratorV31(registry.definitions).generateDocument({
        openapi: '3.1.0',
        info: { title: '研仪联现场服务 API', version: '1' },
      })
      return document
    },
  }
}

export type ApiDocument = ReturnType<typeof createApiDocument>

function requestOf({ params, query, body, upload, uploadOnly, idempotent }: RouteDocument) {
  const content: Record<string, { schema: z.ZodType }> = {}
  if (body && !uploadOnly) content['application/json'] = { schema: body }
  if (upload) content['multipart/form-data'] = { schema: z.object({ ...shapeOf(body), ...filesOf(upload) }) }
  return {
    params: params as z.ZodObject | undefined,
    query: query as z.ZodObject | undefined,
    headers: idempotent
      ? z.object({ 'idempotency-key': z.string().max(128).optional().meta({ description: '同一操作重试时保持不变' }) })
      : undefined,
    body: body || upload ? { required: true, content } : undefined,
  }
}

function shapeOf(body: z.ZodType | undefined): z.ZodRawShape {
  if (body instanceof z.ZodPipe) return shapeOf(body.out as z.ZodType)
  return body instanceof z.ZodObject ? body.shape : {}
}

function filesOf(upload: UploadSpec) {
  return Object.fromEntries(
    Object.entries(upload).map(([field, { maxFiles, maxBytes, label }]) => {
      const file = z.string().meta({ format: 'binary', description: `${label}，每个不超过 ${maxBytes} 字节` })
      return [field, maxFiles === 1 ? file : z.array(file).max(maxFiles).optional()]
    }),
  )
}

const otherAnswers = ({ otherwise = {} }: RouteDocument) =>
  Object.fromEntries(
    Object.entries(otherwise).map(([status, schema]) => [
      status,
      { description: STATUS_CODES[status] ?? '', content: { 'application/json': { schema } } },
    ]),
  )

function responsesOf(route: RouteDocument) {
  const failure = { 'application/json': { schema: FAILURES[route.family] } }
  const codes: ErrorCode[] = [...route.errors, 'INTERNAL']
  if (!route.open) codes.push('UNAUTHENTICATED', 'FORBIDDEN')
  if (route.body || route.params || route.query || route.upload) codes.push('INVALID_INPUT')
  if (route.idempotent) codes.push('REQUEST_IN_PROGRESS', 'IDEMPOTENCY_MISMATCH')
  const byStatus = new Map<number, string[]>()
  for (const code of codes) {
    const { status } = entryOf(code)
    byStatus.set(status, [...new Set([...(byStatus.get(status) ?? []), code])])
  }
  const content = route.responseType
    ? { [route.responseType]: { schema: z.string() } }
    : { 'application/json': { schema: successOf(route) } }
  return {
    [route.status ?? 200]: { description: '成功', content },
    ...Object.fromEntries(
      [...byStatus].map(([status, list]) => [status, { description: list.join(', '), content: failure }]),
    ),
    ...otherAnswers(route),
  }
}
