import type { Logger } from 'pino'
import type { Wxwork } from '../../connectors/wxwork'
import type { Database } from '../../db/database'
import { isUniqueViolation } from '../../db/db-error'
import { newId } from '../../ids'
import type { ContactKind, ListingRow } from './listing-rows'
import type { WxworkRepository, WxworkSession } from './repository'

const PAGE = 100
const MAX_PAGES = 1000
/** A page that takes longer than this is read by somebody who died. */
const LEASE_MS = 60_000

export interface Listing {
  uuid: string
  state: ListingRow['state']
  innerCount: number
  externalCount: number
  inner: unknown[]
  external: unknown[]
  error: string | null
  startedAt: string
  finishedAt: string | null
}

export interface ListingDeps {
  repository: WxworkRepository
  wxwork: Wxwork | null
  transaction: Database['transaction']
  log: Logger
  now: () => Date
}

type Step = Partial<ListingRow>

/** Reads one page and keeps it with the place of the next. @returns whether there is one */
function createStep({ repository, wxwork, transaction, now }: ListingDeps, owner: string) {
  return async function step(row: ListingRow): Promise<boolean> {
    const session = await repository.find(row.session_id)
    const request = { uuid: session?.uuid ?? '', limit: PAGE, strSeq: row.str_seq }
    const page = await (row.kind === 'inner' ? wxwork!.innerContacts(request) : wxwork!.externalContacts(request))
    const changes = nextStep(row, page)
    if (changes.state === 'done') changes.finished_at = now()
    return transaction(async (trx) => {
      const mine = await repository.moveListing(
        row.session_id,
        owner,
        { ...changes, owned_until: new Date(now().getTime() + LEASE_MS) },
        trx,
      )
      if (!mine) return false
      const { session_id, kind, page_no } = row
      const contacts = JSON.stringify(page.list)
      await repository.insertContacts({ id: newId(), session_id, kind, page_no, contacts }, trx)
      return changes.state === 'running'
    })
  }
}

/** Every contact of an account, page after page; each page is kept, so that another process can go on from there. */
export function createListings(deps: ListingDeps) {
  const { repository, wxwork, transaction, log, now } = deps
  const owner = newId()
  const step = createStep(deps, owner)
  const running = new Map<string, Promise<void>>()
  let stopping = false
  const until = () => new Date(now().getTime() + LEASE_MS)

  async function read(sessionId: string): Promise<void> {
    try {
      for (let more = true; more && !stopping;) {
        const row = await repository.findListing(sessionId)
        more = row?.state === 'running' && row.owner === owner && (await step(row))
      }
    } catch (error) {
      log.warn({ err: error, session: sessionId }, 'contacts could not be listed')
      const failed: Step = { state: 'failed', error: '网关没有给出全部联系人', finished_at: now() }
      await repository.moveListing(sessionId, owner, failed)
    }
  }

  /** Of several who begin at once one does. */
  async function begin(sessionId: string): Promise<void> {
    try {
      await transaction((trx) => repository.beginListing({ sessionId, owner, now: now(), until: until() }, trx))
    } catch (error) {
      if (!isUniqueViolation(error)) throw error
    }
  }

  function run(sessionId: string): void {
    if (running.has(sessionId) || stopping) return
    const broken = (error: unknown) => log.error({ err: error }, 'listing of contacts broke off')
    const work = read(sessionId).catch(broken)
    running.set(
      sessionId,
      work.finally(() => running.delete(sessionId)),
    )
  }

  return {
    /** Begins anew, unless it is under way. */
    async start(session: WxworkSession): Promise<Listing> {
      const present = await repository.findListing(session.id)
      if (present?.state !== 'running') await begin(session.id)
      run(session.id)
      return (await findListing(repository, session))!
    },
    find: (session: WxworkSession) => findListing(repository, session),
    /** Goes on with what a process left unfinished. */
    async resume(): Promise<void> {
      if (!wxwork) return
      for (const { session_id } of await repository.abandonedListings(now()))
        if (await repository.takeListing(session_id, { owner, now: now(), until: until() })) run(session_id)
    },
    async stop(): Promise<void> {
      stopping = true
      await Promise.all(running.values())
    },
  }
}

export type Listings = ReturnType<typeof createListings>

async function findListing(repository: WxworkRepository, session: WxworkSession): Promise<Listing | null> {
  const row = await repository.findListing(session.id)
  return row && toListing(session, row, await repository.contactPages(session.id))
}

/** Where to go on after a page: colleagues first, then customers. */
function nextStep(row: ListingRow, { list, nextSeq }: { list: unknown[]; nextSeq: string }): Step {
  const counted: Step =
    row.kind === 'inner'
      ? { inner_count: row.inner_count + list.length }
      : { external_count: row.external_count + list.length }
  // A gateway that answers the same place again would keep us here for ever.
  const isLast = list.length === 0 || nextSeq === '' || nextSeq === row.str_seq || row.page_no >= MAX_PAGES
  if (!isLast) return { ...counted, state: 'running', str_seq: nextSeq, page_no: row.page_no + 1 }
  if (row.kind === 'inner') return { ...counted, state: 'running', kind: 'external', str_seq: '', page_no: 1 }
  return { ...counted, state: 'done' }
}

function toListing(
  { uuid }: WxworkSession,
  row: ListingRow,
  pages: { kind: ContactKind; contacts: string }[],
): Listing {
  const contactsOf = (kind: ContactKind) =>
    pages.filter((page) => page.kind === kind).flatMap(({ contacts }) => JSON.parse(contacts) as unknown[])
  return {
    uuid,
    state: row.state,
    innerCount: row.inner_count,
    externalCount: row.external_count,
    inner: contactsOf('inner'),
    external: contactsOf('external'),
    error: row.error,
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  }
}
