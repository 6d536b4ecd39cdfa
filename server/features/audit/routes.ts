import { z } from 'zod'
import type { AdminAuditRow } from '../../../types/api/admin'
import { staff } from '../../http/authenticate'
import { dayRange, filterText, pageQuery } from '../../http/fields'
import type { Family } from '../../http/guard'
import { pageOf } from '../../http/page'
import type { AuditService } from './service'

const auditEntry = z.object({
  id: z.string(),
  staff_id: z.string(),
  staff_name: z.string(),
  action: z.string(),
  target: z.string(),
  detail: z.record(z.string(), z.unknown()),
  create_time: z.string(),
}) satisfies z.ZodType<AdminAuditRow>

const auditQuery = z.object({
  ...pageQuery(20),
  q: filterText('搜索内容'),
  ...dayRange(),
})

export function mountAuditRoutes({ route }: Family, { audit }: { audit: AuditService }) {
  route(
    'get',
    '/admin/audit',
    {
      summary: '管理操作记录',
      access: staff('ADMIN', 'HOMECARE_DISPATCHER'),
      query: auditQuery,
      response: pageOf(auditEntry),
      message: '获取成功',
    },
    ({ query }) => audit.list(query),
  )
}
