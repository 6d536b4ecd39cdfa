import type { Selectable } from 'kysely'
import type { CloudMessageTable } from '../../db/cloud-schema'
import type { Database, Db } from '../../db/database'
import { isUniqueViolation } from '../../db/db-error'
import { first, removeOld } from '../../db/sql-kit'

export type CloudMessageRow = Selectable<CloudMessageTable>

export function createCloudRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  return {
    /** @returns false when this nonce was used before */
    spendNonce: async (nonce: string, time: Date): Promise<boolean> => {
      try {
        await db.insertInto('cloud_nonce').values({ nonce, create_time: time }).execute()
        return true
      } catch (error) {
        if (isUniqueViolation(error)) return false
        throw error
      }
    },

    removeNoncesBefore: (before: Date): Promise<number> =>
      removeOld(
        { db, engine },
        { table: 'cloud_nonce', key: 'nonce', order: 'create_time', old: (eb) => eb('create_time', '<', before) },
      ),

    addMessage: async (row: CloudMessageRow): Promise<void> => {
      await db.insertInto('cloud_message').values(row).execute()
    },

    /** Oldest first. */
    pendingMessages: (count: number): Promise<CloudMessageRow[]> =>
      first(
        db.selectFrom('cloud_message').selectAll().where('state', '=', 'PENDING').orderBy('id'),
        engine,
        count,
      ).execute(),

    /** @returns false when somebody else has it */
    takeMessage: async (id: string, time: Date): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('cloud_message')
        .set({ state: 'SENDING', update_time: time })
        .where('id', '=', id)
        .where('state', '=', 'PENDING')
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    /** Given out before that time and still without a result, oldest first. */
    unsettledMessages: (before: Date, count: number): Promise<CloudMessageRow[]> =>
      first(
        db
          .selectFrom('cloud_message')
          .selectAll()
          .where('state', '=', 'SENDING')
          .where('update_time', '<', before)
          .orderBy('id'),
        engine,
        count,
      ).execute(),

    message: async (id: string, on: Db): Promise<CloudMessageRow | null> =>
      (await on.selectFrom('cloud_message').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,

    settleMessage: async (
      on: Db,
      id: string,
      outcome: Pick<CloudMessageRow, 'state' | 'error' | 'update_time'>,
    ): Promise<boolean> => {
      const { numUpdatedRows } = await on
        .updateTable('cloud_message')
        .set(outcome)
        .where('id', '=', id)
        .where('state', '=', 'SENDING')
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    removeMessagesBefore: (before: Date): Promise<number> =>
      removeOld(
        { db, engine },
        { table: 'cloud_message', key: 'id', order: 'create_time', old: (eb) => eb('create_time', '<', before) },
      ),
  }
}

export type CloudRepository = ReturnType<typeof createCloudRepository>
