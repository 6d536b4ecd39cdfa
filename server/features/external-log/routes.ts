import { z } from 'zod'
import type { ExternalLogRow } from '../../../types/api/admin-external'
import { staff } from '../../http/authenticate'
import { oneOf, optionalText, pageQuery } from '../../http/fields'
import type { Family } from '../../http/guard'
import { pageOf } from '../../http/page'
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
  system: optionalText('系统标识', 100).transform((value) => value ?? undefined),
  success: oneOf('是否成功', ['true', 'false']).optional(),
  q: optionalText('搜索词', 100).transform((value) => value ?? undefined),
})

export function mountExternalLogRoutes({ route }: Family, { externalLog }: { externalLog: ExternalLog }) {
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
    ({ query: { success, ...rest } }) =>
      externalLog.list({ ...rest, success: success === undefined ? undefined : success === 'true' }),
  )
}
