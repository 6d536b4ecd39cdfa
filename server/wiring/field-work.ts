import type { Secrets } from '../config/secrets'
import type { Database } from '../db/database'
import type { AuditService } from '../features/audit/service'
import { createDispatchRepository } from '../features/dispatch/repository'
import { createDispatchService } from '../features/dispatch/service'
import type { Decoder } from '../features/files/decode'
import type { FileService } from '../features/files/service'
import type { NotificationService } from '../features/notifications/service'
import { createSlaRepository } from '../features/sla/repository'
import { createSlaService } from '../features/sla/service'
import type { StaffService } from '../features/staff/service'
import { createSyncRepository } from '../features/sync/repository'
import { createSyncService } from '../features/sync/service'
import type { TaskLifecycle } from '../features/tasks/lifecycle'
import { createCheckin } from '../features/visits/checkin'
import { createEvidence } from '../features/visits/evidence'
import { createFixes } from '../features/visits/fixes'
import { createVisitRepository } from '../features/visits/repository'
import { createVisitService } from '../features/visits/service'
import { createTickets } from '../features/visits/tickets'
import type { EventService } from '../features/work-order-events/service'
import { createWorkOrderRepository } from '../features/work-orders/repository'
import { createWorkOrderService } from '../features/work-orders/service'

interface FieldWorkDeps {
  database: Database
  decoder: Decoder
  files: FileService
  audit: AuditService
  events: EventService
  notifications: NotificationService
  lifecycle: TaskLifecycle
  staff: StaffService
  secrets: Secrets
  transaction: Database['transaction']
  now: () => Date
}

/** Everything between dispatch and completion. */
export function createFieldWork(deps: FieldWorkDeps) {
  const { database, secrets, now } = deps
  const tickets = createTickets({ secret: secrets.jwtSecret, now })
  const sla = createSlaService({ ...deps, repository: createSlaRepository(database) })
  const dispatch = createDispatchService({ ...deps, repository: createDispatchRepository(database.db) })
  const visitRepository = createVisitRepository(database)
  const fixes = createFixes({ repository: visitRepository, now })
  const checkin = createCheckin({ ...deps, repository: visitRepository, fixes, dispatch, sla, tickets })
  const visits = createVisitService({ ...deps, repository: visitRepository, checkin, fixes, sla })
  const workOrders = createWorkOrderService({
    ...deps,
    repository: createWorkOrderRepository(database),
    dispatch,
    visits,
    sla,
    tickets,
  })
  return {
    sla,
    dispatch,
    visits,
    workOrders,
    evidence: createEvidence({ ...deps, repository: visitRepository }),
    sync: createSyncService({ ...deps, repository: createSyncRepository(database.db), visits, workOrders }),
  }
}
