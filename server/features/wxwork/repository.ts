import type { Insertable, Selectable, Updateable } from 'kysely'
import type { Database, Db } from '../../db/database'
import { isUniqueViolation } from '../../db/db-error'
import { first, paged, prepareInsert, removeOld } from '../../db/sql-kit'
import type {
  WxworkEventTable,
  WxworkMessageTable,
  WxworkNoticeTable,
  WxworkSessionTable,
} from '../../db/wxwork-schema'
import { listingQueries } from './listing-rows'

export type WxworkSession = Selectable<WxworkSessionTable>
export type WxworkEvent = Selectable<WxworkEventTable>
export type WxworkNotice = Selectable<WxworkNoticeTable>
export type WxworkMessage = Selectable<WxworkMessageTable>
export type SessionChanges = Updateable<WxworkSessionTable>
export type MessageChanges = Updateable<WxworkMessageTable>

const MONITOR = 'monitor'

export function createWxworkRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  const insertNotice = prepareInsert(db, 'wxwork_notice')
  const insertEvent = prepareInsert(db, 'wxwork_event')
  const session = (on: Db = db) => on.selectFrom('wxwork_session').selectAll()

  async function storeNotice(row: WxworkNotice): Promise<boolean> {
    try {
      await insertNotice(row)
      return true
    } catch (error) {
      if (isUniqueViolation(error)) return false
      throw error
    }
  }

  return {
    ...listingQueries({ db }),

    find: async (id: string, on: Db = db): Promise<WxworkSession | null> =>
      (await session(on).where('id', '=', id).executeTakeFirst()) ?? null,

    findByUuid: async (uuid: string, on: Db = db): Promise<WxworkSession | null> =>
      (await session(on).where('uuid', '=', uuid).executeTakeFirst()) ?? null,

    /** The newest session of an account. */
    findByVid: async (vid: string, on: Db = db): Promise<WxworkSession | null> =>
      (await first(session(on).where('vid', '=', vid).orderBy('created_at', 'desc'), engine, 1).executeTakeFirst()) ??
      null,

    /** The one the console chose last. */
    active: async (): Promise<WxworkSession | null> =>
      (await first(
        session().where('active_at', 'is not', null).orderBy('active_at', 'desc').orderBy('id', 'desc'),
        engine,
        1,
      ).executeTakeFirst()) ?? null,

    /** Sealed options of the session made last that has some. */
    newestOptions: async (): Promise<string | null> => {
      const sealed = session().where('init_options', 'is not', null).orderBy('id', 'desc')
      return (await first(sealed, engine, 1).executeTakeFirst())?.init_options ?? null
    },

    list: (on?: Db): Promise<WxworkSession[]> => session(on).orderBy('created_at').orderBy('id').execute(),

    insert: async (row: WxworkSession, on: Db = db): Promise<void> => {
      await on.insertInto('wxwork_session').values(row).execute()
    },

    /** With `version`: false, and nothing is written, where the row was changed since it was read. */
    update: async (
      { id, version }: { id: string; version?: number },
      changes: SessionChanges,
      on: Db = db,
    ): Promise<boolean> => {
      const { numUpdatedRows } = await on
        .updateTable('wxwork_session')
        .set((eb) => ({ ...changes, version: eb('version', '+', 1) }))
        .where('id', '=', id)
        .$if(version !== undefined, (query) => query.where('version', '=', version!))
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    dueForCheck: (now: Date): Promise<WxworkSession[]> =>
      session().where('next_check_at', '<=', now).orderBy('next_check_at').orderBy('id').execute(),

    /** Of several processes one makes the check. */
    takeCheck: async (row: { id: string; version: number }, until: Date): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('wxwork_session')
        .set({ next_check_at: until, version: row.version + 1 })
        .where('id', '=', row.id)
        .where('version', '=', row.version)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    monitorEnabled: async (): Promise<boolean> => {
      const row = await db.selectFrom('wxwork_monitor').select('enabled').where('id', '=', MONITOR).executeTakeFirst()
      return row?.enabled ?? true
    },

    setMonitor: async (enabled: boolean, now: Date): Promise<void> => {
      const update = () =>
        db.updateTable('wxwork_monitor').set({ enabled, updated_at: now }).where('id', '=', MONITOR).executeTakeFirst()
      if ((await update()).numUpdatedRows > 0n) return
      try {
        await db.insertInto('wxwork_monitor').values({ id: MONITOR, enabled, updated_at: now }).execute()
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
        await update()
      }
    },

    insertEvent: (row: WxworkEvent, on: Db = db): Promise<void> => insertEvent(row, on),

    /** Keeps the newest `keep` events of a session. */
    pruneEvents: async (sessionId: string, keep: number): Promise<void> => {
      const oldest = await paged(
        db.selectFrom('wxwork_event').select('id').where('session_id', '=', sessionId).orderBy('id', 'desc'),
        engine,
        { page: keep, size: 1 },
      ).executeTakeFirst()
      if (oldest)
        await db.deleteFrom('wxwork_event').where('session_id', '=', sessionId).where('id', '<', oldest.id).execute()
    },

    /** Newest first. */
    events: (count: number): Promise<WxworkEvent[]> =>
      first(db.selectFrom('wxwork_event').selectAll().orderBy('id', 'desc'), engine, count).execute(),

    countEvents: async (): Promise<number> => {
      const row = await db
        .selectFrom('wxwork_event')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return Number(row.count)
    },

    /** In one statement, unless a repeat is among them. @returns in their order, false for one that is there already */
    storeNotices: async (rows: WxworkNotice[]): Promise<boolean[]> => {
      if (rows.length > 1)
        try {
          await db.insertInto('wxwork_notice').values(rows).execute()
          return rows.map(() => true)
        } catch (error) {
          if (!isUniqueViolation(error)) throw error
        }
      const stored: boolean[] = []
      for (const row of rows) stored.push(await storeNotice(row))
      return stored
    },

    /** Oldest first. */
    openNotices: (count: number): Promise<WxworkNotice[]> =>
      first(
        db.selectFrom('wxwork_notice').selectAll().where('processed_at', 'is', null).orderBy('id'),
        engine,
        count,
      ).execute(),

    /** Of several processes one processes a notice. @returns which of them are the caller's */
    takeNotices: async (ids: string[], now: Date, on: Db): Promise<Set<string>> => {
      const take = on
        .updateTable('wxwork_notice')
        .set({ processed_at: now })
        .where('id', 'in', ids)
        .where('processed_at', 'is', null)
      const taken = await (engine === 'mssql' ? take.output('inserted.id as id') : take.returning('id')).execute()
      return new Set(taken.map(({ id }) => id))
    },

    pruneNotices: (before: Date): Promise<number> =>
      removeOld(
        { db, engine },
        {
          table: 'wxwork_notice',
          key: 'id',
          order: 'received_at',
          old: (eb) => eb.and([eb('received_at', '<', before), eb('processed_at', 'is not', null)]),
        },
      ),

    insertMessage: async (row: Insertable<WxworkMessageTable>, on: Db = db): Promise<number> => {
      const { id } = await (engine === 'mssql'
        ? on.insertInto('wxwork_message').values(row).output('inserted.id as id').executeTakeFirstOrThrow()
        : on.insertInto('wxwork_message').values(row).returning('id').executeTakeFirstOrThrow())
      return Number(id)
    },

    findMessage: async (id: number): Promise<WxworkMessage | null> =>
      (await db.selectFrom('wxwork_message').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,

    /** Accounts with something to send or under way. */
    busySessions: async (): Promise<string[]> => {
      const rows = await db
        .selectFrom('wxwork_message')
        .select('session_id')
        .distinct()
        .where('state', 'in', ['PENDING', 'SENDING'])
        .execute()
      return rows.map((row) => row.session_id)
    },

    /** The account's turn: free, its pause over, and nobody else's. */
    takeTurn: async (
      id: string,
      { owner, until, now }: { owner: string; until: Date; now: Date },
    ): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('wxwork_session')
        .set({ send_owner: owner, send_until: until })
        .where('id', '=', id)
        .where((eb) => eb.or([eb('send_until', 'is', null), eb('send_until', '<', now)]))
        .where((eb) => eb.or([eb('next_send_at', 'is', null), eb('next_send_at', '<=', now)]))
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    endTurn: async (id: string, owner: string, nextSendAt: Date | null): Promise<void> => {
      await db
        .updateTable('wxwork_session')
        .set({ send_owner: null, send_until: null, ...(nextSendAt ? { next_send_at: nextSendAt } : {}) })
        .where('id', '=', id)
        .where('send_owner', '=', owner)
        .execute()
    },

    /** What is on its way, or was when its process died. */
    sending: (sessionId: string): Promise<WxworkMessage[]> =>
      db
        .selectFrom('wxwork_message')
        .selectAll()
        .where('session_id', '=', sessionId)
        .where('state', '=', 'SENDING')
        .orderBy('id')
        .execute(),

    nextMessage: async (sessionId: string, { patientToo }: { patientToo: boolean }): Promise<WxworkMessage | null> =>
      (await first(
        db
          .selectFrom('wxwork_message')
          .selectAll()
          .where('session_id', '=', sessionId)
          .where('state', '=', 'PENDING')
          .$if(!patientToo, (query) => query.where('patient', '=', false))
          .orderBy('id'),
        engine,
        1,
      ).executeTakeFirst()) ?? null,

    /** Before it goes out: from here on it never goes out again. The turn is kept as well. */
    beginSending: async (
      on: Db,
      { id, sessionId, owner }: { id: number; sessionId: string; owner: string },
      { now, nextSendAt }: { now: Date; nextSendAt: Date },
    ): Promise<boolean> => {
      const turn = await on
        .updateTable('wxwork_session')
        .set({ next_send_at: nextSendAt })
        .where('id', '=', sessionId)
        .where('send_owner', '=', owner)
        .executeTakeFirst()
      if (turn.numUpdatedRows !== 1n) return false
      const { numUpdatedRows } = await on
        .updateTable('wxwork_message')
        .set({ state: 'SENDING', started_at: now })
        .where('id', '=', id)
        .where('state', '=', 'PENDING')
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    settleMessage: async (id: number, changes: MessageChanges, on: Db = db): Promise<void> => {
      await on.updateTable('wxwork_message').set(changes).where('id', '=', id).execute()
    },

    /** When the account's newest `count` messages went out, newest first. */
    recentStarts: async (sessionId: string, since: Date, count: number): Promise<Date[]> => {
      const rows = await first(
        db
          .selectFrom('wxwork_message')
          .select('started_at')
          .where('session_id', '=', sessionId)
          .where('started_at', '>', since)
          .orderBy('started_at', 'desc'),
        engine,
        count,
      ).execute()
      return rows.flatMap(({ started_at }) => started_at ?? [])
    },

    countWaiting: async (): Promise<{ session_id: string; count: number }[]> => {
      const rows = await db
        .selectFrom('wxwork_message')
        .select((eb) => ['session_id', eb.fn.countAll<number>().as('count')])
        .where('state', 'in', ['PENDING', 'SENDING'])
        .groupBy('session_id')
        .execute()
      return rows.map(({ session_id, count }) => ({ session_id, count: Number(count) }))
    },

    /** Newest first. */
    messages: (sessionId: string, count: number): Promise<WxworkMessage[]> =>
      first(
        db.selectFrom('wxwork_message').selectAll().where('session_id', '=', sessionId).orderBy('id', 'desc'),
        engine,
        count,
      ).execute(),
  }
}

export type WxworkRepository = ReturnType<typeof createWxworkRepository>
