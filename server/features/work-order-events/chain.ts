import { createHash, createHmac } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { WorkOrderEventTable } from '../../db/field-work-schema'

export type EventRow = Selectable<WorkOrderEventTable>

/** What a chain starts from. */
export const GENESIS = ''

/** Names a key without telling it. */
export const keyIdOf = (key: string): string =>
  createHash('sha256').update(`event-key:${key}`).digest('hex').slice(0, 16)

/** HMAC-SHA256 over the previous row's hash and this row in canonical JSON (field-work.md, evidence chain). */
export function eventHash(key: string, row: Omit<EventRow, 'hash'>): string {
  const canonical = JSON.stringify([
    row.id,
    row.work_order_id,
    row.seq,
    row.event_type,
    row.actor_kind,
    row.actor_id,
    row.actor_name,
    row.payload,
    row.created_at.toISOString(),
    row.key_id,
  ])
  return createHmac('sha256', key).update(row.prev_hash).update(canonical).digest('hex')
}
