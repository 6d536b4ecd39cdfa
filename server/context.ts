import path from 'node:path'
import type { LogEvent } from 'kysely'
import type { Logger } from 'pino'
import type { Config } from './config/config'
import type { Secrets } from './config/secrets'
import type { HttpCall } from './connectors/kit/http'
import { createCommits } from './db/after-commit'
import { openDatabase } from './db/database'
import { createAuditRepository } from './features/audit/repository'
import { createAuditService } from './features/audit/service'
import { createCustomerAdmin } from './features/customers/admin'
import { createCurrentCustomers } from './features/customers/current'
import { createBinaries } from './features/external-log/binaries'
import { createExternalLogRepository } from './features/external-log/repository'
import { createReplay } from './features/external-log/replay'
import { type CallNotes, createExternalLog } from './features/external-log/service'
import { createJobRepository } from './features/jobs/repository'
import { createJobService } from './features/jobs/service'
import { createSessionBoard } from './features/session-board/service'
import { createStaffRepository } from './features/staff/repository'
import { createStaffService } from './features/staff/service'
import { createCustomerRepository } from './features/customers/repository'
import { createCustomerService } from './features/customers/service'
import { createFileLinks } from './features/files/links'
import { createFileRepository } from './features/files/repository'
import { createDecoder } from './features/files/decode'
import { createFileService } from './features/files/service'
import { createIdempotencyRepository } from './features/idempotency/repository'
import { createIdempotency } from './features/idempotency/service'
import { createModeration } from './features/moderation/service'
import { createLive } from './features/live/service'
import type { LiveTransport } from './features/live/transport'
import { createNgsProxy } from './features/ngs-proxy/service'
import { circuitsOf, createHealthService } from './features/platform/health'
import { createTaskImport } from './features/tasks/import'
import { createTaskLifecycle } from './features/tasks/lifecycle'
import { createTaskRepository } from './features/tasks/repository'
import { createTaskService } from './features/tasks/service'
import { createChainHeads } from './features/work-order-events/heads'
import { createEventRepository } from './features/work-order-events/repository'
import { createOrderVerifier, createVerifier } from './features/work-order-events/verify'
import { createEventService } from './features/work-order-events/service'
import { connectWechat } from './wiring/wechat'
import { createConsoleParts } from './wiring/console'
import { createExternalSiteParts, type ExternalSiteParts } from './wiring/external-sites'
import type { CreateRateLimit } from './http/limits'
import { createMetrics } from './http/metrics'
import { createTokens } from './http/tokens'
import { createLog } from './log'
import { createCloudParts } from './wiring/cloud'
import { createFieldWork } from './wiring/field-work'
import { connectNgs } from './wiring/ngs'
import { createOutboxParts } from './wiring/outbox'
import { openSharedParts } from './wiring/shared'
import { connectWxwork, createWxworkParts } from './wiring/wxwork'

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
  const log = overrides.log ?? createLog(config.logLevel)
  const sharedParts = await openSharedParts({ config, secrets, log })
  const { redis, jobQueue, inFlight } = sharedParts
  const createRateLimit = overrides.createRateLimit ?? sharedParts.createRateLimit
  const database = await openDatabase(config.database, overrides.onQuery)
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
  const customerRepository = createCustomerRepository(database)
  const currentCustomers = createCurrentCustomers(customerRepository)
  const decoder = createDecoder(storage)
  const files = createFileService({
    repository: fileRepository,
    customers: currentCustomers,
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
  const ofCustomers = { repository: customerRepository, current: currentCustomers }
  const shared = { files, audit, transaction, live, now }
  const wxwork = connectWxwork({ config, secrets, log, recordCall, sandboxUrl: overrides.wxworkBaseUrl })
  const gateway = wxwork?.connector ?? null
  const outboxParts = createOutboxParts({
    config,
    database,
    commits,
    currentCustomers,
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
  const taskRepository = createTaskRepository(database)
  const lifecycle = createTaskLifecycle({ repository: taskRepository, events, notifications, partners, now })
  const fieldWork = createFieldWork({ ...shared, database, lifecycle, events, notifications, staff, decoder, secrets })
  const customerAdmin = createCustomerAdmin({ ...shared, ...ofCustomers, partners })
  const common = { ...shared, config, secrets, database, staff, notifications, recordCall, log }
  const externalSites = createExternalSiteParts({
    ...common,
    customerAdmin,
    taskImport: createTaskImport({ repository: taskRepository, lifecycle, now }),
    captchaDecoder: overrides.captchaDecoder,
  })
  metrics.watchOutbox(outboxParts.outbox.depth)
  cloudParts.cloudMessages.listen(outboxParts.cloudOutcomes)
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
    idempotency: createIdempotency({ repository: createIdempotencyRepository(database), inFlight, now }),
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
    customers: createCustomerService({ ...shared, ...ofCustomers, wechat, tokens }),
    customerAdmin,
    tasks: createTaskService({
      ...shared,
      repository: taskRepository,
      customers: currentCustomers,
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
