import {
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  type TransactionSettings,
  MssqlAdapter,
  MssqlIntrospector,
  MssqlQueryCompiler,
} from 'kysely'
import sql from 'mssql'
import { isUnavailable } from './db-error'
import { retried } from './retry'

/**
 * Kysely on the `mssql` package's ConnectionPool. Kysely brings the SQL Server compiler, adapter and introspector;
 * this file brings only the driver, because Kysely's own speaks bare tedious.
 */
export class MssqlDialect implements Dialect {
  constructor(private readonly openPool: () => Promise<sql.ConnectionPool>) {}
  createAdapter(): DialectAdapter {
    return new PooledMssqlAdapter()
  }
  createQueryCompiler(): QueryCompiler {
    return new MssqlQueryCompiler()
  }
  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new MssqlIntrospector(db)
  }
  createDriver(): Driver {
    return new PoolDriver(this.openPool)
  }
}

/** Kysely's migration lock belongs to a session, and a pool has no session of ours: `migrate` takes its own lock. */
class PooledMssqlAdapter extends MssqlAdapter {
  override async acquireMigrationLock() {}
  override async releaseMigrationLock() {}
}

class PoolDriver implements Driver {
  #pool?: sql.ConnectionPool
  constructor(private readonly openPool: () => Promise<sql.ConnectionPool>) {}

  async init() {
    this.#pool = await this.openPool()
  }
  async acquireConnection() {
    return new PoolConnection(this.#pool!)
  }
  beginTransaction(connection: DatabaseConnection, settings: TransactionSettings) {
    return (connection as PoolConnection).begin(settings)
  }
  commitTransaction(connection: DatabaseConnection) {
    return (connection as PoolConnection).commit()
  }
  rollbackTransaction(connection: DatabaseConnection) {
    return (connection as PoolConnection).rollback()
  }
  async releaseConnection() {
    // Each request, or its transaction, returns its own connection to the pool.
  }
  async destroy() {
    await this.#pool?.close()
  }
}

const ISOLATION: Record<string, sql.IIsolationLevel> = {
  'read committed': sql.ISOLATION_LEVEL.READ_COMMITTED,
  'read uncommitted': sql.ISOLATION_LEVEL.READ_UNCOMMITTED,
  'repeatable read': sql.ISOLATION_LEVEL.REPEATABLE_READ,
  serializable: sql.ISOLATION_LEVEL.SERIALIZABLE,
  snapshot: sql.ISOLATION_LEVEL.SNAPSHOT,
}

class PoolConnection implements DatabaseConnection {
  #transaction?: sql.Transaction
  constructor(private readonly pool: sql.ConnectionPool) {}

  async begin({ isolationLevel }: TransactionSettings) {
    const transaction = new sql.Transaction(this.pool)
    await transaction.begin(ISOLATION[isolationLevel ?? 'read committed'])
    this.#transaction = transaction
  }
  async commit() {
    const transaction = this.#transaction
    this.#transaction = undefined
    await transaction?.commit()
  }
  /**
   * The server may have rolled back already (deadlock, XACT_ABORT), the connection may be gone, or a commit that failed
   * has given it back: then the first error is the one to show.
   */
  async rollback() {
    const transaction = this.#transaction
    this.#transaction = undefined
    if (!transaction) return
    try {
      await transaction.rollback()
    } catch (error) {
      if (!alreadyRolledBack(error)) throw error
    }
  }

  /** A statement of its own that lost a deadlock had no effect and is run again; a transaction is its caller's to repeat. */
  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#transaction ? this.#execute<R>(query) : retried(() => this.#execute<R>(query))
  }

  async #execute<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { recordset, rowsAffected } = await this.#request(query).query(query.sql)
    const rows = (recordset ?? []) as unknown as Record<string, unknown>[]
    if (recordset) numbersFromBigints(rows, recordset.columns)
    return { rows: rows as R[], numAffectedRows: BigInt(rowsAffected.reduce((sum, count) => sum + count, 0)) }
  }

  /** Row by row with back-pressure; a reader that stops early cancels the request on the server. */
  async *streamQuery<R>(query: CompiledQuery, chunkSize = 100): AsyncIterableIterator<QueryResult<R>> {
    const request = this.#request(query)
    const rows = request.toReadableStream({ highWaterMark: chunkSize })
    let columns: sql.IColumnMetadata = {}
    request.on('recordset', (metadata: sql.IColumnMetadata) => (columns = metadata))
    request.query(query.sql).catch(() => {}) // the stream reports it
    let finished = false
    try {
      for await (const row of rows) {
        numbersFromBigints([row as Record<string, unknown>], columns)
        yield { rows: [row as R] }
      }
      finished = true
    } finally {
      if (!finished) request.cancel()
    }
  }

  #request(query: CompiledQuery) {
    const request = this.#transaction ? new sql.Request(this.#transaction) : this.pool.request()
    query.parameters.forEach((value, index) => bind(request, String(index + 1), value))
    return request
  }
}

/** A lost connection rolls back by itself. */
function alreadyRolledBack(error: unknown) {
  const { code, originalError } = error as { code?: string; originalError?: { number?: number } }
  return code === 'EABORT' || originalError?.number === 3903 || isUnavailable(error)
}

/** The driver gives BIGINT as text; ours stay below 2^53 and are numbers on both engines. */
function numbersFromBigints(rows: Record<string, unknown>[], columns: sql.IColumnMetadata) {
  for (const [name, column] of Object.entries(columns))
    if (column.type === sql.BigInt) for (const row of rows) if (row[name] !== null) row[name] = Number(row[name])
}

const MAX_NVARCHAR = 4000
const MAX_INT = 0x7fffffff
/** SQL Server's FLOAT takes nothing closer to zero than this, but zero. */
const MIN_NORMAL = 2.2250738585072014e-308

/** Stated types keep one query plan per statement: text as NVARCHAR(4000), longer as NVARCHAR(MAX); instants as UTC. */
function bind(request: sql.Request, name: string, value: unknown) {
  if (value === null || value === undefined) return request.input(name, sql.NVarChar(MAX_NVARCHAR), null)
  if (typeof value === 'string')
    return request.input(name, value.length > MAX_NVARCHAR ? sql.NVarChar(sql.MAX) : sql.NVarChar(MAX_NVARCHAR), value)
  if (typeof value === 'boolean') return request.input(name, sql.Bit, value)
  if (typeof value === 'bigint') return request.input(name, sql.BigInt, value.toString())
  if (typeof value === 'number') return bindNumber(request, name, value)
  if (value instanceof Date) return request.input(name, sql.DateTimeOffset(3), value)
  throw new TypeError(`parameter ${name} has no SQL Server type: ${Object.prototype.toString.call(value)}`)
}

function bindNumber(request: sql.Request, name: string, value: number) {
  if (!Number.isFinite(value)) throw new TypeError(`parameter ${name} is ${value}`)
  if (Math.abs(value) < MIN_NORMAL) return request.input(name, sql.Int, 0)
  if (!Number.isSafeInteger(value)) return request.input(name, sql.Float, value)
  return Math.abs(value) <= MAX_INT
    ? request.input(name, sql.Int, value)
    : request.input(name, sql.BigInt, String(value))
}
