import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  MssqlAdapter,
  MssqlIntrospector,
  MssqlQueryCompiler,
  type QueryResult,
} from 'kysely'
import type { Database } from '../../../server/db/database'
import type { Schema } from '../../../server/db/schema'

export interface Statement {
  sql: string
  parameters: readonly unknown[]
}

/** How the pretended server answers: nothing found, everything found, or every insert refused by a unique index. */
export type Mode = 'empty' | 'found' | 'taken'

/** A `Database` that compiles for SQL Server, writes every statement down and answers with made-up rows. */
export function createRecorder() {
  const statements: Statement[] = []
  const state = { mode: 'empty' as Mode }

  const connection: DatabaseConnection = {
    executeQuery: async <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> => {
      statements.push({ sql, parameters })
      return answer<R>(sql, state.mode)
    },
    async *streamQuery<R>({ sql, parameters }: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
      statements.push({ sql, parameters })
      yield answer<R>(sql, state.mode)
    },
  }
  const driver: Driver = {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: async () => {},
    commitTransaction: async () => {},
    rollbackTransaction: async () => {},
    releaseConnection: async () => {},
    destroy: async () => {},
  }
  const dialect: Dialect = {
    createAdapter: () => new UnlockedAdapter(),
    createQueryCompiler: () => new MssqlQueryCompiler(),
    createIntrospector: (db) => new MssqlIntrospector(db),
    createDriver: () => driver,
  }
  const db = new Kysely<Schema>({ dialect })
  const database: Database = {
    engine: 'mssql',
    db,
    transaction: (work) => db.transaction().execute(work),
    ping: async () => {},
    pool: () => ({ size: 1, available: 1, pending: 0 }),
    close: () => db.destroy(),
  }
  return {
    database,
    statements,
    /** Runs `work` and returns what it sent; what it makes of the made-up answers does not matter. */
    async record(mode: Mode, work: () => unknown): Promise<Statement[]> {
      state.mode = mode
      statements.length = 0
      try {
        await work()
      } catch {
        // e.g. "no result" for a row that must be there
      }
      return [...statements]
    },
  }
}

/** As ours: the migration lock is taken outside of Kysely. */
class UnlockedAdapter extends MssqlAdapter {
  override async acquireMigrationLock() {}
  override async releaseMigrationLock() {}
}

function answer<R>(sql: string, mode: Mode): QueryResult<R> {
  if (sql.includes('sp_getapplock')) return { rows: [{ result: 0 } as R] }
  if (mode === 'taken' && /^insert/i.test(sql)) throw Object.assign(new Error('taken'), { number: 2627 })
  if (mode === 'found') return { rows: [madeUpRow() as R], numAffectedRows: 1n }
  return { rows: [], numAffectedRows: 0n }
}

/** Has every column one may ask for. */
function madeUpRow(): object {
  const valueOf = (name: string): unknown => {
    if (/(_at|_time|_after)$/.test(name)) return new Date(0)
    if (/^(answer|payload)$/.test(name)) return '{}'
    if (/((^|_)count|number|credits|seq|_no|last)$/.test(name)) return 1
    return 'x'
  }
  return new Proxy({}, { get: (_target, name) => (typeof name === 'string' ? valueOf(name) : undefined) })
}
