import type { AppError } from '../errors/app-error'
import { entryOf } from '../errors/catalog'

/** How one family of routes wraps an answer; a service knows none of them. */
export interface Envelope {
  name: string
  success(data: unknown, context: { message: string; traceId: string; status: number }): unknown
  failure(error: AppError, traceId: string): unknown
}

/** `/api/v1` (miniprogram-api.md): `code` repeats the HTTP status. */
const customer: Envelope = {
  name: 'customer',
  success: (data, { message, status }) => ({ code: status, message, data }),
  failure: (error, traceId) => ({
    code: entryOf(error.code).status,
    message: error.message,
    data: detailsOf(error),
    traceId,
  }),
}

/** `/auth`, `/homecare` (auth-and-checkin.md): `code` is a word. */
const staff: Envelope = {
  name: 'staff',
  success: (data, { traceId }) => ({ code: 'OK', msg: 'success', data, traceId }),
  failure: (error, traceId) => ({ code: staffCode(error), msg: error.message, data: detailsOf(error), traceId }),
}

/** `/ngs/wo` (ngs-work-orders.md): 1 is done, 0 is not. */
const ngs: Envelope = {
  name: 'ngs',
  success: (value) => ({ code: 1, message: '', value }),
  failure: (error) => ({ code: 0, message: error.message, value: null }),
}

/** `/api` (wxwork-gateway.md): `ok` stands beside the data. */
const wxwork: Envelope = {
  name: 'wxwork',
  success: (data) => ({ ok: true, ...(data as object) }),
  failure: (error) => ({ ok: false, message: error.message, ...error.details }),
}

/** Everything outside the families: health, documents, pages. */
const platform: Envelope = {
  name: 'platform',
  success: (data) => data,
  failure: (error, traceId) => ({ code: error.code, message: error.message, traceId }),
}

export const ENVELOPES = { customer, staff, ngs, wxwork, platform }

const FAMILIES: [prefix: string, envelope: Envelope][] = [
  ['/api/v1', customer],
  ['/api', wxwork],
  ['/auth', staff],
  ['/homecare', staff],
  ['/internal/cloud', customer],
  ['/ngs', ngs],
]

/** The envelope of the family a path belongs to, known or unknown to the router. */
export function envelopeOf(path: string): Envelope {
  return FAMILIES.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[1] ?? platform
}

const STAFF_CODES: Record<number, string> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'UNPROCESSABLE_ENTITY',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_ERROR',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
}
const staffCode = (error: AppError) => STAFF_CODES[entryOf(error.code).status] ?? 'ERROR'

/** Codes that say no more than their status travel alone; the others add `reasonCode` for programs to act on. */
const PLAIN = new Set([
  'INVALID_INPUT',
  'UNAUTHENTICATED',
  'WRONG_PASSWORD',
  'USER_NOT_FOUND',
  'FORBIDDEN',
  'NOT_FOUND',
  'INTERNAL',
  'CHECKIN_REJECTED',
])

function detailsOf(error: AppError) {
  if (PLAIN.has(error.code)) return error.details
  return { reasonCode: error.code, ...error.details }
}
