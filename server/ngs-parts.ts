import type { Logger } from 'pino'
import type { Config } from './config/config'
import { createHttpClient, type HttpClientOptions } from './connectors/kit/http'
import { createNgs, type Ngs } from './connectors/ngs'
import type { Commits } from './db/after-commit'
import type { Database } from './db/database'
import type { AuditService } from './features/audit/service'
import type { Live } from './features/live/service'
import { createNgsSyncRepository } from './features/ngs-sync/repository'
import { createNgsDrift, createNgsHandler, createNgsOrders, createNgsSync } from './features/ngs-sync/service'
import type { OutboxHandler } from './features/outbox/handler'
import { createOutboxRepository } from './features/outbox/repository'
import { createOutboxService } from './features/outbox/service'
import { createOutboxWorker } from './features/outbox/worker'

interface NgsDeps {
  config: Config
  database: Database
  commits: Commits
  audit: AuditService
  live: Live
  ngs: Ngs | null
  log: Logger
  now: () => Date
}

/** The outbox, and what ngs is owed through it; nothing is owed to a partner that is not configured. */
export function createNgsParts({ config, database, commits, audit, live, ngs, log, now }: NgsDeps) {
  const repository = createOutboxRepository(database)
  const ngsRepository = createNgsSyncRepository(database)
  const connected = ngs && config.ngs
  const handlers: Record<string, OutboxHandler> = connected
    ? { ngs: createNgsHandler({ ngs, config: connected, repository: ngsRepository }) }
    : {}
  const outboxWorker = createOutboxWorker({ ...commits, repository, handlers, live, log, now })
  const outbox = createOutboxService({ ...commits, repository, handlers, audit, live, wake: outboxWorker.wake, now })
  return {
    outbox,
    outboxWorker,
    ngsSync: createNgsSync({ config: connected, outbox, repository: ngsRepository, now }),
    ngsOrders: createNgsOrders({ ...commits, repository: ngsRepository, outbox, audit }),
    ngsDrift: createNgsDrift({ repository: ngsRepository, now }),
  }
}

type ClientParts = Required<Pick<HttpClientOptions, 'log' | 'onCall'>>

/** Null where ngs is not configured. */
export function connectNgs({ ngs }: Config, client: ClientParts, sandboxUrl?: string): Ngs | null {
  const baseUrl = ngs?.baseUrl || sandboxUrl
  if (!ngs || !baseUrl) return null
  return createNgs({
    config: ngs,
    http: createHttpClient({ ...client, upstream: 'ngs', baseUrl }),
    log: client.log,
  })
}
