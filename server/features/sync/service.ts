import { createHash } from 'node:crypto'
import type { z } from 'zod'
import type { SyncResult } from '../../../types/api/homecare'
import type { Database, Db } from '../../db/database'
import { isUniqueViolation } from '../../db/db-error'
import { AppError } from '../../errors/app-error'
import { entryOf } from '../../errors/catalog'
import type { StaffPrincipal } from '../../http/authenticate'
import { validate } from '../../http/validate'
import type { VisitService } from '../visits/service'
import type { WorkOrderService } from '../work-orders/service'
import type { SyncRepository } from './repository'
import { MAX_SYNC_ITEMS, PAYLOADS, syncItem, type SyncItemInput } from './schema'

/** A phone's clock may run ahead a little; further on it is wrong. */
const MAX_AHEAD_MS = 5 * 60 * 1000

export interface SyncServiceDeps {
  repository: SyncRepository
  visits: VisitService
  workOrders: WorkOrderService
  transaction: Database['transaction']
  now: () => Date
}

interface Effect {
  workOrderId: string
  visitId: string | null
  /** A refusal that leaves traces: they are committed, the item is not marked as done. */
  refusal?: AppError
}

/** The phone's queue of things done without network (field-work.md, offline); each item is decided on its own. */
export function createSyncService({ repository, visits, workOrders, transaction, now }: SyncServiceDeps) {
  /** An item that claims to be from the future happened now. */
  const happenedAt = (item: SyncItemInput) => {
    const limit = now()
    return item.capturedAt.getTime() > limit.getTime() + MAX_AHEAD_MS ? limit : item.capturedAt
  }

  const apply: Record<SyncItemInput['kind'], (trx: Db, who: StaffPrincipal, item: SyncItemInput) => Promise<Effect>> = {
    async checkin(trx, who, item) {
      const at = happenedAt(item)
      const input = reportedAt(at, payloadOf(PAYLOADS.checkin, item))
      const made = await visits.attemptCheckin(trx, who, { ...input, capturedAt: at }, { at, late: true })
      if ('refusal' in made) return { workOrderId: input.workOrderId, visitId: null, refusal: made.refusal }
      return { workOrderId: input.workOrderId, visitId: made.result.visitId }
    },
    async checkout(trx, who, item) {
      const at = happenedAt(item)
      const input = reportedAt(at, payloadOf(PAYLOADS.checkout, item))
      const { visitId } = await visits.attemptCheckout(trx, who, { ...input, capturedAt: at }, at)
      return { workOrderId: input.workOrderId, visitId }
    },
    async step(trx, who, item) {
      const input = payloadOf(PAYLOADS.step, item)
      await workOrders.writeStep(trx, who, input, happenedAt(item))
      return { workOrderId: input.workOrderId, visitId: null }
    },
    async fix(trx, who, item) {
      const at = happenedAt(item)
      const input = reportedAt(at, payloadOf(PAYLOADS.fix, item))
      await visits.recordFix(trx, who, input, at)
      return { workOrderId: input.workOrderId, visitId: null }
    },
  }

  async function once(who: StaffPrincipal, item: SyncItemInput): Promise<SyncResult> {
    const id = createHash('sha256').update(`${who.id}\n${item.clientId}`).digest('hex')
    const duplicate = async (): Promise<SyncResult | null> => {
      const known = await repository.find(id)
      return known && { clientId: item.clientId, status: 'duplicate', visitId: known.visit_id ?? undefined }
    }
    const before = await duplicate()
    if (before) return before
    try {
      const effect = await transaction(async (trx) => {
        const made = await apply[item.kind](trx, who, item)
        const { workOrderId: work_order_id, visitId: visit_id } = made
        if (!made.refusal)
          await repository.insert(trx, { id, kind: item.kind, work_order_id, visit_id, create_time: now() })
        return made
      })
      if (effect.refusal) return (await duplicate()) ?? refusalOf(item.clientId, effect.refusal)
      return { clientId: item.clientId, status: 'accepted', visitId: effect.visitId ?? undefined }
    } catch (error) {
      // The same item at another call was faster: its effect is what refuses ours.
      const other = isUniqueViolation(error) || error instanceof AppError ? await duplicate() : null
      if (other) return other
      throw error
    }
  }

  return {
    /** @throws AppError TOO_MANY_ITEMS */
    async sync(who: StaffPrincipal, items: unknown[]): Promise<{ results: SyncResult[] }> {
      if (items.length > MAX_SYNC_ITEMS)
        throw new AppError('TOO_MANY_ITEMS', { message: `一次最多同步 ${MAX_SYNC_ITEMS} 项（items）` })
      const results: SyncResult[] = []
      for (const raw of items) results.push(await decide(who, raw))
      return { results }
    },
  }

  async function decide(who: StaffPrincipal, raw: unknown): Promise<SyncResult> {
    const { clientId: given } = (raw ?? {}) as { clientId?: unknown }
    let clientId = typeof given === 'string' ? given.slice(0, 100) : ''
    try {
      const item = validate(syncItem, raw)
      clientId = item.clientId
      return await once(who, item)
    } catch (error) {
      // What is not the item's fault (database away) fails the call; the phone keeps the item and comes back.
      if (!(error instanceof AppError) || entryOf(error.code).status >= 500) throw error
      return refusalOf(clientId, error)
    }
  }
}

export type SyncService = ReturnType<typeof createSyncService>

/** A position without a time of its own is as old as the item: measured by its arrival, a queue would look like flying. */
const reportedAt = <T extends { reportedAt?: Date | null }>(at: Date, input: T): T => ({
  ...input,
  reportedAt: input.reportedAt ?? at,
})

const payloadOf = <T>(schema: z.ZodType<T>, item: SyncItemInput): T => validate(schema, item.payload)

function refusalOf(clientId: string, error: AppError): SyncResult {
  if (error.code === 'INVALID_INPUT')
    return { clientId, status: 'invalid', reasonCode: error.code, message: error.message }
  const { reasonCode = error.code, visitId } = (error.details ?? {}) as { reasonCode?: string; visitId?: string }
  const message = error.code === 'CHECKIN_REJECTED' ? undefined : error.message
  return { clientId, status: 'rejected', reasonCode, message, visitId }
}
