import type { Logger } from 'pino'
import type { Config } from '../config/config'
import type { Secrets } from '../config/secrets'
import { callbackUrlOf } from '../config/wxwork'
import { createHttpClient, type HttpCall } from '../connectors/kit/http'
import { createWxwork, type Wxwork } from '../connectors/wxwork'
import type { Database } from '../db/database'
import type { AuditService } from '../features/audit/service'
import type { Publisher } from '../features/live/service'
import type { NotificationService } from '../features/notifications/service'
import { createCallbacks } from '../features/wxwork/callbacks'
import { createJournal } from '../features/wxwork/journal'
import { createListings } from '../features/wxwork/listing'
import { createMachine } from '../features/wxwork/machine'
import { createWxworkRepository } from '../features/wxwork/repository'
import { createSender, type SenderDeps } from '../features/wxwork/sender'
import { createWxworkService } from '../features/wxwork/service'
import type { Metrics } from '../http/metrics'
import { createVault } from '../vault'

const MAX_TICK_MS = 1_000

export interface WxworkParts {
  config: Config
  secrets: Secrets
  database: Database
  transaction: Database['transaction']
  audit: AuditService
  notifications: NotificationService
  live: Publisher
  metrics: Metrics
  /** The gateway; null where there is none. */
  connected: WxworkConnection | null
  onSettled: SenderDeps['onSettled']
  log: Logger
  now: () => Date
}

export interface WxworkConnection {
  connector: Wxwork
  baseUrl: string
}

interface ConnectionParts {
  config: Config
  secrets: Secrets
  recordCall: (call: HttpCall) => void
  log: Logger
  sandboxUrl?: string
}

/** The Enterprise-WeChat gateway: its accounts, notices and messages. */
export function createWxworkParts(parts: WxworkParts) {
  const { config, secrets, database, live, log, now } = parts
  const { maxEvents, monitorIntervalMs: intervalMs } = config.wxwork
  const { connector: wxwork = null, baseUrl = '' } = parts.connected ?? {}
  const callbackUrl = callbackUrlOf(config, secrets.callbackSecret)
  const vault = createVault({ current: secrets.dataKey, previous: secrets.previousDataKey })
  const repository = createWxworkRepository(database)
  const journal = createJournal({ repository, maxEvents, callbackSecret: secrets.callbackSecret, live, now })
  const common = { ...parts, repository, wxwork, journal, vault, callbackUrl, intervalMs, maxEvents, baseUrl }
  const machine = createMachine({
    ...common,
    alert: ({ id, source, content }) =>
      parts.transaction((trx) =>
        parts.notifications.alarm(trx, 'WXWORK_HUMAN_NEEDED', { source, content, exceptSession: id }),
      ),
  })
  const sender = createSender(common)
  const listings = createListings(common)
  const pass = () => {
    callbacks.wake()
    return machine.pass()
  }
  const runner = createRunner({ tickMs: Math.min(intervalMs, MAX_TICK_MS), pass, send: sender.wake, log })
  const callbacks = createCallbacks({ ...common, secret: secrets.callbackSecret, onNews: runner.poke })
  const { poke, isChecking } = runner
  const service = createWxworkService({ ...common, machine, sender, callbacks, listings, poke, isChecking })
  parts.metrics.watchAccounts(service.accounts)
  return {
    wxwork: service,
    wxworkCallbacks: callbacks,
    wxworkSender: sender,
    wxworkListings: listings,
    wxworkMonitor: { ...runner, pass: machine.pass },
    /** Each account, for `/readyz`. */
    wxworkHealth: async (): Promise<Record<string, { ok: boolean; detail: string }>> => {
      const accounts = await service.accounts()
      return Object.fromEntries(
        accounts.map(({ name, state }) => [`wxwork:${name}`, { ok: state === 'ONLINE', detail: state }]),
      )
    },
    async closeWxwork() {
      await runner.stop()
      await sender.stop()
      await listings.stop()
      await callbacks.stop()
      await wxwork?.close()
    },
  }
}

/** The callback's secret stands in its address, which the gateway is told. */
export function connectWxwork(parts: ConnectionParts): WxworkConnection | null {
  const { config, secrets, log, recordCall } = parts
  const baseUrl = config.wxwork.baseUrl || parts.sandboxUrl || ''
  if (!config.wxwork.enabled || !baseUrl) return null
  const conceal = (value: unknown) =>
    value === null || value === undefined
      ? value
      : (JSON.parse(JSON.stringify(value).replaceAll(secrets.callbackSecret, '***')) as unknown)
  const onCall = (call: HttpCall) =>
    recordCall({ ...call, requestBody: conceal(call.requestBody), responseBody: conceal(call.responseBody) })
  return {
    connector: createWxwork({ http: createHttpClient({ upstream: 'wxwork', baseUrl, log, onCall }), log }),
    baseUrl,
  }
}

interface RunnerDeps {
  tickMs: number
  pass(): Promise<number>
  send(): void
  log: Logger
}

/** Looks at what is due again and again; a look that is asked for during another follows it. */
function createRunner({ tickMs, pass, send, log }: RunnerDeps) {
  let running: Promise<void> | null = null
  let again = false
  let timer: NodeJS.Timeout | undefined

  async function passes(): Promise<void> {
    do {
      again = false
      await pass()
    } while (again)
    send()
  }
  function poke(): void {
    if (running) again = true
    running ??= passes()
      .catch((error: unknown) => log.error({ err: error }, 'wxwork monitor failed'))
      .finally(() => {
        running = null
      })
  }
  return {
    poke,
    isChecking: () => running !== null,
    /** From now on by the clock. */
    listen(): void {
      timer ??= setInterval(() => running ?? poke(), tickMs)
      poke()
    },
    async stop(): Promise<void> {
      clearInterval(timer)
      again = false
      await running
    },
  }
}
