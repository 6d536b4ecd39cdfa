import { type EventRow, eventHash, GENESIS, keyIdOf } from './chain'
import type { KeptHeads } from './heads'
import type { EventRepository, StoredHead } from './repository'

const BATCH = 500
const EPOCH = new Date(0)

export interface ChainFault {
  workOrderId: string
  /** Number of the first row that is not as it was written. */
  seq: number
  what: string
}

export interface VerifyReport {
  workOrders: number
  events: number
  fault: ChainFault | null
}

/** Checks every chain against itself, its task row and the heads kept outside the database. */
export function createVerifier({ repository, key }: { repository: EventRepository; key: string }) {
  const keyId = keyIdOf(key)

  function rowFault(row: EventRow, expected: { seq: number; prevHash: string }): string | null {
    if (row.seq > expected.seq) return `row ${expected.seq} was removed`
    if (row.key_id !== keyId) return `row ${row.seq} was signed with another key (${row.key_id})`
    if (row.prev_hash !== expected.prevHash)
      return `row ${row.seq} does not follow the row before it: inserted or reordered`
    if (row.hash !== eventHash(key, row)) return `row ${row.seq} was altered`
    return null
  }

  /** The first thing wrong with one chain. */
  function chainFault(head: StoredHead, rows: EventRow[], kept: StoredHead[]): ChainFault | null {
    let prevHash = GENESIS
    let seq = 0
    for (const row of rows) {
      const what = rowFault(row, { seq: seq + 1, prevHash })
      if (what) return { workOrderId: head.id, seq: seq + 1, what }
      seq = row.seq
      prevHash = row.hash
    }
    const tail = tailFault(head, { seq, hash: prevHash }) ?? firstKeptFault(rows, kept)
    return tail ? { workOrderId: head.id, seq: Math.min(seq + 1, tail.seq), what: tail.what } : null
  }

  /** Head and rows are read one after the other: a chain that grew in between is read again before it counts as broken. */
  async function settledFault(head: StoredHead, rows: EventRow[], kept: StoredHead[]): Promise<ChainFault | null> {
    const fault = chainFault(head, rows, kept)
    const current = fault && (await repository.head(head.id))
    if (!current || current.event_head === head.event_head) return fault
    return settledFault(current, await repository.chains([head.id]), kept)
  }

  return async (keptHeads: KeptHeads): Promise<VerifyReport> => {
    const report: VerifyReport = { workOrders: 0, events: 0, fault: null }
    const missing = new Set(keptHeads.keys())
    for (let after = ''; ;) {
      const heads = await repository.heads(EPOCH, after, BATCH)
      const chains = groupByOrder(heads.length === 0 ? [] : await repository.chains(heads.map((head) => head.id)))
      for (const head of heads) {
        const rows = chains.get(head.id) ?? []
        missing.delete(head.id)
        report.workOrders++
        report.events += rows.length
        report.fault = await settledFault(head, rows, keptHeads.get(head.id) ?? [])
        if (report.fault) return report
      }
      const last = heads.at(-1)
      if (!last || heads.length < BATCH) break
      after = last.id
    }
    const [gone] = missing
    if (gone)
      return { ...report, fault: { workOrderId: gone, seq: 1, what: 'the work order and its events were removed' } }
    const orphan = await repository.firstOrphan()
    if (orphan)
      report.fault = {
        workOrderId: orphan.work_order_id,
        seq: orphan.seq,
        what: `row ${orphan.seq} belongs to no work order: inserted`,
      }
    return report
  }
}

export type VerifyEvents = ReturnType<typeof createVerifier>

function tailFault(head: StoredHead, last: { seq: number; hash: string }) {
  if (head.event_seq > last.seq) return { seq: last.seq + 1, what: `row ${last.seq + 1} and all after it were cut off` }
  if (head.event_seq < last.seq)
    return { seq: head.event_seq + 1, what: `row ${head.event_seq + 1} was inserted at the end` }
  return head.event_head === last.hash
    ? null
    : { seq: last.seq, what: `row ${last.seq} is not the one the work order ended with` }
}

/** A chain may have grown since its head was kept, but row and hash must still stand in it. */
function keptFault(rows: EventRow[], kept: StoredHead) {
  if (kept.event_seq === 0) return null
  const row = rows[kept.event_seq - 1]
  if (!row) return { seq: rows.length + 1, what: `row ${rows.length + 1} and all after it were cut off` }
  return row.hash === kept.event_head
    ? null
    : { seq: row.seq, what: `row ${row.seq} is not the one kept in the daily heads` }
}

function firstKeptFault(rows: EventRow[], heads: StoredHead[]) {
  for (const kept of heads) {
    const fault = keptFault(rows, kept)
    if (fault) return fault
  }
  return null
}

function groupByOrder(rows: EventRow[]): Map<string, EventRow[]> {
  const groups = new Map<string, EventRow[]>()
  for (const row of rows) {
    const group = groups.get(row.work_order_id)
    if (group) group.push(row)
    else groups.set(row.work_order_id, [row])
  }
  return groups
}
