import { z } from 'zod'
import { invalidField } from '../../errors/app-error'
import { staff } from '../../http/authenticate'
import type { Family } from '../../http/guard'
import type { RateLimit } from '../../http/limits'
import { pageOf } from '../../http/page'
import { ONE_FILE, storedFile } from '../files/schema'
import type { Evidence } from './evidence'
import {
  checkinDecision,
  checkinResult,
  checkoutBody,
  checkoutResult,
  evidenceBody,
  precheckBody,
  reviewBody,
  submitBody,
  visitParams,
  visitQuery,
  visitView,
} from './schema'
import type { VisitService } from './service'

const WORKER = staff('HOMECARE_WORKER')
const DISPATCHER = staff('HOMECARE_DISPATCHER', 'ADMIN')

interface VisitDeps {
  visits: VisitService
  evidence: Evidence
  precheckLimit: RateLimit
  evidenceLimit: RateLimit
}

export function mountVisitRoutes({ route }: Family, { visits, evidence, precheckLimit, evidenceLimit }: VisitDeps) {
  route(
    'post',
    '/checkin/precheck',
    {
      summary: '签到距离预校验',
      access: WORKER,
      body: precheckBody,
      response: checkinDecision,
      errors: ['NOT_FOUND', 'CHECKIN_REJECTED'],
      limit: precheckLimit,
    },
    ({ who, body }) => visits.precheck(who, body),
  )

  route(
    'post',
    '/evidence',
    {
      summary: '上传签到照片',
      access: WORKER,
      upload: { fields: ONE_FILE, only: true, numbers: ['latitude', 'longitude'] },
      body: evidenceBody,
      response: storedFile,
      errors: ['NOT_FOUND', 'WORK_ORDER_NOT_MINE', 'FILE_TYPE_REFUSED', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA'],
      idempotent: true,
      limit: evidenceLimit,
    },
    async ({ who, body, uploads: [upload], once }) => {
      if (!upload) throw invalidField('file', '请选择照片')
      return evidence.add(who, { input: body, upload, once })
    },
  )

  route(
    'post',
    '/checkin/submit',
    {
      summary: '签到',
      access: WORKER,
      body: submitBody,
      response: checkinResult,
      errors: ['NOT_FOUND', 'CHECKIN_REJECTED', 'ALREADY_CHECKED_IN'],
      idempotent: true,
    },
    ({ who, body, once }) => visits.submit(who, body, once),
  )

  route(
    'post',
    '/checkout',
    {
      summary: '签退',
      access: WORKER,
      body: checkoutBody,
      response: checkoutResult,
      errors: ['NOT_FOUND', 'NOT_CHECKED_IN'],
      idempotent: true,
    },
    ({ who, body, once }) => visits.checkout(who, body, once),
  )

  route(
    'post',
    '/visits/:id/review',
    {
      summary: '审核签到',
      access: DISPATCHER,
      params: visitParams,
      body: reviewBody,
      response: z.object({ message: z.string() }),
      errors: ['NOT_FOUND', 'VISIT_REVIEWED'],
      idempotent: true,
    },
    ({ who, params, body, once }) => visits.review(who, { id: params.id, ...body }, once),
  )
}

export function mountVisitAdminRoutes({ route }: Family, { visits }: { visits: VisitService }) {
  route(
    'get',
    '/admin/visits',
    { summary: '签到记录', access: DISPATCHER, query: visitQuery, response: pageOf(visitView), message: '获取成功' },
    ({ query }) => visits.list(query),
  )
}
