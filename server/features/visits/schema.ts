import { z } from 'zod'
import type { AdminVisitRow } from '../../../types/api/admin'
import {
  type CheckinDecision,
  type CheckinResult,
  type CheckoutResult,
  COORDINATE_TYPES,
  REASON_CODES,
  VISIT_FLAGS,
} from '../../../types/api/homecare'
import {
  dayRange,
  filter,
  filterFlag,
  filterText,
  instant,
  latitude,
  longitude,
  number,
  oneOf,
  optionalText,
  pageQuery,
  recordId,
  text,
  uuid,
} from '../../http/fields'

const MAX_ACCURACY_METERS = 1_000_000
const VISIT_STATUSES = ['CHECKED_IN', 'CHECKED_OUT'] as const
const MAX_SIGNATURE = 800_000

/** A position as a phone reports it. */
export const fixShape = {
  latitude: latitude(),
  longitude: longitude(),
  coordinateType: oneOf('坐标系类型', COORDINATE_TYPES).nullish(),
  accuracy: number('定位精度', 0, MAX_ACCURACY_METERS).nullish(),
  reportedAt: instant('报告时间').nullish(),
}

const workOrderId = recordId('工单编号')

export const precheckBody = z.object({ workOrderId, ...fixShape })
export type PrecheckInput = z.infer<typeof precheckBody>

const TICKET_FAULT = '离线凭证格式不正确'
const ticketText = (max: number) => z.string(TICKET_FAULT).max(max, TICKET_FAULT)
const ticketNumber = z.number(TICKET_FAULT)
const ticket = z.object(
  {
    workOrderId: ticketText(40),
    workerId: ticketText(40),
    latitude: ticketNumber,
    longitude: ticketNumber,
    radiusMeters: ticketNumber,
    nonce: ticketText(64),
    expiresAt: ticketText(40),
    signature: ticketText(100),
  },
  TICKET_FAULT,
)

const anySignature = z
  .string('签名必须是文本')
  .max(MAX_SIGNATURE, '签名图片过大')
  .refine((value) => !value.includes('\u0000') && value.isWellFormed(), '签名含有无法保存的字符')

/** Missing, short and unknown signatures and evidence are decided by the rules, with their reason codes. */
export const submitBody = precheckBody.extend({
  evidenceFileIds: z.array(z.string('证据文件编号必须是文本'), '证据文件必须是列表').nullish(),
  signature: anySignature.nullish(),
  capturedAt: instant('采集时间').nullish(),
  offlineTicket: ticket.nullish(),
})
export type SubmitInput = z.infer<typeof submitBody>

export const checkoutBody = precheckBody.extend({
  summary: text('服务小结', 2000),
  capturedAt: instant('采集时间').nullish(),
})
export type CheckoutInput = z.infer<typeof checkoutBody>

const scope = z.enum(['WORK_ORDER', 'ORG', 'TEAM', 'GLOBAL', 'DEFAULT'])
const accuracy = z.enum(['INSIDE', 'OUTSIDE', 'UNCERTAIN'])
const flags = z.array(z.enum(VISIT_FLAGS))

export const checkinDecision = z.object({
  distanceMeters: z.number().nullable(),
  allowedRadiusMeters: z.number(),
  canCheckin: z.boolean(),
  reasonCode: z.enum(REASON_CODES),
  workerLocationAccepted: z.boolean(),
  serviceLocationReady: z.boolean(),
  decision: accuracy.nullable(),
  accuracyMeters: z.number().nullable(),
  radiusScope: scope.nullable(),
  flags,
}) satisfies z.ZodType<CheckinDecision>

export const checkinResult = checkinDecision.extend({ visitId: z.string() }) satisfies z.ZodType<CheckinResult>

export const checkoutResult = z.object({
  visitId: z.string(),
  checkedOutAt: z.string(),
  durationMinutes: z.number(),
}) satisfies z.ZodType<CheckoutResult>

export const visitView = z.object({
  id: z.string(),
  work_order_id: z.string(),
  task_id: z.string(),
  visit_no: z.number().int(),
  worker_id: z.string(),
  worker_name: z.string(),
  status: z.enum(VISIT_STATUSES),
  checkin_at: z.string(),
  checkout_at: z.string().nullable(),
  captured_at: z.string().nullable(),
  received_at: z.string(),
  latitude: z.number(),
  longitude: z.number(),
  accuracy_meters: z.number().nullable(),
  distance_meters: z.number(),
  radius_meters: z.number(),
  radius_scope: z.string(),
  decision: accuracy.nullable(),
  flags,
  signature: z.string(),
  summary: z.string(),
  evidence: z.array(
    z.object({
      file_id: z.string(),
      name: z.string(),
      sha256: z.string(),
      url: z.string(),
      stamped_url: z.string(),
      thumbnail_url: z.string(),
      captured_at: z.string().nullable(),
    }),
  ),
  review: z
    .object({
      decision: z.enum(['confirm', 'refuse']),
      comment: z.string(),
      reviewer: z.string(),
      reviewed_at: z.string(),
    })
    .nullable(),
  service_latitude: z.number(),
  service_longitude: z.number(),
}) satisfies z.ZodType<AdminVisitRow>

export const evidenceBody = z.object({
  workOrderId,
  capturedAt: z.preprocess((value) => (value === '' ? null : value), instant('采集时间').nullish()),
  latitude: latitude().nullish(),
  longitude: longitude().nullish(),
})
export type EvidenceInput = z.infer<typeof evidenceBody>

export const reviewBody = z.object({
  decision: oneOf('审核结论', ['confirm', 'refuse']),
  comment: optionalText('审核意见', 500),
})
export const visitParams = z.object({ id: recordId('签到编号') })

/** What the console's list and its export can be narrowed to; the days are those of checking in. */
export const visitFilters = {
  flagged: filterFlag('是否有疑点'),
  reviewed: filterFlag('是否已审核'),
  status: filter(oneOf('状态', VISIT_STATUSES)),
  worker_id: filter(uuid('服务人员编号')),
  ...dayRange(),
  q: filterText('搜索内容'),
}
export const visitQuery = z.object({ ...pageQuery(20), ...visitFilters })
