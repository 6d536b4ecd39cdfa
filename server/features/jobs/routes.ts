import { z } from 'zod'
import type { AdminJobRow } from '../../../types/api/admin'
import { staff } from '../../http/authenticate'
import { pageQuery } from '../../http/fields'
import type { Family } from '../../http/guard'
import { pageFrom, pageOf } from '../../http/page'
import type { JobService } from './service'

const job = z.object({
  name: z.string(),
  title: z.string(),
  schedule: z.string(),
  running: z.boolean(),
  last_run_at: z.string().nullable(),
  last_finished_at: z.string().nullable(),
  last_result: z.enum(['ok', 'failed']).nullable(),
  last_detail: z.string().nullable(),
  duration_ms: z.number().int().nullable(),
  next_run_at: z.string().nullable(),
}) satisfies z.ZodType<AdminJobRow>

export function mountJobRoutes({ route }: Family, { jobs }: { jobs: JobService }) {
  route(
    'get',
    '/admin/jobs',
    {
      summary: '定时任务的最近与下次运行',
      access: staff('ADMIN', 'HOMECARE_DISPATCHER'),
      query: z.object(pageQuery(20)),
      response: pageOf(job),
      message: '获取成功',
    },
    async ({ query }) => pageFrom((await jobs.list()).list, query),
  )
}
