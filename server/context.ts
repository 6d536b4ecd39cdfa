import path from 'node:path'
import type { LogEvent } from 'kysely'
import pino, { type Logger } from 'pino'
import { createCloudParts } from './cloud-parts'
import type { Config } from './config/config'
import type { Secrets } from './config/secrets'
import type { HttpCall } from './connectors/kit/http'
import { createCommits } from './db/after-commit'
import { type Database, openDatabase } from './db/database'
import { createAuditRepository } from './features/audit/repository'
import { type AuditService, createAuditService } from './features/audit/service'
import { createCustomerAdmin } from './features/customers/admin'
import { createDispatchRepository } from './features/dispatch/repository'
import { createDispatchService } from './features/dispatch/service'
import { createBinaries } from './features/external-log/binaries'
import { createExternalLogRepository } from './features/external-log/repository'
import { createReplay } from './features/external-log/replay'
import { type CallNotes, createExternalLog } from './features/external-log/service'
import { createJobRepository } from './features/jobs/repository'
import { createJobService } from './features/jobs/service'
import { createSessionBoard } from './features/session-board/service'
import { createSlaRepository } from './features/sla/repository'
import { createSlaService } from './features/sla/service'
import { createStaffRepository } from './features/staff/repository'
import { createStaffService, type StaffService } from './features/staff/service'
import { createSyncRepository } from './features/sync/repository'
import { createSyncService } from './features/sync/service'
import { createCheckin } from './features/visits/checkin'
import { createEvidence } from './features/visits/evidence'
import { createFixes } from './features/visits/fixes'
import { createVisitRepository } from './features/visits/repository'
import { createVisitService } from './features/visits/service'
import { createTickets } from './features/visits/tickets'
import { createWorkOrderRepository } from './features/work-orders/repository'
import { createWorkOrderService } from './features/work-orders/service'
import { createCustomerRepository } from './features/customers/repository'
import { createCustomerService } from './features/customers/service'
import { createFileLinks } from './features/files/links'
import { createFileRepository } from './features/files/repository'
import { createDecoder, type Decoder } from './features/files/decode'
import { createFileService, type FileService } from './features/files/service'
import { createIdempotencyRepository } from './features/idempotency/repository'
import { createIdempotency } from './features/idempotency/service'
import { createModeration } from './features/moderation/service'
import { createLive } from './features/live/service'
import type { LiveTransport } from './features/live/transport'
import { createNgsProxy } from './features/ngs-proxy/service'
import type { NotificationService } from './features/notifications/service'
import { circuitsOf, createHealthService } from './features/platform/health'
import { createTaskImport } from './features/tasks/import'
import { createTaskLifecycle, type TaskLifecycle } from './features/tasks/lifecycle'
import { createTaskRepository } from './features/tasks/repository'
import { createTaskService } from './features/tasks/service'
import { createChainHeads } from './features/work-order-events/heads'
import { createEventRepository } from './features/work-order-events/repository'
import { createOrderVerifier, createVerifier } from './features/work-order-events/verify'
import { createEventService, type EventService } from './features/work-order-events/service'
import { connectWechat } from './connect-wechat'
import { createConsoleParts } from './console-parts'
import { createExternalSiteParts, type ExternalSiteParts } from './external-site-parts'
import type { CreateRateLimit } from './http/limits'
import { createMetrics } from './http/metrics'
import { createTokens } from './http/tokens'
import { connectNgs } from './ngs-parts'
import { createOutboxParts } from './outbox-parts'
import { openSharedParts } from './shared-parts'
import { connectWxwork, createWxworkParts } from './wxwork-parts'

/** What tests and the demo put in place of the usual parts. */
export interface Overrides {
  now?: () => Date
  log?: Logger
  wechatBaseUrl?: string
  ngsBaseUrl?: string
  wxworkBaseUrl?: string
  /** False: calls to partners leave no trace in the database. */
  recordCalls?: boolean
  captchaDecoder?: ExternalSiteParts['captchaDecoder']
  createRateLimit?: CreateRateLimit
  /** How consoles of other processes hear of what this one changes. */
  liveTransport?: LiveTransport
  onQuery?: (event: LogEvent) => void
}

/** Builds everything a server needs: database, connectors, then repositories and services. */
export async function createContext(config: Config, secrets: Secrets, overrides: Overrides = {}) {
  const now = overrides.now ?? (() => new Date())
  const log = overrides.log ?? pino({ level: config.logLevel }, pino.destination({ sync: false, minLength: 4096 }))
  const sharedParts = await openSharedParts({ config, secrets, log })
  const { redis, jobQueue, inFlight } = sharedParts
  const createRateLimit = overrides.createRateLimit ?? sharedParts.createRateLimit
  const database = await openDatabase(config.database, overrides.onQuery)
  const { db } = database
  const commits = createCommits(database.transaction)
  const { transaction } = commits
  const live = createLive({ ...commits, transport: overrides.liveTransport ?? sharedParts.liveTransport, now })

  const metrics = createMetrics(database)
  const externalLog = createExternalLog({
    repository: createExternalLogRepository(database),
    binaries: createBinaries(path.join(config.dataDir, 'external-log')),
    log,
    now,
  })
  /** Where every call to a partner is told of. */
  const recordCall = (call: HttpCall, notes?: CallNotes): void => {
    metrics.partnerCall(call)
    if (overrides.recordCalls !== false) externalLog.record(call, notes)
  }
  const client = { log, onCall: recordCall }
  const fileRepository = createFileRepository(database)
  const cloudParts = createCloudParts({
    config,
    secrets,
    database,
    transaction,
    fileRepository,
    recordCall,
    log,
    now,
  })
  const { storage } = cloudParts
  const ownWechat = connectWechat(config, { ...client, shelf: sharedParts.tokenShelf }, overrides.wechatBaseUrl)
  const wechat = cloudParts.throughCloud(ownWechat)
  const ngs = connectNgs(config, client, overrides.ngsBaseUrl)
  const tokens = createTokens(secrets.jwtSecret, now)
  const decoder = createDecoder(storage)
  const files = createFileService({
    repository: fileRepository,
    storage,
    decoder,
    links: createFileLinks({ secret: secrets.jwtSecret, publicUrl: config.publicUrl, now }),
    transaction,
    now,
  })
  const eventRepository = createEventRepository(database)
  const eventKey = secrets.eventKey
  const chainHeads = createChainHeads({
    repository: eventRepository,
    key: eventKey,
    dir: path.join(config.dataDir, 'heads'),
    now,
  })
  const events = createEventService({ repository: eventRepository, key: secrets.eventKey, live, now })
  const audit = createAuditService({ repository: createAuditRepository(database), now })
  const shared = { files, audit, transaction, live, now }
  const wxwork = connectWxwork({ config, secrets, log, recordCall, sandboxUrl: overrides.wxworkBaseUrl })
  const gateway = wxwork?.connector ?? null
  const outboxParts = createOutboxParts({
    config,
    database,
    commits,
    audit,
    live,
    ngs,
    wechat,
    wechatSandboxUrl: overrides.wechatBaseUrl,
    wxwork,
    log,
    now,
  })
  const { notifications, ngsSync: partners } = outboxParts

  const staff = createStaffService({
    ...shared,
    repository: createStaffRepository(database),
    tokens,
    accountLimit: createRateLimit('staff-account', 10),
  })
  const customerRepository = createCustomerRepository(database)
  const taskRepository = createTaskRepository(database)
  const lifecycle = createTaskLifecycle({ repository: taskRepository, events, notifications, partners, now })
  const fieldWork = createFieldWork({ ...shared, database, lifecycle, events, notifications, staff, decoder, secrets })
  const customerAdmin = createCustomerAdmin({ ...shared, repository: customerRepository, partners })
  const common = { ...shared, config, secrets, database, staff, notifications, recordCall, log }
  const externalSites = createExternalSiteParts({
    ...common,
    customerAdmin,
    taskImport: createTaskImport({ repository: taskRepository, lifecycle, now }),
    captchaDecoder: overrides.captchaDecoder,
  })
  metrics.watchOutbox(outboxParts.outbox.depth)
  cloudParts.cloudMessages.onRefused(outboxParts.subscribeRefused)
  const wxworkParts = createWxworkParts({ ...common, metrics, connected: wxwork, onSettled: outboxParts.textSettled })
  outboxParts.connectSender(wxworkParts.wxworkSender)
  const jobs = createJobService({ repository: createJobRepository(database), now })
  metrics.watchJobs(jobs.list)
  if (redis) metrics.watchRedis(redis.isUp)
  const health = createHealthService({
    database,
    storage,
    redis,
    partners: circuitsOf({ wechat, ngs, wxwork: gateway }),
    morePartners: externalSites.siteHealth,
    accounts: wxworkParts.wxworkHealth,
  })

  return {
    ...fieldWork,
    ...externalSites,
    ...wxworkParts,
    config,
    now,
    log,
    database,
    ...cloudParts,
    tokens,
    files,
    events,
    audit,
    staff,
    lifecycle,
    taskRepository,
    chainHeads,
    verifyEvents: createVerifier({ repository: eventRepository, key: eventKey }),
    verifyOrder: createOrderVerifier({
      repository: eventRepository,
      key: eventKey,
      keptHeads: async (id) => (await chainHeads.read(id)).get(id) ?? [],
    }),
    createRateLimit,
    idempotency: createIdempotency({ repository: createIdempotencyRepository(db), inFlight, now }),
    metrics,
    externalLog,
    externalReplay: createReplay({
      ...shared,
      externalLog,
      systems: externalSites.externalSystems,
      sessions: externalSites.externalSessions,
    }),
    recordCall,
    ...outboxParts,
    ngsProxy: createNgsProxy({ ngs, transaction }),
    jobQueue,
    jobs,
    sessionBoard: createSessionBoard({
      wechat,
      ngs,
      gateway,
      externalSessions: externalSites.externalSessions,
      wxwork: wxworkParts.wxwork,
      outbox: outboxParts.outbox,
      now,
    }),
    health,
    live,
    ...createConsoleParts({ ...shared, database, health, taskRepository }),
    customers: createCustomerService({ ...shared, repository: customerRepository, wechat, tokens }),
    customerAdmin,
    tasks: createTaskService({
      ...shared,
      repository: taskRepository,
      lifecycle,
      events,
      dispatch: fieldWork.dispatch,
      moderation: createModeration({ wechat, enabled: config.wechat?.contentCheck ?? false, log }),
    }),
    async close() {
      live.close()
      await wxworkParts.closeWxwork()
      await externalSites.closeExternalSites()
      await externalLog.flush()
      await redis?.close()
      await database.close()
    },
  }
}

export type Context = Awaited<ReturnType<typeof createContext>>

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
function createFieldWork(deps: FieldWorkDeps) {
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
