import { z } from 'zod'
import type { ExternalImported, ExternalOrderRow, ExternalPullRow } from '../../../types/api/admin-external'
import { TASK_TYPES } from '../../../types/task-types'
import { filterFlag, filterText, integer, oneOf, pageQuery, text } from '../../http/fields'

export const pullParams = z.object({ system: text('系统标识', 100) })
export const runParams = z.object({ run_id: text('拉取编号', 36) })
export const pullStarted = z.object({ run_id: z.string() })
export const pullRun = z.object({
  run_id: z.string(),
  system_name: z.string(),
  account: z.string(),
  state: z.enum(['queued', 'running', 'done', 'failed']),
  seen: z.number().int(),
  created: z.number().int(),
  updated: z.number().int(),
  unchanged: z.number().int(),
  details_failed: z.number().int(),
  total: z.number().int().nullable(),
  error: z.string().nullable(),
  create_time: z.string(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
}) satisfies z.ZodType<ExternalPullRow>

export const orderQuery = z.object({
  ...pageQuery(20),
  system: filterText('系统标识'),
  q: filterText('搜索词'),
  imported: filterFlag('是否已导入'),
})
export const runQuery = z.object({ ...pageQuery(20), system: filterText('系统标识') })
export const orderParams = z.object({ id: text('外部工单编号', 36) })
export const orderRow = z.object({
  id: z.string(),
  system_name: z.string(),
  external_no: z.string(),
  title: z.string().nullable(),
  content: z.string().nullable(),
  address: z.string().nullable(),
  contact: z.string().nullable(),
  phone: z.string().nullable(),
  status: z.string().nullable(),
  external_time: z.string().nullable(),
  content_hash: z.string(),
  detail_state: z.enum(['fetched', 'failed']),
  first_seen_at: z.string(),
  last_seen_at: z.string(),
  /** The task made of it. */
  task_id: z.string().nullable(),
  work_order_id: z.string().nullable(),
}) satisfies z.ZodType<ExternalOrderRow>

/** Without a customer the task belongs to the row “外部工单”. */
export const importBody = z.object({
  customer_id: integer('客户编号', 1, Number.MAX_SAFE_INTEGER).nullish(),
  type: oneOf('任务类型', TASK_TYPES).default('repair'),
})
export type ImportInput = z.infer<typeof importBody>
export const imported = z.object({
  /** The task's work order UUID. */
  work_order_id: z.string(),
  task_id: z.string(),
  created: z.boolean(),
}) satisfies z.ZodType<ExternalImported>
