import type { ChainVerdict } from '../../../types/api/sessions'
import { AppError } from '../../errors/app-error'
import { type EventRow, eventHash, GENESIS, keyIdOf } from './chain'
import { type Flaw, toOperator, toStaff } from './faults'
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

interface VerifyDeps {
  repository: EventRepository
  key: string
}

/** Checks one chain against itself, its task row and the heads kept outside the database. */
function createChainCheck({ repository, key }: VerifyDeps) {
  const keyId = keyIdOf(key)

  function rowFlaw(row: EventRow, expected: { seq: number; prevHash: string }): Flaw | null {
    if (row.seq > expected.seq) return { kind: 'removed', row: expected.seq }
    if (row.key_id !== keyId) return { kind: 'other-key', row: row.seq, keyId: row.key_id }
    if (row.prev_hash !== expected.prevHash) return { kind: 'misplaced', row: row.seq }
    return row.hash === eventHash(key, row) ? null : { kind: 'altered', row: row.seq }
  }

  /** The first thing wrong with one chain, and where the chain stops being what it was. */
  function chainFault(head: StoredHead, rows: EventRow[], kept: StoredHead[]): { seq: number; flaw: Flaw } | null {
    let prevHash = GENESIS
    let seq = 0
    for (const row of rows) {
      const flaw = rowFlaw(row, { seq: seq + 1, prevHash })
      if (flaw) return { seq: seq + 1, flaw }
      seq = row.seq
      prevHash = row.hash
    }
    const flaw = tailFlaw(head, { seq, hash: prevHash }) ?? firstKeptFlaw(rows, kept)
    return flaw && { seq: Math.min(seq + 1, flaw.row), flaw }
  }

  /** Head and rows are read one after the other: a chain that grew in between is read again before it counts as broken. */
  return async function settled(
    head: StoredHead,
    rows: EventRow[],
    kept: StoredHead[],
  ): Promise<{ seq: number; flaw: Flaw } | null> {
    const fault = chainFault(head, rows, kept)
    const current = fault && (await repository.head(head.id))
    if (!current || current.event_head === head.event_head) return fault
    return settled(current, await repository.chains([head.id]), kept)
  }
}

/** Checks the chain of one work order, named by its number or UUID. */
export function createOrderVerifier(deps: VerifyDeps & { keptHeads(id: string): Promise<StoredHead[]> }) {
  const check = createChainCheck(deps)
  return async (reference: string): Promise<ChainVerdict> => {
    const { repository } = deps
    const head = await repository.headOf(reference)
    const kept = await deps.keptHeads(head?.id ?? reference)
    if (!head && kept.length > 0) return { ok: false, events: 0, first_fault: toStaff({ kind: 'gone', row: 1 }) }
    if (!head) throw new AppError('NOT_FOUND', { message: '任务不存在' })
    const rows = await repository.chains([head.id])
    const fault = await check(head, rows, kept)
    return { ok: fault === null, events: rows.length, first_fault: fault && toStaff(fault.flaw) }
  }
}

export type VerifyOrder = ReturnType<typeof createOrderVerifier>

/** Checks every chain. */
export function createVerifier({ repository, key }: VerifyDeps) {
  const check = createChainCheck({ repository, key })

  /** Events and work orders are not read at one moment: one that was submitted in between is there by now. */
  async function standingOrphan() {
    for (;;) {
      const orphan = await repository.firstOrphan()
      if (!orphan || !(await repository.head(orphan.work_order_id))) return orphan
    }
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
        const fault = await check(head, rows, keptHeads.get(head.id) ?? [])
        if (fault) return { ...report, fault: { workOrderId: head.id, seq: fault.seq, what: toOperator(fault.flaw) } }
      }
      const last = heads.at(-1)
      if (!last || heads.length < BATCH) break
      after = last.id
    }
    const [gone] = missing
    if (gone) return { ...report, fault: { workOrderId: gone, seq: 1, what: toOperator({ kind: 'gone', row: 1 }) } }
    const orphan = await standingOrphan()
    if (orphan)
      report.fault = {
        workOrderId: orphan.work_order_id,
        seq: orphan.seq,
        what: toOperator({ kind: 'orphan', row: orphan.seq }),
      }
    return report
  }
}

function tailFlaw(head: StoredHead, last: { seq: number; hash: string }): Flaw | null {
  if (head.event_seq > last.seq) return { kind: 'cut-off', row: last.seq + 1 }
  if (head.event_seq < last.seq) return { kind: 'added', row: head.event_seq + 1 }
  return head.event_head === last.hash ? null : { kind: 'not-the-last', row: last.seq }
}

/** A chain may have grown since its head was kept, but row and hash must still stand in it. */
function keptFlaw(rows: EventRow[], kept: StoredHead): Flaw | null {
  if (kept.event_seq === 0) return null
  const row = rows[kept.event_seq - 1]
  if (!row) return { kind: 'cut-off', row: rows.length + 1 }
  return row.hash === kept.event_head ? null : { kind: 'not-as-kept', row: row.seq }
}

function firstKeptFlaw(rows: EventRow[], heads: StoredHead[]): Flaw | null {
  for (const kept of heads) {
    const flaw = keptFlaw(rows, kept)
    if (flaw) return flaw
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
