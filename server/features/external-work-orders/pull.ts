import type { ExternalOrder, ListPage } from '../../connectors/external-site'
import { UpstreamError } from '../../connectors/kit/upstream-error'
import type { Database, Db } from '../../db/database'
import { exactKey } from '../../db/exact-key'
import { newId } from '../../ids'
import type { HeldSession } from '../external-sessions/outcomes'
import type { ExternalSessionService } from '../external-sessions/service'
import type { OpenSystem } from '../external-systems/sites'
import type { Publisher } from '../live/service'
import type { ExternalOrderRow, ExternalWorkOrderRepository, KnownOrder, PullRow } from './repository'

const DETAILS_AT_ONCE = 4
const PATIENCE_MS = 5 * 60_000
const MAX_PASSES = 3
/** A list that grows while it is read has a few pages more than its total said, and a few that bring nothing new. */
const SPARE_PAGES = 5
/** Progress is told no more often. */
const TELL_EVERY_MS = 1_000

/** Somebody else works at this pull now. */
export class PullLost extends Error {}
/** The server is stopping; the pull goes on elsewhere or later. */
export class PullInterrupted extends Error {}

export interface PullDeps {
  repository: ExternalWorkOrderRepository
  sessions: ExternalSessionService
  transaction: Database['transaction']
  live: Publisher
  now: () => Date
}

type Counted = 'created' | 'updated' | 'unchanged'

interface Found {
  order: ExternalOrder
  known: KnownOrder | undefined
  /** New, changed, or without its detail. */
  detail: { state: ExternalOrderRow['detail_state']; text: string | null } | null
}

/**
 * One pull: page by page, each page in one transaction with the counters, so that a crash costs at most one page. It
 * starts at the first page again then: rows this run wrote before are told by its id and not counted twice.
 */
export class Pull {
  readonly #seen = new Set<string>()
  #session: HeldSession | null = null
  #newest: string | null = null
  #toldAt = -Infinity
  /** No pass goes further, whatever total the site speaks of: where the first one ended, and some. */
  #lastPage = Infinity

  constructor(
    private readonly deps: PullDeps,
    private readonly open: OpenSystem,
    private readonly run: PullRow,
    private readonly isStopping: () => boolean,
  ) {}

  /** @returns the watermark for the next pull; null: where it was, so that orders without their detail come again */
  async perform(): Promise<string | null> {
    await this.#save({ state: 'running', seen: 0, created: 0, updated: 0, unchanged: 0, details_failed: 0 })
    for (let pass = 1; pass <= MAX_PASSES; pass++) {
      const total = await this.#walk()
      if (total === null || this.#seen.size >= total) break
    }
    return this.run.details_failed > 0 ? null : this.#newest
  }

  /** Through all pages once. @returns how many orders there are, where the site says it */
  async #walk(): Promise<number | null> {
    let total: number | null = null
    let rowsSoFar = 0
    let limit = Infinity
    let barren = 0
    let page = 1
    for (; page <= Math.min(limit, this.#lastPage); page++) {
      if (this.isStopping()) throw new PullInterrupted()
      const found = await this.#logged((session) =>
        this.open.site.list(session.credential, session.account, { page, since: this.run.watermark }),
      )
      if (found.rows === 0) break
      total = found.total
      rowsSoFar += found.rows
      limit = total === null ? Infinity : page + Math.ceil(Math.max(0, total - rowsSoFar) / found.rows) + SPARE_PAGES
      const fresh = await this.#takePage(found)
      barren = fresh === 0 ? barren + 1 : 0
      // Without a total, the end is a page that brings nothing new: some sites repeat their last page for ever.
      if (total === null ? fresh === 0 : this.#seen.size >= total) break
      if (this.#lastPage === Infinity && barren > SPARE_PAGES) break
    }
    if (this.#lastPage === Infinity) this.#lastPage = page + SPARE_PAGES
    return total
  }

  /** Runs `work` with a login; one that the site refuses is renewed once. */
  async #logged<T>(work: (session: HeldSession) => Promise<T>): Promise<T> {
    const at = { system: this.run.system_name, account: this.run.account }
    const hold = () => this.#hold(at)
    const session = (this.#session ??= await hold())
    try {
      return await work(session)
    } catch (error) {
      if (!(error instanceof UpstreamError) || error.kind !== 'unauthenticated') throw error
      await this.deps.sessions.retire(session)
      if (this.#session === session) this.#session = null
      this.#session ??= await hold()
      return work(this.#session)
    }
  }

  async #hold(at: { system: string; account: string }): Promise<HeldSession> {
    const { isStopping } = this
    try {
      return await this.deps.sessions.hold(at, { patienceMs: PATIENCE_MS, isStopping })
    } catch (error) {
      throw isStopping() ? new PullInterrupted('', { cause: error }) : error
    }
  }

  /** @returns how many of the page's orders were not seen before in this run */
  async #takePage({ orders, total }: ListPage): Promise<number> {
    const fresh = [...new Map(orders.map((order) => [order.externalNo, order])).values()].filter(
      ({ externalNo }) => !this.#seen.has(externalNo),
    )
    const known = new Map(
      (
        await this.deps.repository.known(
          this.run.system_name,
          fresh.map((order) => order.externalNo),
        )
      ).map((row) => [row.external_no, row]),
    )
    const found = await this.#withDetails(fresh, known)
    await this.deps.transaction(async (trx) => {
      const counters = { seen: this.run.seen + fresh.length, created: 0, updated: 0, unchanged: 0, details_failed: 0 }
      for (const one of found) {
        counters[await this.#write(trx, one)] += 1
        if (one.detail?.state === 'failed') counters.details_failed += 1
      }
      for (const name of ['created', 'updated', 'unchanged', 'details_failed'] as const)
        counters[name] += this.run[name]
      await this.#save({ ...counters, total: total ?? counters.seen }, trx)
    })
    this.#tell()
    for (const { externalNo, time } of fresh) {
      this.#seen.add(externalNo)
      if (time !== null && (this.#newest === null || time > this.#newest)) this.#newest = time
    }
    return fresh.length
  }

  async #withDetails(orders: ExternalOrder[], known: Map<string, KnownOrder>): Promise<Found[]> {
    const found: Found[] = orders.map((order) => ({ order, known: known.get(order.externalNo), detail: null }))
    const wanted = found.filter(
      ({ order, known: row }) => row?.content_hash !== order.contentHash || row.detail_state === 'failed',
    )
    const queue = wanted.values()
    const work = async () => {
      for (const one of queue) {
        if (this.isStopping()) throw new PullInterrupted()
        one.detail = await this.#detail(one.order.externalNo)
      }
    }
    await Promise.all(Array.from({ length: DETAILS_AT_ONCE }, work))
    return found
  }

  /** A detail that cannot be read leaves the list's row; the next pull tries it again. */
  async #detail(externalNo: string): Promise<NonNullable<Found['detail']>> {
    const { site } = this.open
    if (!site.hasDetails) return { state: 'fetched', text: null }
    try {
      const detail = await this.#logged(({ credential, account }) => site.detail(credential, account, externalNo))
      return { state: 'fetched', text: JSON.stringify(detail) }
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error
      return { state: 'failed', text: null }
    }
  }

  async #write(trx: Db, found: Found): Promise<Counted> {
    const { known, order, detail } = found
    if (!known) {
      await this.#insert(trx, found)
      return 'created'
    }
    const isOurs = known.last_run_id === this.run.id
    const counted = known.first_run_id === this.run.id ? 'created' : 'updated'
    if (known.content_hash === order.contentHash) {
      const changes = { detail: detail?.text ?? null, detail_state: 'fetched' as const }
      if (detail?.state === 'fetched') await this.deps.repository.updateOrder(known.id, changes, trx)
      // Written by this run before it was broken off: counted as what it was.
      return isOurs ? counted : 'unchanged'
    }
    await this.deps.repository.updateOrder(known.id, this.#columns(found), trx)
    return counted
  }

  #insert(trx: Db, found: Found): Promise<void> {
    const { repository, now } = this.deps
    return repository.insertOrder(
      {
        detail: null,
        ...this.#columns(found),
        id: newId(),
        system_name: this.run.system_name,
        external_no: found.order.externalNo,
        number_key: exactKey(found.order.externalNo),
        first_run_id: this.run.id,
        first_seen_at: now(),
        task_id: null,
        task_number: null,
      },
      trx,
    )
  }

  #columns({ order, detail }: Found) {
    return {
      ...columnsOf(order),
      detail_state: detail?.state ?? ('failed' as const),
      ...(detail?.state === 'fetched' ? { detail: detail.text } : {}),
      last_run_id: this.run.id,
      last_seen_at: this.deps.now(),
    }
  }

  #tell(): void {
    if (performance.now() - this.#toldAt < TELL_EVERY_MS) return
    this.#toldAt = performance.now()
    this.deps.live.publish({ topic: 'pull', id: this.run.id, event: 'PROGRESS' })
  }

  async #save(changes: Partial<PullRow>, trx?: Db): Promise<void> {
    if (!(await this.deps.repository.holdRun(this.run, changes, trx))) throw new PullLost()
    Object.assign(this.run, changes)
  }
}

const columnsOf = ({ externalNo: _no, time, contentHash, payload, ...columns }: ExternalOrder) => ({
  ...columns,
  external_time: time,
  payload: JSON.stringify(payload),
  content_hash: contentHash,
})
