import Taro from '@tarojs/taro'
import type { CustomerEnvelope, StaffEnvelope } from '@shared/api/common'
import type { FieldError } from '@shared/errors'
import { ApiError, errorCodeOf, errorKindOf } from '@/shared/api-error'
import { IS_BROWSER } from '@/shared/platform'
import { SERVER_ADDRESS } from '@/shared/server-address'
import { useConsent } from '@/stores/consent'
import { requestByCloud } from './cloud'

export type Query = Record<string, string | number | boolean | null | undefined>

export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path from the root, for example `/api/v1/tasks`. */
  path: string
  query?: Query
  body?: object
  token?: string | null
  idempotencyKey?: string
  timeoutMs?: number
}

const DEFAULT_TIMEOUT_MS = 15_000

/**
 * Sends one call and unwraps its envelope (`/api/v1` or staff). Shows nothing.
 * Throws ApiError; `consent` before the privacy guide is agreed to, without touching the network.
 */
export async function send<T>(call: Call): Promise<T> {
  assertConsent()
  const answer = await transport(call).catch((failure: unknown) => {
    throw transportError(failure)
  })
  return unwrap<T>(answer.statusCode, answer.data, answer.header)
}

/** Which way a call takes is decided when the app is built. */
function transport(call: Call): Promise<{ statusCode: number; data: unknown; header: Record<string, unknown> }> {
  const { method = 'GET', path, body: data, timeoutMs = DEFAULT_TIMEOUT_MS } = call
  if (process.env.TARO_APP_TRANSPORT === 'cloud')
    return requestByCloud({ method, path, query: textOf(call.query), data, header: headers(call) }, timeoutMs)
  return Taro.request({
    url: SERVER_ADDRESS + path + queryString(call.query),
    method,
    data,
    header: headers(call),
    timeout: timeoutMs,
    // The browser must not keep the console's staff cookie from these calls: the bearer token decides.
    ...(IS_BROWSER ? { credentials: 'omit' as const } : {}),
  }) as Promise<{ statusCode: number; data: unknown; header: Record<string, unknown> }>
}

/** Throws unless the person agreed to the privacy guide: no call leaves the phone before that. */
export function assertConsent(): void {
  if (!useConsent.getState().agreed) throw new ApiError({ kind: 'consent' })
}

/** Empty, null and undefined values are left out. */
function textOf(query: Query = {}): Record<string, string> {
  const known = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return Object.fromEntries(known.map(([key, value]) => [key, String(value)]))
}

/** `?a=1&b=x` */
export function queryString(query?: Query): string {
  const pairs = Object.entries(textOf(query)).map(
    ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`,
  )
  return pairs.length ? `?${pairs.join('&')}` : ''
}

function headers({ token, idempotencyKey, body }: Call): Record<string, string> {
  return {
    ...(body ? { 'Content-Type': 'application/json' } : {}),
    ...(token ? { Authorization: `Bearer ${token}` } : {}),
    ...(idempotencyKey ? { 'Idempotency-Key': idempotencyKey } : {}),
  }
}

/** Failure without an answer: WeChat and browsers say so in `errMsg`. */
export function transportError(failure: unknown): ApiError {
  const { errMsg = '', message = '' } = (failure ?? {}) as { errMsg?: string; message?: string }
  const text = `${errMsg} ${message}`
  // The browser build aborts its fetch when the time is up.
  if (/time.?out|abort/i.test(text)) return new ApiError({ kind: 'timeout' })
  return new ApiError({ kind: 'network' })
}

type Envelope = Partial<CustomerEnvelope<unknown>> | Partial<StaffEnvelope<unknown>>

/** The `data` of either envelope, or the ApiError its refusal stands for. */
export function unwrap<T>(status: number, body: unknown, header: Record<string, unknown> = {}): T {
  const envelope = (typeof body === 'object' && body !== null ? body : null) as Envelope | null
  const success =
    envelope !== null && (envelope.code === 'OK' || (Number(envelope.code) >= 200 && Number(envelope.code) < 300))
  if (status >= 200 && status < 300) {
    if (success) return envelope.data as T
    throw new ApiError({ kind: 'bad-response', status })
  }
  throw refusal(status, envelope, header)
}

function refusal(status: number, envelope: Envelope | null, header: Record<string, unknown>): ApiError {
  const message = String(
    (envelope && ('msg' in envelope ? envelope.msg : (envelope as { message?: string }).message)) ?? '',
  )
  const data = envelope?.data
  const reasonCode = (data as { reasonCode?: string } | null | undefined)?.reasonCode
  const retryAfter = Number(headerValue(header, 'retry-after'))
  return new ApiError({
    kind: errorKindOf(status),
    code: errorCodeOf(status, message, reasonCode),
    status,
    serverMessage: message,
    reasonCode,
    fields: fieldsOf(data),
    traceId: envelope?.traceId ?? headerValue(header, 'x-trace-id'),
    retryAfterSeconds: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : undefined,
    data,
  })
}

function fieldsOf(data: unknown): FieldError[] {
  const holder = data as { fields?: unknown; errors?: unknown } | null | undefined
  const list = Array.isArray(data) ? data : (holder?.fields ?? holder?.errors)
  if (!Array.isArray(list)) return []
  return list.filter((entry): entry is FieldError => typeof (entry as FieldError | null)?.path === 'string')
}

function headerValue(header: Record<string, unknown>, name: string): string | undefined {
  const key = Object.keys(header).find((candidate) => candidate.toLowerCase() === name)
  return key === undefined ? undefined : String(header[key])
}
