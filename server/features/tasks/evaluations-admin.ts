import { z } from 'zod'
import type { AdminEvaluationRow } from '../../../types/api/admin'
import type { Batch } from '../../db/sql-kit'
import { staff } from '../../http/authenticate'
import { dayRange, filterFlag, filterInteger, filterText, pageQuery } from '../../http/fields'
import type { Family } from '../../http/guard'
import { pageOf, toPage } from '../../http/page'
import { shanghaiTime } from '../../time'
import type { RatingRow, TaskRepository } from './repository'

const row = z.object({
  id: z.string(),
  work_order_id: z.string(),
  task_id: z.string(),
  customer_company: z.string(),
  worker_name: z.string(),
  serviceAttitude: z.number().int(),
  serviceQuality: z.number().int(),
  overallRating: z.number().int(),
  comment: z.string(),
  create_time: z.string(),
}) satisfies z.ZodType<AdminEvaluationRow>

/** What the console's list and its export can be narrowed to. */
export const evaluationFilters = {
  q: filterText('搜索内容'),
  below: filterInteger('评分上限', 1, 6),
  low: filterFlag('是否低分'),
  ...dayRange(),
}

const query = z.object({ ...pageQuery(20), ...evaluationFilters })

type EvaluationQuery = z.infer<typeof query>

/** What dispatchers see of customers' ratings. */
export function createEvaluationAdmin({ repository }: { repository: TaskRepository }) {
  return {
    async list({ page, size, ...filters }: EvaluationQuery) {
      const { rows, total } = await repository.listEvaluations(filters, { page, size })
      return toPage(rows.map(toRow), total, { page, size })
    },

    /** Rows of an export, a part at a time, newest first. */
    async batch(filters: Omit<EvaluationQuery, 'page' | 'size'>, at: Batch) {
      const rows = await repository.evaluationBatch(filters, at)
      return rows.map((rating) => ({ cursor: { time: rating.create_time, id: rating.id }, row: toRow(rating) }))
    },
  }
}

export type EvaluationAdmin = ReturnType<typeof createEvaluationAdmin>

const toRow = (rating: RatingRow): AdminEvaluationRow => ({
  id: rating.id,
  work_order_id: rating.task_id,
  task_id: rating.number,
  customer_company: rating.customer_company,
  worker_name: rating.worker_name ?? '',
  serviceAttitude: rating.service_attitude,
  serviceQuality: rating.service_quality,
  overallRating: rating.overall_rating,
  comment: rating.comment ?? '',
  create_time: shanghaiTime(rating.create_time),
})

/** `/api/v1/admin/evaluations` */
export function mountEvaluationAdminRoutes(
  { route }: Family,
  { evaluationAdmin }: { evaluationAdmin: EvaluationAdmin },
) {
  route(
    'get',
    '/admin/evaluations',
    {
      summary: '服务评价；low 只看有一项不高于 2 分的，below 只看总体低于该分的',
      access: staff('ADMIN', 'HOMECARE_DISPATCHER'),
      query,
      response: pageOf(row),
      message: '获取成功',
    },
    ({ query: wanted }) => evaluationAdmin.list(wanted),
  )
}
