import { setImmediate, setTimeout as pause } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { Mutex } from '../mutex'

/**
 * Kysely on better-sqlite3 with two handles: one writer behind a queue, one reader that never waits for it (WAL).
 * Transactions begin IMMEDIATE, so that a read followed by a write cannot lose against another process half-way.
 */
export class SqliteDialect implements Dialect {
  constructor(private readonly options: { file: string; busyTimeoutMs: number }) {}
  createAdapter() {
    return new TransactionalDdlAdapter()
  }
  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler()
  }
  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(db)
  }
  createDriver(): Driver {
    return new SqliteDriver(this.options)
  }
}

/** SQLite rolls DDL back like anything else; migrations are kept apart by the write lock that BEGIN IMMEDIATE takes. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl() {
    return true
  }
}

class SqliteDriver implements Driver {
  readonly #writeTurn = new Mutex()
  #writer!: Handle
  #reader!: Handle
  constructor(private readonly options: { file: string; busyTimeoutMs: number }) {}

  async init() {
    this.#writer = new Handle(this.options.file, this.options.busyTimeoutMs)
    this.#reader =
      this.options.file === ':memory:' ? this.#writer : new Handle(this.options.file, this.options.busyTimeoutMs)
    if (this.#reader !== this.#writer) this.#writer.failAtOnceWhenLocked()
  }
  async acquireConnection() {
    return new SqliteConnection(this.#writer, this.#reader, {
      turn: this.#writeTurn,
      timeoutMs: this.options.busyTimeoutMs,
    })
  }
  beginTransaction(connection: DatabaseConnection) {
    return (connection as SqliteConnection).begin()
  }
  async commitTransaction(connection: DatabaseConnection) {
    ;(connection as SqliteConnection).commit()
  }
  async rollbackTransaction(connection: DatabaseConnection) {
    ;(connection as SqliteConnection).rollback()
  }
  async releaseConnection() {}
  async destroy() {
    if (this.#reader !== this.#writer) this.#reader.close()
    this.#writer.close()
  }
}

class SqliteConnection implements DatabaseConnection {
  #release: (() => void) | null = null
  constructor(
    private readonly writer: Handle,
    private readonly reader: Handle,
    private readonly writing: { turn: Mutex; timeoutMs: number },
  ) {}

  async begin() {
    const { release } = await this.#takeTurn(() => this.writer.run('begin immediate'))
    this.#release = release
  }

  /**
   * Runs `write` when it is this connection's turn, and again while another process holds the lock. SQLite's own
   * waiting would stop the whole process, reads and health checks included. The time in the queue counts, so that what
   * has queued up behind a long lock is refused together instead of one time-out after the other.
   */
  async #takeTurn<T>(write: () => T): Promise<{ result: T; release: () => void }> {
    const deadline = performance.now() + this.writing.timeoutMs
    const release = await this.writing.turn.acquire()
    for (;;)
      try {
        return { result: write(), release }
      } catch (error) {
        const locked = isLocked(error)
        if (locked && performance.now() < deadline) await pause(1 + Math.random() * MAX_LOCK_PAUSE_MS)
        else {
          release()
          throw locked ? new LockTimeout(error) : error
        }
      }
  }
  /** When the commit fails, the turn is kept for the rollback that follows. */
  commit() {
    this.writer.run('commit')
    this.#free()
  }
  rollback() {
    try {
      // A failed statement may have ended the transaction already (disk full): there is nothing left to roll back.
      if (this.writer.inTransaction) this.writer.run('rollback')
    } finally {
      this.#free()
    }
  }
  #free() {
    this.#release?.()
    this.#release = null
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#release) return this.writer.execute(query)
    if (this.reader !== this.writer && this.reader.isRead(query.sql)) return this.reader.execute(query)
    const { result, release } = await this.#takeTurn(() => this.writer.execute<R>(query))
    release()
    return result
  }

  /**
   * A stream has a handle of its own: while it is open the handle sees the database as it was at its start, and the
   * shared reader must not. What a transaction has not committed only the writer sees, all at once.
   */
  async *streamQuery<R>(query: CompiledQuery, chunkSize = STREAM_CHUNK): AsyncIterableIterator<QueryResult<R>> {
    if (this.#release || this.reader === this.writer) {
      yield await this.executeQuery<R>(query)
      return
    }
    const handle = this.reader.another()
    try {
      for (const rows of handle.chunks<R>(query, chunkSize)) {
        yield { rows }
        await setImmediate() // other requests get their turn, however fast the reader
      }
    } finally {
      handle.close()
    }
  }
}

const MAX_LOCK_PAUSE_MS = 10
const isLocked = (error: unknown) => ((error as { code?: string }).code ?? '').startsWith('SQLITE_BUSY')

/** Another process kept the lock for too long; waiting once more would only be longer. */
class LockTimeout extends Error {
  readonly code = 'SQLITE_BUSY_TIMEOUT'
  constructor(cause: unknown) {
    super('the database stayed locked by another process', { cause })
  }
}

interface PreparedStatement {
  statement: Sqlite.Statement
  convert: ((row: Record<string, unknown>) => void) | null
}

/** SQLite says that it may not open or write, not what. */
function naming<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string }
    if (!/^SQLITE_(CANTOPEN|READONLY)/.test(code)) throw error
    throw Object.assign(new Error(`${message}: ${file}`, { cause: error }), { code })
  }
}

/** One SQLite connection with its statements prepared once each. */
class Handle {
  readonly #db: Sqlite.Database
  readonly #statements = new Map<string, PreparedStatement>()

  constructor(
    private readonly file: string,
    private readonly timeout: number,
  ) {
    this.#db = naming(file, () => new Sqlite(file, { timeout }))
    naming(file, () => this.#db.pragma('journal_mode = WAL'))
    this.#db.pragma('synchronous = FULL')
    this.#db.pragma('foreign_keys = ON')
    this.#db.pragma('temp_store = MEMORY')
    this.#db.pragma('cache_size = -32000')
  }
  get inTransaction() {
    return this.#db.inTransaction
  }
  failAtOnceWhenLocked() {
    this.#db.pragma('busy_timeout = 0')
  }
  isRead(text: string) {
    return this.#prepare(text).statement.readonly
  }
  run(text: string) {
    naming(this.file, () => this.#prepare(text).statement.run())
  }
  execute<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    const { statement, convert } = this.#prepare(sql)
    const values = parameters.map(toSqlite)
    if (!statement.reader) {
      const { changes, lastInsertRowid } = statement.run(values)
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
    }
    const rows = statement.all(values) as Record<string, unknown>[]
    if (convert) rows.forEach(convert)
    return { rows: rows as R[] }
  }
  *chunks<R>({ sql, parameters }: CompiledQuery, size: number): IterableIterator<R[]> {
    const { statement, convert } = this.#prepare(sql)
    let rows: R[] = []
    for (const row of statement.iterate(parameters.map(toSqlite))) {
      convert?.(row as Record<string, unknown>)
      rows.push(row as R)
      if (rows.length < size) continue
      yield rows
      rows = []
    }
    if (rows.length > 0) yield rows
  }
  another() {
    return new Handle(this.file, this.timeout)
  }
  close() {
    this.#db.close()
  }

  #prepare(text: string): PreparedStatement {
    let prepared = this.#statements.get(text)
    if (!prepared) {
      prepared = this.#compile(text)
      if (this.#statements.size >= MAX_STATEMENTS) this.#statements.delete(this.#statements.keys().next().value!)
      this.#statements.set(text, prepared)
    }
    return prepared
  }
  #compile(text: string): PreparedStatement {
    const statement = this.#db.prepare(text)
    return { statement, convert: statement.reader ? converterOf(statement) : null }
  }
}

const MAX_STATEMENTS = 500
const STREAM_CHUNK = 100

function toSqlite(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value === undefined) return null
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`parameter is ${value}`)
  return value
}

/** Turns stored text and numbers back into Date and boolean by the columns' declared types, as SQL Server does itself. */
function converterOf(statement: Sqlite.Statement): PreparedStatement['convert'] {
  const instants: string[] = []
  const flags: string[] = []
  for (const { name, type } of statement.columns()) {
    if (/^datetime/i.test(type ?? '')) instants.push(name)
    else if (/^bit$/i.test(type ?? '')) flags.push(name)
  }
  if (instants.length === 0 && flags.length === 0) return null
  return (row) => {
    for (const name of instants) if (typeof row[name] === 'string') row[name] = new Date(row[name])
    for (const name of flags) if (row[name] !== null) row[name] = row[name] === 1
  }
}
