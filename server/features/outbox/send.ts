import type { Database, Db } from '../../db/database'
import { newId } from '../../ids'
import type { Publisher } from '../live/service'
import type { Delivery, OutboxHandler } from './handler'
import { changesFor } from './outcome'
import type { OutboxRepository, OutboxRow } from './repository'

/** How long one attempt may take in all; a process that is not back by then is taken for dead. */
const CLAIM_MS = 20_000
/** Less than this left of a claim: the process was asleep, and must not send any more. */
const MARGIN_MS = 12_000

export interface SendDeps {
  repository: OutboxRepository
  handlers: Record<string, OutboxHandler>
  transaction: Database['transaction']
  live: Publisher
  /** In the transaction that gives an entry up to a person. */
  onStuck?(trx: Db, entry: OutboxRow, state: 'UNKNOWN' | 'DEAD'): Promise<void>
  log: { warn(facts: object, message: string): void; error(facts: object, message: string): void }
  now: () => Date
}

/** One attempt at one entry, from claiming it to writing down what came of it. */
export function createSend(deps: SendDeps) {
  const { repository, handlers, transaction, live, log, now } = deps
  const unreachable = new Set<string>()

  /** @returns `lost` where another process took the entry */
  async function send(entry: OutboxRow): Promise<Delivery['state'] | 'lost'> {
    const claim = newId()
    const until = new Date(now().getTime() + CLAIM_MS)
    if (!(await repository.claim(entry.id, { claim, until, now: now() }))) return 'lost'
    live.publish({ topic: 'outbox', id: entry.id, event: 'SENDING' })
    const taken = { ...entry, attempts: entry.attempts + 1, claim }
    const delivery = await attempt(taken, until)
    await settle(taken, claim, delivery)
    return delivery.state
  }

  async function attempt(entry: OutboxRow, until: Date): Promise<Delivery> {
    try {
      const handler = handlers[entry.system_name]
      if (!handler) return { state: 'waiting', waitingFor: 'CONFIGURATION', error: '该合作系统尚未配置' }
      if (until.getTime() - now().getTime() < MARGIN_MS) return { state: 'held', error: '服务刚刚恢复，稍后发送' }
      return await handler.deliver(entry)
    } catch (error) {
      log.error({ outbox: entry.id, topic: entry.topic, err: error }, 'outbox entry could not be prepared')
      return { state: 'unreachable', error: '内部错误，稍后重试' }
    }
  }

  async function settle(entry: OutboxRow, claim: string, delivery: Delivery): Promise<void> {
    const repeatable = handlers[entry.system_name]?.isRepeatable(entry.topic) ?? false
    const changes = { ...changesFor(entry, delivery, { now: now(), repeatable }), updated_at: now() }
    const from = delivery.state === 'sent' ? (['SENDING', 'UNKNOWN'] as const) : (['SENDING'] as const)
    const written = await transaction(async (trx) => {
      const mine = await repository.settle(trx, { id: entry.id, claim, from: [...from] }, changes)
      if (mine && delivery.state === 'sent') await handlers[entry.system_name]!.delivered(trx, entry, delivery.value)
      if (mine && changes.state) await giveUp(deps, trx, entry, changes.state)
      return mine
    })
    const facts = { outbox: entry.id, topic: entry.topic, subject: entry.subject, outcome: delivery.state }
    if (written && changes.state) live.publish({ topic: 'outbox', id: entry.id, event: changes.state })
    if (!written) log.error(facts, 'outbox result came too late and was not kept')
    else if (changes.state === 'UNKNOWN' || changes.state === 'DEAD') log.error(facts, 'outbox entry needs a person')
    await noteReach(entry.system_name, delivery.state)
  }

  /** The first success after an outage fetches what waits out a long pause. */
  async function noteReach(system: string, state: Delivery['state']): Promise<void> {
    if (state === 'unreachable' || state === 'held') unreachable.add(system)
    if (state === 'sent' && unreachable.delete(system)) await repository.hasten(system, now())
  }

  return send
}

/** Tells those concerned of an entry that will not leave by itself any more. */
export async function giveUp(
  { handlers, onStuck }: SendDeps,
  trx: Db,
  entry: OutboxRow,
  state: OutboxRow['state'],
): Promise<void> {
  if (state !== 'UNKNOWN' && state !== 'DEAD') return
  await handlers[entry.system_name]?.doubtful?.(trx, entry)
  await onStuck?.(trx, entry, state)
}
