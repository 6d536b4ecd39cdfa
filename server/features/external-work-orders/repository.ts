import type { Selectable, Updateable } from 'kysely'
import type { Database, Db } from '../../db/database'
import { exactKey } from '../../db/exact-key'
import type { ExternalPullRunTable, ExternalWorkOrderTable } from '../../db/external-schema'
import { contains, pageWithTotal } from '../../db/sql-kit'

export type PullRow = Selectable<ExternalPullRunTable>
export type ExternalOrderRow = Selectable<ExternalWorkOrderTable>
export type KnownOrder = Pick<
  ExternalOrderRow,
  'id' | 'external_no' | 'content_hash' | 'detail_state' | 'first_run_id' | 'last_run_id'
>

/** A site may put all its orders on one page; a statement takes about 2,000 parameters. */
const NUMBERS_AT_ONCE = 1_000

export interface OrderFilter {
  system?: string
  q?: string
  /** Whether it is a task of ours by now. */
  imported?: boolean
}

export function createExternalWorkOrderRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  return {
    findRun: async (id: string): Promise<PullRow | null> =>
      (await db.selectFrom('external_pull_run').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,

    /** Newest first. */
    runs: (systemName: string | undefined, page: { page: number; size: number }) => {
      const filtered = db
        .selectFrom('external_pull_run')
        .$if(systemName !== undefined, (query) => query.where('system_name', '=', systemName!))
      const rows = filtered.selectAll().orderBy('create_time', 'desc').orderBy('id', 'desc')
      return pageWithTotal({ filtered, rows }, engine, page)
    },

    /** The pull of a system that is not over. */
    liveRun: async (systemName: string): Promise<PullRow | null> =>
      (await db.selectFrom('external_pull_run').selectAll().where('live_key', '=', systemName).executeTakeFirst()) ??
      null,

    /** Pulls that nobody works at: queued, or left behind by a process that ended. */
    orphans: (now: Date): Promise<PullRow[]> =>
      db
        .selectFrom('external_pull_run')
        .selectAll()
        .where('live_key', 'is not', null)
        .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<=', now)]))
        .execute(),

    insertRun: async (row: PullRow, on: Db): Promise<void> => {
      await on.insertInto('external_pull_run').values(row).execute()
    },

    /** @returns the run with its new fencing token; null: somebody else works at it */
    takeRun: async ({ id, owner, now, until }: { id: string; owner: string; now: Date; until: Date }) => {
      const { numUpdatedRows } = await db
        .updateTable('external_pull_run')
        .set((eb) => ({ lease_owner: owner, lease_until: until, fencing_token: eb('fencing_token', '+', 1) }))
        .where('id', '=', id)
        .where('live_key', 'is not', null)
        .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<=', now)]))
        .executeTakeFirst()
      if (numUpdatedRows !== 1n) return null
      const row = await db.selectFrom('external_pull_run').selectAll().where('id', '=', id).executeTakeFirst()
      return row?.lease_owner === owner ? row : null
    },

    /** @returns false: somebody has taken over */
    holdRun: async (
      { id, fencing_token }: Pick<PullRow, 'id' | 'fencing_token'>,
      changes: Updateable<ExternalPullRunTable>,
      on: Db = db,
    ): Promise<boolean> => {
      const { numUpdatedRows } = await on
        .updateTable('external_pull_run')
        .set(changes)
        .where('id', '=', id)
        .where('fencing_token', '=', fencing_token)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    /** Which of these orders of a system's are known already. */
    known: async (systemName: string, numbers: string[]): Promise<KnownOrder[]> => {
      const rows: KnownOrder[] = []
      for (let start = 0; start < numbers.length; start += NUMBERS_AT_ONCE)
        rows.push(
          ...(await db
            .selectFrom('external_work_order')
            .select(['id', 'external_no', 'content_hash', 'detail_state', 'first_run_id', 'last_run_id'])
            .where('system_name', '=', systemName)
            .where('number_key', 'in', numbers.slice(start, start + NUMBERS_AT_ONCE).map(exactKey))
            .execute()),
        )
      return rows
    },

    insertOrder: async (row: ExternalOrderRow, on: Db): Promise<void> => {
      await on.insertInto('external_work_order').values(row).execute()
    },

    updateOrder: async (id: string, changes: Updateable<ExternalWorkOrderTable>, on: Db): Promise<void> => {
      await on.updateTable('external_work_order').set(changes).where('id', '=', id).execute()
    },

    /** Locks an order for this transaction and reads it: of several who import it at once one makes the task. */
    lockOrder: async (id: string, trx: Db): Promise<ExternalOrderRow | null> => {
      await trx
        .updateTable('external_work_order')
        .set((eb) => ({ task_id: eb.ref('task_id') }))
        .where('id', '=', id)
        .execute()
      const row = await trx.selectFrom('external_work_order').selectAll().where('id', '=', id).executeTakeFirst()
      return row ?? null
    },

    /** Links an order to its task. @returns false where it has one */
    link: async (id: string, task: { id: string; task_id: string }, on: Db): Promise<boolean> => {
      const { numUpdatedRows } = await on
        .updateTable('external_work_order')
        .set({ task_id: task.id, task_number: task.task_id })
        .where('id', '=', id)
        .where('task_id', 'is', null)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    list: ({ system, q, imported }: OrderFilter, page: { page: number; size: number }) => {
      const filtered = db
        .selectFrom('external_work_order')
        .$if(system !== undefined, (query) => query.where('system_name', '=', system!))
        .$if(q !== undefined, (query) =>
          query.where((eb) =>
            eb.or(['external_no', 'title', 'content', 'address'].map((column) => contains(column, q!))),
          ),
        )
        .$if(imported !== undefined, (query) => query.where('task_id', imported ? 'is not' : 'is', null))
      const rows = filtered.selectAll().orderBy('first_seen_at', 'desc').orderBy('id', 'desc')
      return pageWithTotal({ filtered, rows }, engine, page)
    },
  }
}

export type ExternalWorkOrderRepository = ReturnType<typeof createExternalWorkOrderRepository>
