import type { Database } from '../db/database'
import { createExportService, type ExportDeps } from '../features/export/service'
import { createOverviewRepository } from '../features/overview/repository'
import { createOverviewService } from '../features/overview/service'
import type { HealthService } from '../features/platform/health'
import { createEvaluationAdmin } from '../features/tasks/evaluations-admin'
import type { TaskRepository } from '../features/tasks/repository'

export interface ConsoleParts extends ExportDeps {
  database: Database
  health: HealthService
  taskRepository: TaskRepository
}

/** What nobody but the console needs. */
export const createConsoleParts = (parts: ConsoleParts) => ({
  overview: createOverviewService({ ...parts, repository: createOverviewRepository(parts.database) }),
  exports: createExportService(parts),
  evaluationAdmin: createEvaluationAdmin({ repository: parts.taskRepository }),
})
