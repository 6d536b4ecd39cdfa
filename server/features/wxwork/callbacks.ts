import { createHash, timingSafeEqual } from 'node:crypto'
import type { Logger } from 'pino'
import type { Database, Db } from '../../db/database'
import { newId } from '../../ids'
import type { Journal } from './journal'
import { CHECK_NOW } from './machine'
import type { SessionChanges, WxworkNotice, WxworkRepository, WxworkSession } from './repository'

const BATCH = 20
const KEPT_MS = 7 * 24 * 3600 * 1000
const MAX_EVENT = 255

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

/** The gateway's notices: stored as they come, processed afterwards, each once. */
export function createCallbacks(deps: CallbackDeps) {
  const { repository, journal, transaction, secret, log, now } = deps
  let running: Promise<void> | null = null
  let again = false

  /** @returns the session it was about, empty where none is known; null where another process had it */
  async function processOne(trx: Db, notice: WxworkNotice): Promise<string | null> {
    const { uuid, type, json } = readNotice(notice.body)
    if (!(await repository.takeNotice(notice.id, now(), trx))) return null
    const session = await repository.findByUuid(uuid, trx)
    const entry = { stage: 'callback', type, payload: { uuid, type, json } }
    await journal.write({ ...entry, session: session ?? { id: '', uuid: uuid.slice(0, 64) } }, trx)
    if (session) await repository.update({ id: session.id }, changesBy(session, textOf(json), now()), trx)
    return session?.id ?? ''
  }

  /** A few at a time in one transaction: notices come in bursts, and each commit waits for the disk. */
  const processSome = (notices: WxworkNotice[]): Promise<(string | null)[]> =>
    transaction(async (trx) => {
      const sessions: (string | null)[] = []
      for (const notice of notices) sessions.push(await processOne(trx, notice))
      return sessions
    })

  async function passes(): Promise<void> {
    do {
      again = false
      for (;;) {
        const notices = await repository.openNotices(BATCH)
        const processed = notices.length > 0 ? await processSome(notices) : []
        const sessions = new Set(processed.filter((sessionId) => sessionId !== null))
        for (const sessionId of sessions) await journal.prune(sessionId)
        if (sessions.size > 0) deps.onNews()
        if (notices.length < BATCH) break
      }
    } while (again)
  }

  function process(): Promise<void> {
    if (running) again = true
    running ??= passes().finally(() => {
      running = null
    })
    return running
  }

  return {
    isSecret: (given: string) => timingSafeEqual(sha256(given), sha256(secret)),

    /** Keeps a notice; it is safe when this resolves. A repeat changes nothing. */
    async store(body: string): Promise<void> {
      const digest = sha256(canonical(body)).toString('hex')
      const fresh = await repository.storeNotice({ id: newId(), digest, body, received_at: now(), processed_at: null })
      if (fresh)
        setImmediate(() => {
          process().catch((error: unknown) => log.error({ err: error }, 'wxwork notices could not be processed'))
        })
    },

    /** Processes everything stored so far. */
    process,

    /** A repeat after this long counts as new. */
    prune: () => repository.pruneNotices(new Date(now().getTime() - KEPT_MS)),

    /** Waits for what is under way. */
    stop: async (): Promise<void> => {
      await running?.catch(() => {})
    },
  }
}

export type Callbacks = ReturnType<typeof createCallbacks>

/** The words are believed until the gateway has been asked, so a late or forged notice does no harm. */
function changesBy({ state }: WxworkSession, text: string, now: Date): SessionChanges {
  const noted = { last_event: `callback ${text}`.slice(0, MAX_EVENT), updated_at: now }
  if (LOGGED_OUT.test(text)) return { ...noted, is_login: false, next_check_at: CHECK_NOW }
  if (LOGGED_IN.test(text)) return { ...noted, is_login: true, next_check_at: CHECK_NOW }
  return CODE_WANTED.test(text) && state === 'QR_WAITING' ? { ...noted, state: 'CODE_NEEDED' } : noted
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

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
