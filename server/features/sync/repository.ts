import type { Selectable } from 'kysely'
import type { Db } from '../../db/database'
import type { SyncItemTable } from '../../db/field-work-schema'

export type SyncItemRow = Selectable<SyncItemTable>

export function createSyncRepository(db: Db) {
  return {
    find: async (id: string): Promise<SyncItemRow | null> =>
      (await db.selectFrom('sync_item').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,
    /** An item seen before is a unique violation. */
    insert: async (on: Db, row: SyncItemRow): Promise<void> => {
      await on.insertInto('sync_item').values(row).execute()
    },
  }
}

export type SyncRepository = ReturnType<typeof createSyncRepository>
