import type { Selectable } from 'kysely'
import type { Database, Db } from '../../db/database'
import type { ExternalApiLogTable } from '../../db/partner-schema'
import { contains, pageWithTotal, removeOld } from '../../db/sql-kit'

export type ExternalLogRow = Selectable<ExternalApiLogTable>

export interface ExternalLogFilter {
  system?: string
  success?: boolean
  q?: string
  from?: Date
  /** Before this. */
  to?: Date
}

/** A statement takes about 2,000 parameters, and a row has 15. */
const ROWS_PER_INSERT = 100

export function createExternalLogRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  const filtered = ({ system, success, q, from, to }: ExternalLogFilter) =>
    db
      .selectFrom('external_api_log')
      .$if(system !== undefined, (query) => query.where('system_name', '=', system!))
      .$if(success !== undefined, (query) => query.where('success', '=', success!))
      .$if(q !== undefined, (query) =>
        query.where((eb) =>
          eb.or(['account', 'api_endpoint', 'error_message', 'trace_id'].map((column) => contains(column, q!))),
        ),
      )
      .$if(from !== undefined, (query) => query.where('create_time', '>=', from!))
      .$if(to !== undefined, (query) => query.where('create_time', '<', to!))

  return {
    insert: async (rows: ExternalLogRow[], on: Db = db): Promise<void> => {
      for (let start = 0; start < rows.length; start += ROWS_PER_INSERT)
        await on
          .insertInto('external_api_log')
          .values(rows.slice(start, start + ROWS_PER_INSERT))
          .execute()
    },

    find: async (id: string): Promise<ExternalLogRow | null> =>
      (await db.selectFrom('external_api_log').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,

    list: (filter: ExternalLogFilter, page: { page: number; size: number }) => {
      const some = filtered(filter)
      const rows = some.selectAll().orderBy('create_time', 'desc').orderBy('id', 'desc')
      return pageWithTotal({ filtered: some, rows }, engine, page)
    },

    /** Removes rows older than `time`. @returns how many */
    removeBefore: (time: Date): Promise<number> =>
      removeOld(
        { db, engine },
        { table: 'external_api_log', key: 'id', order: 'create_time', old: (eb) => eb('create_time', '<', time) },
      ),
  }
}

export type ExternalLogRepository = ReturnType<typeof createExternalLogRepository>
