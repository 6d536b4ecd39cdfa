import { z } from 'zod'
import { staff } from '../../http/authenticate'
import type { Family } from '../../http/guard'
import { type EvaluationAdmin, evaluationFilters } from '../tasks/evaluations-admin'
import { visitFilters } from '../visits/schema'
import type { VisitService } from '../visits/service'
import { adminTaskFilters } from '../work-orders/schema'
import type { WorkOrderService } from '../work-orders/service'
import type { ExportService, Sheet } from './service'
import { EVALUATION_COLUMNS, TASK_COLUMNS, VISIT_COLUMNS } from './tables'

export interface ExportRouteDeps {
  exports: ExportService
  workOrders: WorkOrderService
  visits: VisitService
  evaluationAdmin: EvaluationAdmin
}

/** `/api/v1/admin/export/*.csv`: each list with its filters, whole. */
export function mountExportRoutes({ route }: Family, deps: ExportRouteDeps) {
  const { workOrders, visits, evaluationAdmin } = deps

  function mount<Filters extends object, Row>(summary: string, query: z.ZodType<Filters>, sheet: Sheet<Filters, Row>) {
    route(
      'get',
      `/admin/export/${sheet.name}.csv`,
      { summary, access: staff('ADMIN', 'HOMECARE_DISPATCHER'), query, response: null, responseType: 'text/csv' },
      async ({ who, query: filters, ctx }) => {
        const { fileName, text } = await deps.exports.csv(who, sheet, filters)
        ctx.set('Content-Type', 'text/csv; charset=utf-8')
        ctx.set('Content-Disposition', `attachment; filename="${fileName}"`)
        ctx.set('Cache-Control', 'no-store')
        ctx.body = text
      },
    )
  }

  mount('导出任务', z.object(adminTaskFilters), {
    name: 'tasks',
    columns: TASK_COLUMNS,
    source: workOrders.adminBatch,
  })
  mount('导出签到记录', z.object(visitFilters), { name: 'visits', columns: VISIT_COLUMNS, source: visits.batch })
  mount('导出服务评价', z.object(evaluationFilters), {
    name: 'evaluations',
    columns: EVALUATION_COLUMNS,
    source: evaluationAdmin.batch,
  })
}
