import type { Insertable, Selectable, Updateable } from 'kysely'
import type { Database, Db } from '../../db/database'
import type { WxworkContactPageTable, WxworkListingTable } from '../../db/wxwork-schema'

export type ListingRow = Selectable<WxworkListingTable>
export type ContactKind = WxworkContactPageTable['kind']

interface Turn {
  owner: string
  now: Date
  until: Date
}

const FRESH = {
  state: 'running',
  kind: 'inner',
  str_seq: '',
  page_no: 1,
  inner_count: 0,
  external_count: 0,
  error: null,
  finished_at: null,
} as const

/** From the first page, without what an earlier listing had. One under way is a unique violation. */
async function beginListing({ sessionId, owner, now, until }: Turn & { sessionId: string }, on: Db): Promise<void> {
  await on.deleteFrom('wxwork_listing').where('session_id', '=', sessionId).where('state', '<>', 'running').execute()
  await on
    .insertInto('wxwork_listing')
    .values({ ...FRESH, session_id: sessionId, owner, owned_until: until, started_at: now })
    .execute()
  await on.deleteFrom('wxwork_contact_page').where('session_id', '=', sessionId).execute()
}

/** Queries about the listing of an account's contacts; part of the feature's repository. */
export function listingQueries({ db }: Pick<Database, 'db'>) {
  return {
    findListing: async (sessionId: string): Promise<ListingRow | null> =>
      (await db.selectFrom('wxwork_listing').selectAll().where('session_id', '=', sessionId).executeTakeFirst()) ??
      null,

    beginListing,

    /** Writes how far it is; false where it is no longer this owner's. */
    moveListing: async (
      sessionId: string,
      owner: string,
      changes: Updateable<WxworkListingTable>,
      on: Db = db,
    ): Promise<boolean> => {
      const { numUpdatedRows } = await on
        .updateTable('wxwork_listing')
        .set(changes)
        .where('session_id', '=', sessionId)
        .where('owner', '=', owner)
        .where('state', '=', 'running')
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    /** Listings whose process did not come back. */
    abandonedListings: (now: Date): Promise<{ session_id: string }[]> =>
      db
        .selectFrom('wxwork_listing')
        .select('session_id')
        .where('state', '=', 'running')
        .where('owned_until', '<', now)
        .execute(),

    /** Of several processes one goes on with it. */
    takeListing: async (sessionId: string, { owner, now, until }: Turn): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('wxwork_listing')
        .set({ owner, owned_until: until })
        .where('session_id', '=', sessionId)
        .where('state', '=', 'running')
        .where('owned_until', '<', now)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    insertContacts: async (row: Insertable<WxworkContactPageTable>, on: Db): Promise<void> => {
      await on.insertInto('wxwork_contact_page').values(row).execute()
    },

    contactPages: (sessionId: string): Promise<{ kind: ContactKind; contacts: string }[]> =>
      db
        .selectFrom('wxwork_contact_page')
        .select(['kind', 'contacts'])
        .where('session_id', '=', sessionId)
        .orderBy('kind')
        .orderBy('page_no')
        .execute(),
  }
}
