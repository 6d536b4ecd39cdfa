import type { Logger } from 'pino'
import type { Config } from '../config/config'
import type { Ngs } from '../connectors/ngs'
import type { Wechat } from '../connectors/wechat'
import type { Commits } from '../db/after-commit'
import type { Database, Db } from '../db/database'
import type { AuditService } from '../features/audit/service'
import type { CloudMessageListener } from '../features/cloud/messages'
import type { CurrentCustomers } from '../features/customers/current'
import type { Live } from '../features/live/service'
import { createNgsSyncRepository } from '../features/ngs-sync/repository'
import { createNgsDrift, createNgsHandler, createNgsOrders, createNgsSync } from '../features/ngs-sync/service'
import { createCourier } from '../features/notifications/courier'
import {
  createLateRefusal,
  createWechatHandler,
  createWxworkHandler,
  type HandlerDeps,
} from '../features/notifications/handlers'
import { createNotificationLog } from '../features/notifications/log'
import { createNotificationRepository } from '../features/notifications/repository'
import { createNotificationService } from '../features/notifications/service'
import type { OutboxHandler } from '../features/outbox/handler'
import { createOutboxRepository, type OutboxRow } from '../features/outbox/repository'
import { createOutboxService, type OutboxService } from '../features/outbox/service'
import { createOutboxWorker } from '../features/outbox/worker'
import type { Sender } from '../features/wxwork/sender'
import type { WxworkConnection } from './wxwork'

interface OutboxParts {
  config: Config
  database: Database
  commits: Commits
  currentCustomers: CurrentCustomers
  audit: AuditService
  live: Live
  ngs: Ngs | null
  wechat: Wechat | null
  wechatSandboxUrl?: string
  wxwork: WxworkConnection | null
  log: Logger
  now: () => Date
}

/** The outbox and everything that is owed through it: tasks to ngs, messages to people. */
export function createOutboxParts(parts: OutboxParts) {
  const { config, database, commits, audit, live, ngs, wechat, wxwork, log, now } = parts
  const repository = createOutboxRepository(database)
  const ngsRepository = createNgsSyncRepository(database)
  const connected = ngs && config.ngs
  const handlers: Record<string, OutboxHandler> = connected
    ? { ngs: createNgsHandler({ ngs, config: connected, repository: ngsRepository }) }
    : {}
  const onStuck = (trx: Db, entry: OutboxRow, state: 'UNKNOWN' | 'DEAD') =>
    messages.isMessage(entry) ? Promise.resolve() : messages.tellStuck(trx, entry, state)
  const outboxWorker = createOutboxWorker({ ...commits, repository, handlers, onStuck, live, log, now })
  const outbox = createOutboxService({ ...commits, repository, handlers, audit, live, wake: outboxWorker.wake, now })
  const messages = createMessages({ ...parts, outbox })
  if (wechat) handlers.wechat = createWechatHandler({ ...messages.deps, wechat })
  return {
    outbox,
    outboxWorker,
    ngsSync: createNgsSync({ config: connected, outbox, repository: ngsRepository, now }),
    ngsOrders: createNgsOrders({ ...commits, repository: ngsRepository, outbox, audit }),
    ngsDrift: createNgsDrift({ repository: ngsRepository, now }),
    notifications: messages.notifications,
    notificationLog: messages.notificationLog,
    textSettled: messages.textSettled,
    cloudOutcomes: messages.cloudOutcomes,
    /** From now on texts can leave by the gateway's accounts. */
    connectSender(sender: Sender): void {
      if (!wxwork) return
      messages.connectSender(sender)
      handlers.wxwork = createWxworkHandler({ ...messages.deps, sender })
    },
  }
}

/** What people are told, and over which channels. */
function createMessages(parts: OutboxParts & { outbox: OutboxService }) {
  const { config, database, commits, currentCustomers: customers, live, outbox, wechat, wxwork, log, now } = parts
  const wechatUrl = config.wechat?.baseUrl || parts.wechatSandboxUrl || ''
  const repository = createNotificationRepository(database)
  const templates = config.wechat?.templates ?? {}
  const reachable = { wechat: wechat !== null, wxwork: wxwork !== null }
  let texts: Sender | null = null
  const onlineAccount = async (on: Db, except?: string) => (await texts?.onlineAccount({ except, on })) ?? null
  const courier = createCourier({ repository, outbox, reachable, onlineAccount, templates, now })
  const notifications = createNotificationService({ ...commits, repository, customers, courier, templates, live, now })
  const deps: HandlerDeps = { repository, courier, quietHours: config.quietHours, templates, log, now }
  return {
    deps,
    connectSender: (sender: Sender) => void (texts = sender),
    notifications,
    notificationLog: createNotificationLog({
      repository,
      config,
      addresses: { wechat: wechat ? wechatUrl : '', wxwork: wxwork?.baseUrl ?? '' },
    }),
    /** A message that is in doubt is not told about by another message. */
    isMessage: ({ system_name }: OutboxRow) => system_name === 'wechat' || system_name === 'wxwork',
    tellStuck: (trx: Db, entry: OutboxRow, state: 'UNKNOWN' | 'DEAD') =>
      notifications.alarm(trx, `OUTBOX_${state}`, {
        source: `outbox:${entry.id}:${entry.claim ?? ''}`,
        content: `${entry.subject} ${entry.topic}，请在 outbox 中处理`,
      }),
    cloudOutcomes: {
      refused: createLateRefusal(deps),
      lost: (trx, id) => courier.finish(trx, id, 'wechat', 'unknown'),
    } satisfies CloudMessageListener,
    /** What came of a text that an account was given to send. */
    textSettled: (trx: Db, id: string, state: 'SENT' | 'FAILED' | 'UNKNOWN') =>
      state === 'FAILED'
        ? courier.passOn(trx, id, 'wxwork', { outcome: 'failed', reason: 'refused' })
        : courier.finish(trx, id, 'wxwork', state === 'SENT' ? 'sent' : 'unknown'),
  }
}
