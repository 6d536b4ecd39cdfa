import type { Selectable } from 'kysely'
import type { Database, Db } from '../../db/database'
import type { AuditLogTable } from '../../db/schema'
import { paged } from '../../db/sql-kit'

export type AuditRow = Selectable<AuditLogTable>

export function createAuditRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  return {
    insert: async (row: AuditRow, on: Db): Promise<void> => {
      await on.insertInto('audit_log').values(row).execute()
    },
    list: async (page: { page: number; size: number }): Promise<{ rows: AuditRow[]; total: number }> => {
      const rows = await paged(
        db.selectFrom('audit_log').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc'),
        engine,
        page,
      ).execute()
      const { count } = await db
        .selectFrom('audit_log')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return { rows, total: Number(count) }
    },
  }
}

export type AuditRepository = ReturnType<typeof createAuditRepository>
