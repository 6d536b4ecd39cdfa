import fs from 'node:fs'
import path from 'node:path'
import { Kysely, type LogEvent, type Transaction } from 'kysely'
import sql from 'mssql'
import type { DatabaseConfig } from '../config/config'
import { MssqlDialect } from './mssql-dialect'
import { retried } from './retry'
import type { Schema } from './schema'
import { SqliteDialect } from './sqlite-dialect'

export type Engine = DatabaseConfig['engine']
/** The database or an open transaction on it: what every repository function runs on. */
export type Db = Kysely<Schema>
export type Trx = Transaction<Schema>

export interface Database {
  engine: Engine
  db: Db
  /**
   * Runs `work` in one transaction and, when the server chose it as a deadlock's victim, again from the start:
   * `work` must have no effect outside the database.
   */
  transaction<T>(work: (trx: Trx) => Promise<T>): Promise<T>
  /** Throws when the database does not answer. */
  ping(): Promise<void>
  pool(): { size: number; available: number; pending: number }
  close(): Promise<void>
}

const BUSY_TIMEOUT_MS = 5000

/** Opens the configured database; SQL Server connects at once, so that a wrong address is known at start. */
export async function openDatabase(config: DatabaseConfig, onQuery?: (event: LogEvent) => void): Promise<Database> {
  if (config.engine === 'sqlite' && config.file !== ':memory:')
    fs.mkdirSync(path.dirname(config.file), { recursive: true })
  const pool = config.engine === 'mssql' ? new sql.ConnectionPool(poolConfig(config.url)) : null
  // Without a listener a connection lost while idle would end the process; the pool replaces it by itself.
  pool?.on('error', () => {})
  await pool?.connect()
  const dialect = pool
    ? new MssqlDialect(async () => pool)
    : new SqliteDialect({ file: config.file, busyTimeoutMs: BUSY_TIMEOUT_MS })
  const db = new Kysely<Schema>({ dialect, log: onQuery })
  return {
    engine: config.engine,
    db,
    transaction: (work) => retried(() => db.transaction().execute(work)),
    ping: async () => {
      await db.selectNoFrom((eb) => eb.lit(1).as('one')).execute()
    },
    pool: () => ({ size: pool?.size ?? 1, available: pool?.available ?? 1, pending: pool?.pending ?? 0 }),
    close: () => db.destroy(),
  }
}

/** `mssql://user:password@host:1433/database?encrypt=true&trustServerCertificate=false` */
function poolConfig(url: string): sql.config {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url)
  const number = (name: string, fallback: number) => Number(searchParams.get(name) ?? fallback)
  return {
    server: hostname,
    port: Number(port || 1433),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    connectionTimeout: number('connectionTimeoutMs', 15_000),
    requestTimeout: number('requestTimeoutMs', 15_000),
    // Looks at the socket; the default asks the server a SELECT 1 before every statement.
    validateConnection: 'socket',
    pool: {
      // A migration holds its lock on one connection and works on another.
      max: Math.max(2, number('poolMax', 20)),
      min: number('poolMin', 1),
      idleTimeoutMillis: 30_000,
      acquireTimeoutMillis: 15_000,
    },
    options: {
      encrypt: searchParams.get('encrypt') !== 'false',
      trustServerCertificate: searchParams.get('trustServerCertificate') === 'true',
      useUTC: true,
    },
  }
}
