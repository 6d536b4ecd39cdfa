import type { OutboxState } from '../../../types/api/admin'
import type { Commits } from '../../db/after-commit'
import type { Db } from '../../db/database'
import { AppError } from '../../errors/app-error'
import type { StaffPrincipal } from '../../http/authenticate'
import { toPage } from '../../http/page'
import { newId } from '../../ids'
import { shanghaiTime } from '../../time'
import type { AuditService } from '../audit/service'
import type { Publisher } from '../live/service'
import type { Once } from '../idempotency/service'
import type { Finding, OutboxHandler } from './handler'
import type { OutboxFilter, OutboxRepository, OutboxRow } from './repository'

export interface NewEntry {
  system: string
  /** `ngs.send`. */
  topic: string
  /** Entries of one key leave one after the other, in the order in which they were added. */
  key: string
  /** For people: the task number. */
  subject: string
  payload: unknown
}

export interface Resolution {
  finding: Finding | null
  note: string
  once: Once
}

export interface OutboxServiceDeps {
  repository: OutboxRepository
  handlers: Record<string, OutboxHandler>
  audit: AuditService
  transaction: Commits['transaction']
  afterCommit: Commits['afterCommit']
  /** There is something to send. */
  wake(): void
  live: Publisher
  now: () => Date
}

const OPEN: OutboxState[] = ['PENDING', 'UNKNOWN', 'DEAD']

/** Writes owed to other systems: added in the transaction that causes them, settled by the worker or by a person. */
export function createOutboxService(deps: OutboxServiceDeps) {
  const { repository, handlers, audit, transaction, afterCommit, wake, live, now } = deps

  async function mustFind(trx: Db, id: string): Promise<OutboxRow> {
    const entry = await repository.find(id, trx)
    if (!entry) throw new AppError('NOT_FOUND', { message: '条目不存在' })
    return entry
  }

  /** Sent by hand, or nothing that need be sent. */
  const settledBy = (note: string) => ({
    state: 'SENT' as const,
    note,
    last_error: null,
    waiting_for: null,
    claim: null,
    sent_at: now(),
    updated_at: now(),
  })

  const readyAgain = () => ({
    state: 'PENDING' as const,
    attempts: 0,
    refusals: 0,
    claim: null,
    waiting_for: null,
    next_attempt_at: now(),
    updated_at: now(),
  })

  /** An entry that only lacked the ids leaves now; any other is settled by the person's word. */
  async function settle(trx: Db, entry: OutboxRow, { finding, note }: Resolution): Promise<void> {
    const handler = handlers[entry.system_name]
    const learnt = finding !== null && (await handler?.learn(trx, entry, finding)) === true
    if (entry.state === 'SENT') {
      if (!learnt) throw new AppError('OUTBOX_NOT_OPEN')
      await repository.change(trx, { id: entry.id, from: ['SENT'] }, { note, updated_at: now() })
    } else {
      const goesOn = learnt && entry.state === 'PENDING' && handler!.isRepeatable(entry.topic)
      const changes = goesOn ? { ...readyAgain(), note } : settledBy(note)
      if (!(await repository.change(trx, { id: entry.id, from: OPEN }, changes))) throw new AppError('OUTBOX_NOT_OPEN')
      await handler?.decided?.(trx, entry, changes.state)
    }
    await repository.wakeKey(trx, { system: entry.system_name, key: entry.key, now: now() })
  }

  async function settled(trx: Db, id: string, once: Once) {
    const answer = toView(await mustFind(trx, id))
    live.publishAfter(trx, { topic: 'outbox', id, event: answer.state })
    afterCommit(trx, wake)
    await once.save(trx, answer)
    return answer
  }

  return {
    /** Owes a write. Entries of a key must be added under a lock that the key's owner holds. */
    async add(trx: Db, { system, topic, key, subject, payload }: NewEntry): Promise<void> {
      const time = now()
      const id = newId()
      await repository.insert(trx, {
        id,
        system_name: system,
        topic,
        key,
        seq: (await repository.lastSeq(trx, system, key)) + 1,
        subject,
        payload: JSON.stringify(payload),
        state: 'PENDING',
        attempts: 0,
        refusals: 0,
        next_attempt_at: time,
        waiting_for: null,
        last_error: null,
        claim: null,
        claimed_until: null,
        note: null,
        sent_at: null,
        created_at: time,
        updated_at: time,
      })
      live.publishAfter(trx, { topic: 'outbox', id, event: 'PENDING' })
      afterCommit(trx, wake)
    },

    /** What waits under this key, or for the caller's change in general, is looked at after the commit. */
    async goOn(trx: Db, at: { system: string; key: string } | null): Promise<void> {
      if (at) await repository.wakeKey(trx, { ...at, now: now() })
      afterCommit(trx, wake)
    },

    /** Entries that are not sent, by topic and state. */
    depth: () => repository.depth(),

    /** Whether anything was ever owed under this key. */
    knows: async (trx: Db, system: string, key: string): Promise<boolean> =>
      (await repository.lastSeq(trx, system, key)) > 0,

    async list({ page, size, ...filter }: OutboxFilter & { page: number; size: number }) {
      const { rows, total } = await repository.list(filter, { page, size })
      return toPage(rows.map(toView), total, { page, size })
    },

    /** Tries again from the first pause on, also what is in doubt: that is a person's decision. */
    async retry(who: StaffPrincipal, id: string, once: Once) {
      return transaction(async (trx) => {
        const entry = await mustFind(trx, id)
        if (!(await repository.change(trx, { id, from: OPEN }, readyAgain()))) throw new AppError('OUTBOX_NOT_OPEN')
        await handlers[entry.system_name]?.decided?.(trx, entry, 'PENDING')
        await audit.record(trx, who, { action: 'outbox.retry', target: entry.subject, detail: factsOf(entry) })
        return settled(trx, id, once)
      })
    },

    /** @throws AppError NOT_FOUND, OUTBOX_NOT_OPEN */
    async resolve(who: StaffPrincipal, id: string, resolution: Resolution) {
      return transaction(async (trx) => {
        const entry = await mustFind(trx, id)
        await settle(trx, entry, resolution)
        const { finding, note, once } = resolution
        const detail = { ...factsOf(entry), ...finding, note }
        await audit.record(trx, who, { action: 'outbox.resolve', target: entry.subject, detail })
        return settled(trx, id, once)
      })
    },
  }
}

export type OutboxService = ReturnType<typeof createOutboxService>

const factsOf = ({ id, topic, state }: OutboxRow) => ({ id, topic, state })

const time = (instant: Date | null) => instant && shanghaiTime(instant)

const toView = (row: OutboxRow) => ({
  id: row.id,
  topic: row.topic,
  key: row.key,
  seq: row.seq,
  task_id: row.subject,
  state: row.state,
  attempts: row.attempts,
  next_attempt_at: row.state === 'PENDING' ? shanghaiTime(row.next_attempt_at) : null,
  waiting_for: row.waiting_for,
  last_error: row.last_error,
  note: row.note,
  payload: JSON.parse(row.payload) as unknown,
  sent_at: time(row.sent_at),
  create_time: shanghaiTime(row.created_at),
  update_time: shanghaiTime(row.updated_at),
})
