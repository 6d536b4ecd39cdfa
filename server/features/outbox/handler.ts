import type { Db } from '../../db/database'
import type { OutboxRow } from './repository'

/** What came of one attempt. `error` is a sentence of ours for administrators; a partner's own words stay in the log. */
export type Delivery =
  | { state: 'sent'; value: unknown; note?: string }
  /** The partner understood and said no. */
  | { state: 'refused'; error: string }
  /** Not executed: nobody was there. */
  | { state: 'unreachable'; error: string }
  /** Not even tried, because nobody was there a moment ago. */
  | { state: 'held'; error: string }
  /** May have been executed. */
  | { state: 'unknown'; error: string }
  /** Not before then. */
  | { state: 'later'; until: Date; error: string }
  /** A person must supply something first. */
  | { state: 'waiting'; waitingFor: string; error: string }

/** What a person found out about an entry at the partner's. */
export interface Finding {
  oId: string
  taskId: string
}

/** How one system's entries leave; the outbox itself knows no partner. */
export interface OutboxHandler {
  /** Makes the attempt. What it throws was thrown before anything was sent. */
  deliver(entry: OutboxRow): Promise<Delivery>
  /** Whether sending it a second time does no harm. */
  isRepeatable(topic: string): boolean
  /** In the transaction that marks the entry as sent. */
  delivered(trx: Db, entry: OutboxRow, value: unknown): Promise<void>
  /** In the transaction that marks the entry as one whose outcome nobody knows. */
  doubtful?(trx: Db, entry: OutboxRow): Promise<void>
  /** In the transaction in which a person declares the entry settled (`SENT`), or has it sent again (`PENDING`). */
  decided?(trx: Db, entry: OutboxRow, state: 'SENT' | 'PENDING'): Promise<void>
  /** Takes a person's finding over. @returns whether it was wanted */
  learn(trx: Db, entry: OutboxRow, finding: Finding): Promise<boolean>
}
