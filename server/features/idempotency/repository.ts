import type { Db } from '../../db/database'

export interface StoredAnswer {
  fingerprint: string
  status: number
  answer: unknown
}

export function createIdempotencyRepository(db: Db) {
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
    removeBefore: async (before: Date): Promise<number> => {
      const { numDeletedRows } = await db
        .deleteFrom('idempotency_key')
        .where('create_time', '<', before)
        .executeTakeFirst()
      return Number(numDeletedRows)
    },
    remove: async (on: Db, id: string): Promise<void> => {
      await on.deleteFrom('idempotency_key').where('id', '=', id).execute()
    },
    removeOld: async (on: Db, id: string, before: Date): Promise<void> => {
      await on.deleteFrom('idempotency_key').where('id', '=', id).where('create_time', '<', before).execute()
    },
  }
}

export type IdempotencyRepository = ReturnType<typeof createIdempotencyRepository>
