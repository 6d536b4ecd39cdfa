import type { Logger } from 'pino'
import { UpstreamError } from '../../connectors/kit/upstream-error'
import type { Wxwork } from '../../connectors/wxwork'
import type { Database, Db } from '../../db/database'
import { newId } from '../../ids'
import type { Journal } from './journal'
import { CHECK_NOW } from './machine'
import type { MessageChanges, WxworkMessage, WxworkRepository, WxworkSession } from './repository'

export const MESSAGES_A_MINUTE = 20
const MINUTE_MS = 60_000
const MIN_SPACING_MS = 1_000
const MAX_SPACING_MS = 3_000
/** Longer than a call can take: then its process is dead. */
const TURN_MS = 30_000
const AWAY_PAUSE_MS = 15_000
const POLL_MS = 1_000

export interface NewMessage {
  sessionId: string
  to: string
  kfId: number
  isRoom: boolean
  content: string
  /** Waits for the account to be online rather than being refused. */
  patient: boolean
  /** Of the notification log: told what came of it. */
  notificationId?: string
}

export interface SenderDeps {
  repository: WxworkRepository
  wxwork: Wxwork | null
  journal: Journal
  transaction: Database['transaction']
  /** In the transaction that writes down what came of a message that tells somebody about an event. */
  onSettled?(trx: Db, notificationId: string, state: 'SENT' | 'FAILED' | 'UNKNOWN'): Promise<void>
  log: Logger
  now: () => Date
  /** 0 to 1. */
  random?: () => number
}

/** Messages of each account leave in order, at most 20 a minute and 1 to 3 s apart; each goes out at most once. */
export function createSender(deps: SenderDeps) {
  const { repository, wxwork, log, now } = deps
  const sendOne = createTurns(deps)
  const running = new Map<string, Promise<void>>()
  let timer: NodeJS.Timeout | undefined
  let stopping = false

  function pump(sessionId: string): Promise<void> {
    const work = async () => {
      while (!stopping && (await sendOne(sessionId)));
    }
    const present = running.get(sessionId)
    if (present) return present
    const started = work().finally(() => running.delete(sessionId))
    running.set(sessionId, started)
    return started
  }

  /** Sends whatever may leave now. */
  async function run(): Promise<void> {
    if (!wxwork || stopping) return
    const busy = await repository.busySessions()
    await Promise.all(busy.map(pump))
    if (busy.length > 0) await schedule(busy)
  }

  /** Wakes up when the next account may send. */
  async function schedule(busy: string[]): Promise<void> {
    const sessions = (await repository.list()).filter(({ id }) => busy.includes(id))
    const waits = sessions.map(({ next_send_at }) => (next_send_at?.getTime() ?? 0) - now().getTime())
    const wait = Math.min(
      POLL_MS,
      Math.max(
        20,
        ...waits
          .filter((ms) => ms > 0)
          .toSorted((a, b) => a - b)
          .slice(0, 1),
      ),
    )
    if (stopping) return
    clearTimeout(timer)
    timer = setTimeout(wake, wait)
    timer.unref()
  }

  function wake(): void {
    run().catch((error: unknown) => log.error({ err: error }, 'wxwork sending failed'))
  }

  return {
    /** An account that can send now, the console's choice first; never the one excepted. */
    async onlineAccount({ except, on }: { except?: string; on?: Db } = {}): Promise<string | null> {
      const online = (await repository.list(on)).filter(({ id, is_login }) => is_login && id !== except)
      const chosen = (row: WxworkSession) => row.active_at?.getTime() ?? 0
      return online.toSorted((a, b) => chosen(b) - chosen(a))[0]?.id ?? null
    },
    /** Puts a message into its account's queue, in the caller's transaction if there is one. @returns its number */
    enqueue: (message: NewMessage, on?: Db): Promise<number> => repository.insertMessage(rowOf(message, now()), on),
    run,
    wake,
    async stop(): Promise<void> {
      stopping = true
      clearTimeout(timer)
      await Promise.all([...running.values()].map((work) => work.catch(() => {})))
    },
  }
}

export type Sender = ReturnType<typeof createSender>

/** How one message leaves. @returns until when to wait with the account's next, where it is to be tried again */
function createDelivery(deps: SenderDeps) {
  const { repository, wxwork, journal, now } = deps
  const settle = createSettle(deps)
  const later = (ms: number) => new Date(now().getTime() + ms)

  /** Whether it was the account that could not send rather than the message that was refused. */
  async function isAccountOut({ id, uuid }: WxworkSession): Promise<boolean> {
    const isOnline = await wxwork!.getRunClientByUuid(uuid).then(
      ({ status }) => status === 'online',
      () => false,
    )
    if (!isOnline) await repository.update({ id }, { is_login: false, next_check_at: CHECK_NOW })
    return !isOnline
  }
  const mayLeaveLater = async (session: WxworkSession, kind: UpstreamError['kind']) =>
    ['unavailable', 'rate-limited'].includes(kind) || (kind === 'rejected' && (await isAccountOut(session)))

  return async function deliver(session: WxworkSession, message: WxworkMessage): Promise<Date | null> {
    const { uuid } = session
    const { receiver: to, kf_id: kfId, is_room: isRoom, content, id } = message
    const request = { kfId, to, isRoom, content }
    const finished = () => ({ finished_at: now() })
    try {
      const { raw } = await wxwork!.sendText({ uuid, ...request })
      await settle(message, { state: 'SENT', result: JSON.stringify(raw), ...finished() })
      await journal.note({ session, stage: 'SendTextMsg', payload: { request, response: raw } })
      return null
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error
      const { kind, detail } = error
      await journal.note({ session, stage: 'SendTextMsg', payload: { request, error: error.message } })
      if (message.patient && (await mayLeaveLater(session, kind))) {
        await repository.settleMessage(id, { state: 'PENDING', error: kind })
        return later(AWAY_PAUSE_MS)
      }
      const state = ['unknown-outcome', 'bad-response'].includes(kind) ? 'UNKNOWN' : 'FAILED'
      const result = detail.raw === undefined ? null : JSON.stringify(detail.raw)
      await settle(message, { state, error: kind, result, ...finished() })
      return null
    }
  }
}

/** Writes down what came of a message, together with what follows from it. */
function createSettle({ repository, transaction, onSettled }: SenderDeps) {
  return (message: WxworkMessage, changes: MessageChanges & { state: 'SENT' | 'FAILED' | 'UNKNOWN' }): Promise<void> =>
    transaction(async (trx) => {
      await repository.settleMessage(message.id, changes, trx)
      if (message.notification_id) await onSettled?.(trx, message.notification_id, changes.state)
    })
}

/** One turn of an account: the next message, if it is time for it. */
function createTurns(deps: SenderDeps) {
  const { repository, now, random = Math.random } = deps
  const deliver = createDelivery(deps)
  const settle = createSettle(deps)
  const later = (ms: number) => new Date(now().getTime() + ms)

  /** When the message after one that leaves now may leave. */
  async function nextTurn(sessionId: string): Promise<Date> {
    const spaced = later(MIN_SPACING_MS + Math.round(random() * (MAX_SPACING_MS - MIN_SPACING_MS)))
    const starts = await repository.recentStarts(sessionId, later(-MINUTE_MS), MESSAGES_A_MINUTE - 1)
    const oldest = starts[MESSAGES_A_MINUTE - 2]
    const full = oldest && new Date(oldest.getTime() + MINUTE_MS)
    return full && full > spaced ? full : spaced
  }

  /** One message, if it is the account's turn. @returns whether there may be another */
  return async function sendOne(sessionId: string): Promise<boolean> {
    const owner = newId()
    if (!(await repository.takeTurn(sessionId, { owner, until: later(TURN_MS), now: now() }))) return false
    let pause: Date | null = null
    try {
      const session = await repository.find(sessionId)
      if (!session) return false
      // What a dead process was sending; the turn shows that it is dead.
      for (const message of await repository.sending(sessionId))
        await settle(message, { state: 'UNKNOWN', error: 'interrupted', finished_at: now() })
      const message = await repository.nextMessage(sessionId, { patientToo: session.is_login })
      if (!message) return false
      const nextSendAt = await nextTurn(sessionId)
      const begun = await deps.transaction((trx) =>
        repository.beginSending(trx, { id: message.id, sessionId, owner }, { now: now(), nextSendAt }),
      )
      if (begun) pause = await deliver(session, message)
      return begun && pause === null
    } finally {
      await repository.endTurn(sessionId, owner, pause)
    }
  }
}

const rowOf = ({ to, sessionId, kfId, isRoom, content, patient, notificationId }: NewMessage, time: Date) => ({
  session_id: sessionId,
  receiver: to,
  kf_id: kfId,
  is_room: isRoom,
  content,
  state: 'PENDING' as const,
  patient,
  result: null,
  error: null,
  created_at: time,
  started_at: null,
  finished_at: null,
  notification_id: notificationId ?? null,
})
