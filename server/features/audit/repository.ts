import type { Selectable } from 'kysely'
import type { Database, Db } from '../../db/database'
import type { AuditLogTable } from '../../db/schema'
import { contains, paged } from '../../db/sql-kit'

export type AuditRow = Selectable<AuditLogTable>

export function createAuditRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  const matching = (q?: string) =>
    db
      .selectFrom('audit_log')
      .$if(q !== undefined, (query) =>
        query.where((eb) => eb.or(['staff_name', 'action', 'target'].map((column) => contains(column, q!)))),
      )

  return {
    insert: async (row: AuditRow, on: Db): Promise<void> => {
      await on.insertInto('audit_log').values(row).execute()
    },
    list: async (
      q: string | undefined,
      page: { page: number; size: number },
    ): Promise<{ rows: AuditRow[]; total: number }> => {
      const rows = await paged(
        matching(q).selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc'),
        engine,
        page,
      ).execute()
      const { count } = await matching(q)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return { rows, total: Number(count) }
    },
  }
}

export type AuditRepository = ReturnType<typeof createAuditRepository>
