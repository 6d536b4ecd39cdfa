import type { Database, Db } from '../../db/database'
import { removeOld } from '../../db/sql-kit'

export interface StoredAnswer {
  fingerprint: string
  status: number
  answer: unknown
}

export function createIdempotencyRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  return {
    find: async (id: string, notBefore: Date): Promise<StoredAnswer | null> => {
      const row = await db
        .selectFrom('idempotency_key')
        .select(['fingerprint', 'status', 'answer'])
        .where('id', '=', id)
        .where('create_time', '>=', notBefore)
        .executeTakeFirst()
      return row ? { ...row, answer: JSON.parse(row.answer) } : null
    },
    insert: async (on: Db, row: { id: string; create_time: Date } & StoredAnswer): Promise<void> => {
      await on
        .insertInto('idempotency_key')
        .values({ ...row, answer: JSON.stringify(row.answer) })
        .execute()
    },
    removeBefore: (before: Date): Promise<number> =>
      removeOld(
        { db, engine },
        { table: 'idempotency_key', key: 'id', order: 'create_time', old: (eb) => eb('create_time', '<', before) },
      ),
    remove: async (on: Db, id: string): Promise<void> => {
      await on.deleteFrom('idempotency_key').where('id', '=', id).execute()
    },
    removeOld: async (on: Db, id: string, before: Date): Promise<void> => {
      await on.deleteFrom('idempotency_key').where('id', '=', id).where('create_time', '<', before).execute()
    },
  }
}

export type IdempotencyRepository = ReturnType<typeof createIdempotencyRepository>
