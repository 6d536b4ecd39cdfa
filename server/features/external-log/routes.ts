import { z } from 'zod'
import type { ExternalLogRow } from '../../../types/api/admin-external'
import type { ReplayResult } from '../../../types/api/sessions'
import { staff } from '../../http/authenticate'
import { dayRange, filterFlag, filterText, pageQuery, text } from '../../http/fields'
import type { Family } from '../../http/guard'
import { pageOf } from '../../http/page'
import type { ExternalReplay } from './replay'
import type { ExternalLog } from './service'

const record = z.object({
  id: z.string(),
  system_name: z.string(),
  account: z.string().nullable(),
  api_endpoint: z.string(),
  request_method: z.string(),
  request_payload: z.unknown().nullable(),
  response_status: z.number().int().nullable(),
  response_time_ms: z.number().int().nullable(),
  response_body: z.unknown().nullable(),
  hook: z.unknown().nullable(),
  hook_result: z.unknown().nullable(),
  success: z.boolean(),
  error_message: z.string().nullable(),
  trace_id: z.string().nullable(),
  create_time: z.string(),
}) satisfies z.ZodType<ExternalLogRow>

const query = z.object({
  ...pageQuery(20),
  system: filterText('系统标识'),
  success: filterFlag('是否成功'),
  q: filterText('搜索词'),
  ...dayRange(),
})

const answered = z.object({
  status: z.number().int().nullable(),
  ms: z.number().int(),
  body: z.unknown(),
  error: z.string().nullable(),
  time: z.string(),
})
const replayed = z.object({
  log_id: z.string(),
  system_name: z.string(),
  account: z.string().nullable(),
  method: z.string(),
  endpoint: z.string(),
  before: answered,
  now: answered,
}) satisfies z.ZodType<ReplayResult>

export function mountExternalLogRoutes(
  { route }: Family,
  { externalLog, externalReplay }: { externalLog: ExternalLog; externalReplay: ExternalReplay },
) {
  route(
    'post',
    '/admin/external/logs/:id/replay',
    {
      summary: '以当前登录态重放一次读取调用',
      access: staff('ADMIN'),
      params: z.object({ id: text('记录编号', 36) }),
      response: replayed,
      message: '已重放',
      errors: [
        'NOT_FOUND',
        'CHALLENGE_OPEN',
        'CAPTCHA_EXHAUSTED',
        'PASSWORD_WRONG',
        'ACCOUNT_LOCKED',
        'SITE_DOWN',
        'SITE_CHANGED',
      ],
    },
    ({ who, params }) => externalReplay.run(who, params.id),
  )

  route(
    'get',
    '/admin/external/logs',
    {
      summary: '对合作系统的调用记录，敏感内容已隐去',
      access: staff('ADMIN'),
      query,
      response: pageOf(record),
      message: '获取成功',
    },
    ({ query: filters }) => externalLog.list(filters),
  )
}
