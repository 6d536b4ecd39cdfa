import { z } from 'zod'
import type { AdminEvaluationRow } from '../../../types/api/admin'
import { staff } from '../../http/authenticate'
import { pageQuery } from '../../http/fields'
import type { Family } from '../../http/guard'
import { pageOf, toPage } from '../../http/page'
import { shanghaiTime } from '../../time'
import type { TaskRepository } from './repository'

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

const query = z.object({
  ...pageQuery(20),
  below: z
    .string()
    .regex(/^[1-6]$/, '评分上限必须是 1 到 6')
    .transform(Number)
    .optional(),
})

/** `/api/v1/admin/evaluations` */
export function mountEvaluationAdminRoutes({ route }: Family, { taskRepository }: { taskRepository: TaskRepository }) {
  route(
    'get',
    '/admin/evaluations',
    {
      summary: '服务评价；below 只看低于该分的',
      access: staff('ADMIN', 'HOMECARE_DISPATCHER'),
      query,
      response: pageOf(row),
      message: '获取成功',
    },
    async ({ query: { below, ...page } }) => {
      const { rows, total } = await taskRepository.listEvaluations(below, page)
      const list = rows.map((rating) => ({
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
      }))
      return toPage(list, total, page)
    },
  )
}
