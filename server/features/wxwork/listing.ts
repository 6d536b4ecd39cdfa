import type { Wxwork } from '../../connectors/wxwork'

const PAGE = 100
const MAX_PAGES = 1000

export interface Listing {
  uuid: string
  state: 'running' | 'done' | 'failed'
  innerCount: number
  externalCount: number
  inner: unknown[]
  external: unknown[]
  error: string | null
  startedAt: string
  finishedAt: string | null
}

type Page = { list: unknown[]; nextSeq: string }

/** Every contact of an account, page after page, with its progress to look at. */
export function createListings({ wxwork, now }: { wxwork: Wxwork | null; now: () => Date }) {
  const listings = new Map<string, Listing>()

  async function all(fetchPage: (strSeq: string) => Promise<Page>, add: (list: unknown[]) => void): Promise<void> {
    const seen = new Set<string>()
    let strSeq = ''
    for (let page = 0; page < MAX_PAGES; page++) {
      const { list, nextSeq } = await fetchPage(strSeq)
      add(list)
      // A gateway that answers the same place again would keep us here for ever.
      if (list.length === 0 || nextSeq === '' || nextSeq === strSeq || seen.has(nextSeq)) return
      seen.add(nextSeq)
      strSeq = nextSeq
    }
  }

  async function read(listing: Listing): Promise<void> {
    const { uuid } = listing
    try {
      await all(
        (strSeq) => wxwork!.innerContacts({ uuid, limit: PAGE, strSeq }),
        (list) => (listing.innerCount = listing.inner.push(...list)),
      )
      await all(
        (strSeq) => wxwork!.externalContacts({ uuid, limit: PAGE, strSeq }),
        (list) => (listing.externalCount = listing.external.push(...list)),
      )
      listing.state = 'done'
    } catch {
      listing.state = 'failed'
      listing.error = '网关没有给出全部联系人'
    }
    listing.finishedAt = now().toISOString()
  }

  return {
    /** Begins, unless it is under way. */
    start(uuid: string): Listing {
      const present = listings.get(uuid)
      if (present?.state === 'running') return present
      const listing: Listing = {
        uuid,
        state: 'running',
        innerCount: 0,
        externalCount: 0,
        inner: [],
        external: [],
        error: null,
        startedAt: now().toISOString(),
        finishedAt: null,
      }
      listings.set(uuid, listing)
      void read(listing)
      return listing
    },
    find: (uuid: string): Listing | null => listings.get(uuid) ?? null,
  }
}
