import { createHash, timingSafeEqual } from 'node:crypto'
import type { Logger } from 'pino'
import type { Database, Db } from '../../db/database'
import { gather } from '../../db/gather'
import { newId } from '../../ids'
import type { Journal, JournalEntry } from './journal'
import { CHECK_NOW } from './machine'
import type { SessionChanges, WxworkNotice, WxworkRepository, WxworkSession } from './repository'

/** A statement takes about 2,000 parameters, and a row has 5. */
const BATCH = 300
/** Notices come in bursts: those that follow the first share one commit, which waits for the disk. */
const GATHER_MS = 200
const KEPT_MS = 7 * 24 * 3600 * 1000
const MAX_EVENT = 255
/** Deeper than anything a gateway says; what goes further is kept as text. */
const MAX_DEPTH = 64

/** What a notice tells about its account, by the words in it. */
const LOGGED_IN = /登录成功/
const LOGGED_OUT = /手机端结束登录|其他设备登录|异常断开/
const CODE_WANTED = /验证码/

export interface CallbackDeps {
  repository: WxworkRepository
  journal: Journal
  transaction: Database['transaction']
  secret: string
  /** Told when an account should be looked at. */
  onNews(): void
  log: Logger
  now: () => Date
}

/** What notices mean: an event for people, and what their account has to be asked. */
function createProcessing(deps: CallbackDeps) {
  const { repository, journal, transaction, now } = deps

  async function processSome(notices: WxworkNotice[], trx: Db): Promise<Map<string, SessionChanges>> {
    const taken = await repository.takeNotices(idsOf(notices), now(), trx)
    const sessions = new Map<string, WxworkSession | null>()
    const changes = new Map<string, SessionChanges>()
    const entries: JournalEntry[] = []
    for (const { body } of notices.filter(({ id }) => taken.has(id))) {
      const { uuid, type, json } = readNotice(body)
      if (!sessions.has(uuid)) sessions.set(uuid, await repository.findByUuid(uuid, trx))
      const session = sessions.get(uuid) ?? { id: '', uuid: uuid.slice(0, 64), state: 'NEW' as const }
      entries.push({ stage: 'callback', type, payload: { uuid, type, json }, session })
      const before = changes.get(session.id) ?? {}
      changes.set(session.id, { ...before, ...changesBy({ ...session, ...before }, textOf(json), now()) })
    }
    await journal.writeAll(entries, trx)
    for (const [id, change] of changes) if (id) await repository.update({ id }, change, trx)
    return changes
  }

  /** Everything stored so far, a burst in one transaction. */
  return async (): Promise<void> => {
    for (;;) {
      const notices = await repository.openNotices(BATCH)
      if (notices.length === 0) return
      const changes = await transaction((trx) => processSome(notices, trx))
      for (const sessionId of changes.keys()) await journal.prune(sessionId)
      if ([...changes].some(([id, change]) => id && change.next_check_at)) deps.onNews()
      if (notices.length < BATCH) return
    }
  }
}

/** The gateway's notices: stored as they come, processed afterwards, each once. */
export function createCallbacks(deps: CallbackDeps) {
  const { repository, secret, log, now } = deps
  const processOpen = createProcessing(deps)
  const storeNotice = gather(BATCH, repository.storeNotices)
  let running: Promise<void> | null = null
  let again = false
  let timer: NodeJS.Timeout | undefined
  let wokenAt = -GATHER_MS

  async function passes(): Promise<void> {
    do {
      again = false
      await processOpen()
    } while (again)
  }

  function process(): Promise<void> {
    if (running) again = true
    running ??= passes().finally(() => {
      running = null
    })
    return running
  }

  function wake(): void {
    clearTimeout(timer)
    timer = undefined
    wokenAt = performance.now()
    process().catch((error: unknown) => log.error({ err: error }, 'wxwork notices could not be processed'))
  }

  return {
    isSecret: (given: string) => timingSafeEqual(sha256(given), sha256(secret)),

    /** Keeps a notice; it is safe when this resolves. A repeat changes nothing. */
    async store(body: string): Promise<void> {
      const digest = sha256(canonical(body)).toString('hex')
      const fresh = await storeNotice({ id: newId(), digest, body, received_at: now(), processed_at: null })
      if (fresh) timer ??= setTimeout(wake, Math.max(0, wokenAt + GATHER_MS - performance.now()))
    },

    /** Processes everything stored so far. */
    process,
    /** Looks for what a process that died, or a fault, has left. */
    wake,

    /** A repeat after this long counts as new. */
    prune: () => repository.pruneNotices(new Date(now().getTime() - KEPT_MS)),

    /** Waits for what is under way. */
    stop: async (): Promise<void> => {
      clearTimeout(timer)
      await running?.catch(() => {})
    },
  }
}

export type Callbacks = ReturnType<typeof createCallbacks>

/** The words are believed until the gateway has been asked, so a late or forged notice does no harm. */
function changesBy({ state }: Pick<WxworkSession, 'state'>, text: string, now: Date): SessionChanges {
  const noted = { last_event: `callback ${text}`.slice(0, MAX_EVENT), updated_at: now }
  if (LOGGED_OUT.test(text)) return { ...noted, is_login: false, next_check_at: CHECK_NOW }
  if (LOGGED_IN.test(text)) return { ...noted, is_login: true, next_check_at: CHECK_NOW }
  return CODE_WANTED.test(text) && state === 'QR_WAITING' ? { ...noted, state: 'CODE_NEEDED' } : noted
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()

const idsOf = (notices: WxworkNotice[]) => notices.map(({ id }) => id)

function parse(text: string): unknown {
  try {
    const value = JSON.parse(text) as unknown
    return isDeeper(value, MAX_DEPTH) ? text : value
  } catch {
    return text
  }
}

const isDeeper = (value: unknown, depth: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth === 0 || Object.values(value).some((item) => isDeeper(item, depth - 1)))

/** `{uuid, json, type}`; `json` may be text that holds JSON. */
function readNotice(body: string): { uuid: string; type: string; json: unknown } {
  const parsed = parse(body)
  if (typeof parsed !== 'object' || parsed === null) return { uuid: '', type: '', json: parsed }
  const { uuid, type, json } = parsed as Record<string, unknown>
  return {
    uuid: scalar(uuid),
    type: scalar(type),
    json: typeof json === 'string' ? parse(json) : (json ?? parsed),
  }
}

const scalar = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
const textOf = (json: unknown) => (typeof json === 'string' ? json : JSON.stringify(json))

/** The same notice has the same text, however its fields are ordered and whether `json` is text or not. */
function canonical(body: string): string {
  const parsed = parse(body)
  if (typeof parsed !== 'object' || parsed === null) return body
  const { json, ...rest } = parsed as Record<string, unknown>
  return JSON.stringify(sorted({ ...rest, json: typeof json === 'string' ? parse(json) : json }))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]))
}
