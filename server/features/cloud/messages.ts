import type { Logger } from 'pino'
import type { CloudMessage, CloudMessageResult } from '../../../types/cloud'
import type { SubscribeMessage } from '../../connectors/wechat'
import { refusalReason } from '../../connectors/wechat/constants'
import type { Database, Db } from '../../db/database'
import { newId } from '../../ids'
import type { CloudMessageRow, CloudRepository } from './repository'

const BATCH = 20
const KEPT_MS = 7 * 24 * 3600_000
/** A function lives for a minute at most; after this long its results are lost. */
const LOST_MS = 10 * 60_000
const MAX_ERROR = 500

/** Told of what became of a message, in the transaction that keeps it. */
export interface CloudMessageListener {
  /** WeChat refused it; `reason` as the connector names it (`no-credit`, `bad-template` …). */
  refused(trx: Db, reference: string, reason: string): Promise<void>
  /** Nobody will say whether it was sent. */
  lost(trx: Db, reference: string): Promise<void>
}

/** What a row keeps: the message, and the notification it belongs to, which the function is not told. */
type Payload = Omit<CloudMessage, 'id'> & { reference?: string }

function readPayload({ payload }: CloudMessageRow) {
  const { reference, ...message } = JSON.parse(payload) as Payload
  return { reference, message }
}

export interface CloudMessageDeps {
  repository: CloudRepository
  transaction: Database['transaction']
  log: Logger
  now: () => Date
}

/**
 * Subscribe messages that leave through the function `notify`: WeChat lets a function call its interfaces only when the
 * mini-program or a timer started it, so the function comes and takes them. One that was taken is never given out
 * again: a lost result may mean it was sent.
 */
export function createCloudMessages({ repository, transaction, log, now }: CloudMessageDeps) {
  let listener: CloudMessageListener = { refused: async () => {}, lost: async () => {} }

  async function settleOne(trx: Db, { id, ok, errcode, error }: CloudMessageResult): Promise<boolean> {
    const text = ok ? null : `${errcode ?? ''} ${error ?? ''}`.trim().slice(0, MAX_ERROR)
    const outcome = { state: ok ? ('SENT' as const) : ('FAILED' as const), error: text, update_time: now() }
    if (!(await repository.settleMessage(trx, id, outcome))) return false
    if (ok) return true
    log.warn({ message: id, errcode, error }, 'subscribe message refused')
    const { reference } = readPayload((await repository.message(id, trx))!)
    if (reference) await listener.refused(trx, reference, refusalReason(errcode))
    return true
  }

  async function giveUpLost(): Promise<void> {
    const time = now()
    for (const row of await repository.unsettledMessages(new Date(time.getTime() - LOST_MS), BATCH))
      await transaction(async (trx) => {
        const outcome = { state: 'UNKNOWN' as const, error: null, update_time: time }
        if (!(await repository.settleMessage(trx, row.id, outcome))) return
        log.warn({ message: row.id }, 'no result came of a subscribe message')
        const { reference } = readPayload(row)
        if (reference) await listener.lost(trx, reference)
      })
  }

  return {
    listen: (to: CloudMessageListener) => void (listener = to),

    /** Takes the place of `Wechat.sendSubscribeMessage`. */
    async send({ openId, templateId, fields, page, reference }: SubscribeMessage): Promise<void> {
      const payload = JSON.stringify({ openid: openId, templateId, fields, page, reference } satisfies Payload)
      const time = now()
      await repository.addMessage({
        id: newId(),
        payload,
        state: 'PENDING',
        error: null,
        create_time: time,
        update_time: time,
      })
    },

    /** Messages for one run of the function. */
    async take(): Promise<CloudMessage[]> {
      await giveUpLost()
      const taken: CloudMessage[] = []
      for (const row of await repository.pendingMessages(BATCH))
        if (await repository.takeMessage(row.id, now())) taken.push({ id: row.id, ...readPayload(row).message })
      return taken
    },

    async settle(results: CloudMessageResult[]): Promise<{ settled: number }> {
      let settled = 0
      for (const result of results) if (await transaction((trx) => settleOne(trx, result))) settled++
      return { settled }
    },

    prune: async (): Promise<{ removed: number }> => ({
      removed: await repository.removeMessagesBefore(new Date(now().getTime() - KEPT_MS)),
    }),
  }
}

export type CloudMessages = ReturnType<typeof createCloudMessages>
