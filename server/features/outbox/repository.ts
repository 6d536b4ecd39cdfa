import type { Selectable, Updateable } from 'kysely'
import type { OutboxState } from '../../../types/api/admin'
import type { Database, Db } from '../../db/database'
import type { OutboxTable } from '../../db/partner-schema'
import { contains, first, pageWithTotal } from '../../db/sql-kit'

export type OutboxRow = Selectable<OutboxTable>

export interface OutboxFilter {
  state?: OutboxState
  /** A topic (`ngs.send`) or a whole system (`ngs`). */
  topic?: string
  /** Nothing goes on without a person: something is missing, its end is in doubt, or it was given up. */
  waiting?: boolean
  q?: string
}

export interface OutboxDepth {
  system_name: string
  topic: string
  state: OutboxState
  count: number
}

const UNSENT: OutboxState[] = ['PENDING', 'SENDING', 'UNKNOWN', 'DEAD']

export function createOutboxRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  const filtered = ({ state, topic, waiting, q }: OutboxFilter) =>
    db
      .selectFrom('outbox')
      .$if(state !== undefined, (query) => query.where('state', '=', state!))
      .$if(topic !== undefined, (query) =>
        query.where((eb) => eb.or([eb('topic', '=', topic!), eb('system_name', '=', topic!)])),
      )
      .$if(waiting === true, (query) =>
        query.where((eb) => eb.or([eb('waiting_for', 'is not', null), eb('state', 'in', ['UNKNOWN', 'DEAD'])])),
      )
      .$if(q !== undefined, (query) =>
        query.where((eb) =>
          eb.or(['id', 'key', 'subject', 'last_error', 'note'].map((column) => contains(column, q!))),
        ),
      )

  return {
    /** The number of the key's newest entry; 0 when there is none. */
    lastSeq: async (on: Db, system: string, key: string): Promise<number> => {
      const row = await on
        .selectFrom('outbox')
        .select((eb) => eb.fn.max('seq').as('last'))
        .where('system_name', '=', system)
        .where('key', '=', key)
        .executeTakeFirst()
      return row?.last ?? 0
    },

    insert: async (on: Db, row: OutboxRow): Promise<void> => {
      await on.insertInto('outbox').values(row).execute()
    },

    find: async (id: string, on: Db = db): Promise<OutboxRow | null> =>
      (await on.selectFrom('outbox').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,

    /** What is to be sent now, longest due first: of each key only the entry all of whose predecessors are sent. */
    due: (now: Date, count: number): Promise<OutboxRow[]> =>
      first(
        db
          .selectFrom('outbox as entry')
          .selectAll('entry')
          .where('entry.state', '=', 'PENDING')
          .where('entry.next_attempt_at', '<=', now)
          .where((eb) =>
            eb.not(
              eb.exists(
                eb
                  .selectFrom('outbox as earlier')
                  .select('earlier.id')
                  .whereRef('earlier.system_name', '=', 'entry.system_name')
                  .whereRef('earlier.key', '=', 'entry.key')
                  .whereRef('earlier.seq', '<', 'entry.seq')
                  .where('earlier.state', '<>', 'SENT'),
              ),
            ),
          )
          .orderBy('entry.next_attempt_at')
          .orderBy('entry.id'),
        engine,
        count,
      ).execute(),

    /** Takes an entry for one attempt; of several processes one succeeds. */
    claim: async (id: string, { claim, until, now }: { claim: string; until: Date; now: Date }): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('outbox')
        .set((eb) => ({
          state: 'SENDING',
          claim,
          claimed_until: until,
          attempts: eb('attempts', '+', 1),
          updated_at: now,
        }))
        .where('id', '=', id)
        .where('state', '=', 'PENDING')
        .where('next_attempt_at', '<=', now)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    /** Writes what came of an attempt, unless the entry is no longer this claim's. */
    settle: async (
      on: Db,
      { id, claim, from }: { id: string; claim: string; from: OutboxState[] },
      changes: Updateable<OutboxTable>,
    ): Promise<boolean> => {
      const { numUpdatedRows } = await on
        .updateTable('outbox')
        .set(changes)
        .where('id', '=', id)
        .where('claim', '=', claim)
        .where('state', 'in', from)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    /** Entries whose process did not come back with a result. */
    abandoned: (now: Date): Promise<OutboxRow[]> =>
      db.selectFrom('outbox').selectAll().where('state', '=', 'SENDING').where('claimed_until', '<', now).execute(),

    /** A person's decision; false when the entry is in none of these states any more. */
    change: async (
      on: Db,
      { id, from }: { id: string; from: OutboxState[] },
      changes: Updateable<OutboxTable>,
    ): Promise<boolean> => {
      const { numUpdatedRows } = await on
        .updateTable('outbox')
        .set(changes)
        .where('id', '=', id)
        .where('state', 'in', from)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    /** What waits under this key is looked at again now. */
    wakeKey: async (on: Db, { system, key, now }: { system: string; key: string; now: Date }): Promise<void> => {
      await on
        .updateTable('outbox')
        .set({ next_attempt_at: now })
        .where('system_name', '=', system)
        .where('key', '=', key)
        .where('state', '=', 'PENDING')
        .execute()
    },

    /** The system answers again: what it never saw need not wait out its pause. */
    hasten: async (system: string, now: Date): Promise<void> => {
      await db
        .updateTable('outbox')
        .set({ next_attempt_at: now })
        .where('system_name', '=', system)
        .where('state', '=', 'PENDING')
        .where('next_attempt_at', '>', now)
        .where('refusals', '=', 0)
        .where('waiting_for', 'is', null)
        .execute()
    },

    /** Newest first. */
    list: (filter: OutboxFilter, page: { page: number; size: number }) => {
      const some = filtered(filter)
      const rows = some.selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc')
      return pageWithTotal({ filtered: some, rows }, engine, page)
    },

    /** How many entries of each topic are in each state; those that are sent are many and left out. */
    depth: (): Promise<OutboxDepth[]> =>
      db
        .selectFrom('outbox')
        .select((eb) => ['system_name', 'topic', 'state', eb.fn.countAll<number>().as('count')])
        .where('state', 'in', UNSENT)
        .groupBy(['system_name', 'topic', 'state'])
        .execute(),
  }
}

export type OutboxRepository = ReturnType<typeof createOutboxRepository>
