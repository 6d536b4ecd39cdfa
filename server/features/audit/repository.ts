import type { Selectable } from 'kysely'
import type { Database, Db } from '../../db/database'
import type { AuditLogTable } from '../../db/schema'
import { contains, pageWithTotal } from '../../db/sql-kit'

export type AuditRow = Selectable<AuditLogTable>

export interface AuditFilter {
  /** Looked for in who, what and to what. */
  q?: string
  from?: Date
  /** Before this. */
  to?: Date
}

export function createAuditRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  const matching = ({ q, from, to }: AuditFilter) =>
    db
      .selectFrom('audit_log')
      .$if(q !== undefined, (query) =>
        query.where((eb) => eb.or(['staff_name', 'action', 'target'].map((column) => contains(column, q!)))),
      )
      .$if(from !== undefined, (query) => query.where('created_at', '>=', from!))
      .$if(to !== undefined, (query) => query.where('created_at', '<', to!))

  return {
    insert: async (row: AuditRow, on: Db): Promise<void> => {
      await on.insertInto('audit_log').values(row).execute()
    },
    list: (filter: AuditFilter, page: { page: number; size: number }): Promise<{ rows: AuditRow[]; total: number }> => {
      const filtered = matching(filter)
      const rows = filtered.selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc')
      return pageWithTotal({ filtered, rows }, engine, page)
    },
  }
}

export type AuditRepository = ReturnType<typeof createAuditRepository>
