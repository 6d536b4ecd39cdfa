import type { Logger } from 'pino'
import type { Config } from '../config/config'
import type { Secrets } from '../config/secrets'
import { type CaptchaDecoder, createCaptchaDecoder } from '../connectors/captcha'
import { createHttpClient, type HttpCall } from '../connectors/kit/http'
import type { Database } from '../db/database'
import type { AuditService } from '../features/audit/service'
import type { CustomerAdmin } from '../features/customers/admin'
import type { CallNotes } from '../features/external-log/service'
import { createExternalSessionRepository } from '../features/external-sessions/repository'
import { createExternalSessionService } from '../features/external-sessions/service'
import { createExternalSystemRepository } from '../features/external-systems/repository'
import { createExternalSystemService } from '../features/external-systems/service'
import { createSites } from '../features/external-systems/sites'
import { createExternalWorkOrderRepository } from '../features/external-work-orders/repository'
import { createExternalWorkOrderService } from '../features/external-work-orders/service'
import type { Publisher } from '../features/live/service'
import type { NotificationService } from '../features/notifications/service'
import type { TaskImport } from '../features/tasks/import'
import { createVault } from '../vault'

export interface ExternalSiteParts {
  config: Config
  secrets: Secrets
  database: Database
  transaction: Database['transaction']
  audit: AuditService
  notifications: NotificationService
  live: Publisher
  customerAdmin: CustomerAdmin
  taskImport: TaskImport
  recordCall: (call: HttpCall, notes?: CallNotes) => void
  log: Logger
  now: () => Date
  /** In place of the configured one; null: every captcha goes to a person. */
  captchaDecoder?: CaptchaDecoder | null
}

/** External work-order sites: their settings, the keeper of their logins, and what is pulled from them. */
export function createExternalSiteParts(parts: ExternalSiteParts) {
  const { config, secrets, database, log, now } = parts
  const vault = createVault({ current: secrets.dataKey, previous: secrets.previousDataKey })
  const decoder = parts.captchaDecoder === undefined ? connectDecoder(parts) : parts.captchaDecoder
  const sites = createSites({ log, record: parts.recordCall, now })
  const repository = createExternalSystemRepository(database)
  const systems = createExternalSystemService({ ...parts, repository, sites, vault })
  const sessions = createExternalSessionService({
    ...parts,
    repository: createExternalSessionRepository(database),
    systems,
    decoder,
    vault,
    alarm: (event, about) => parts.transaction((trx) => parts.notifications.alarm(trx, event, about)),
  })
  const workOrders = createExternalWorkOrderService({
    ...parts,
    repository: createExternalWorkOrderRepository(database),
    systems,
    sessions,
    customers: parts.customerAdmin,
  })
  log.debug({ decoder: decoder?.name ?? 'person', upstreams: config.upstreams }, 'captcha decoding')
  return {
    externalSystems: systems,
    externalSessions: sessions,
    externalWorkOrders: workOrders,
    /** For `/readyz`: which sites do not answer. */
    siteHealth: () =>
      Object.fromEntries(
        sites.states().map(([name, circuit]) => [`external:${name}`, { ok: circuit !== 'open', detail: circuit }]),
      ),
    async closeExternalSites() {
      await workOrders.stop()
      await sites.close()
      await decoder?.close()
    },
  }
}

function connectDecoder({ config, log, recordCall }: ExternalSiteParts): CaptchaDecoder | null {
  const baseUrl = config.captchaDecoderUrl
  // The answer is a captcha's text: what the call record keeps of it is that there was one.
  const onCall = (call: HttpCall) => recordCall({ ...call, requestBody: null, responseBody: null, binary: null })
  const http = baseUrl ? createHttpClient({ upstream: 'captcha-decoder', baseUrl, log, onCall }) : null
  return createCaptchaDecoder({ http })
}
