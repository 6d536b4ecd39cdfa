import type { Db } from '../../db/database'
import type { ActorKind } from '../../db/field-work-schema'
import { AppError } from '../../errors/app-error'
import { newId } from '../../ids'
import type { Publisher } from '../live/service'
import { EVENTS, type EventType } from './catalog'
import { type EventRow, eventHash, keyIdOf } from './chain'
import type { EventRepository } from './repository'

export interface Actor {
  kind: ActorKind
  id: string
  name: string
}

export const SYSTEM: Actor = { kind: 'system', id: 'system', name: '系统' }

/** The part of a locked task row that the chain hangs on; `append` moves it on. */
export interface ChainHead {
  id: string
  event_seq: number
  event_head: string
}

export interface NewEvent {
  type: EventType
  actor: Actor
  payload?: Record<string, unknown>
}

export interface EventView {
  type: EventType
  title: string
  customer: boolean
  actor: string
  payload: Record<string, unknown>
  time: Date
}

/** Events that are about a visit rather than its task. */
const OF_VISITS = new Set<EventType>(['CHECKED_IN', 'CHECKED_OUT', 'VISIT_REVIEWED'])

export interface EventDeps {
  repository: EventRepository
  key: string
  live: Publisher
  now: () => Date
}

export function createEventService(deps: EventDeps) {
  const keyId = keyIdOf(deps.key)
  return {
    /** Appends to a work order's chain. The task row must be locked by this transaction; its head is moved on. */
    async append(trx: Db, task: ChainHead, event: NewEvent): Promise<void> {
      const seq = task.event_seq + 1
      const unsigned: Omit<EventRow, 'hash'> = {
        id: newId(),
        work_order_id: task.id,
        seq,
        event_type: event.type,
        actor_kind: event.actor.kind,
        actor_id: event.actor.id,
        actor_name: event.actor.name,
        payload: JSON.stringify(event.payload ?? {}),
        created_at: deps.now(),
        key_id: keyId,
        prev_hash: task.event_head,
      }
      const hash = eventHash(deps.key, unsigned)
      await deps.repository.insert(trx, { ...unsigned, hash })
      if (!(await deps.repository.advanceHead(trx, task.id, task.event_seq, { seq, hash })))
        throw new AppError('CONFLICT')
      task.event_seq = seq
      task.event_head = hash
      const visit = OF_VISITS.has(event.type) ? event.payload?.visit_id : undefined
      deps.live.publishAfter(trx, {
        topic: visit ? 'visit' : 'task',
        id: typeof visit === 'string' ? visit : task.id,
        event: event.type,
        work_order_id: task.id,
      })
    },

    /** Everything that happened to a work order, oldest first. */
    async list(workOrderId: string): Promise<EventView[]> {
      const rows = await deps.repository.ofWorkOrder(workOrderId)
      return rows.map((row) => {
        const type = row.event_type as EventType
        return {
          type,
          ...EVENTS[type],
          actor: row.actor_name,
          payload: JSON.parse(row.payload) as Record<string, unknown>,
          time: row.created_at,
        }
      })
    },
  }
}

export type EventService = ReturnType<typeof createEventService>
