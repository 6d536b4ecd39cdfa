import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import type { DatabaseConfig } from '../../server/config/config'
import { openDatabase } from '../../server/db/database'

export type EngineName = 'sqlite' | 'mssql'

/** Engines the suites run on; SQL Server where `TEST_MSSQL_URL` names one, and its absence is printed. */
export const ENGINES: EngineName[] = process.env.TEST_MSSQL_URL ? ['sqlite', 'mssql'] : ['sqlite']

/** A fresh folder under the system's temporary one. */
export const tempDir = (): string => fs.mkdtempSync(path.join(os.tmpdir(), 'field-service-'))

/** An empty database of this engine. */
export async function freshDatabase(engine: EngineName, dataDir: string): Promise<DatabaseConfig> {
  if (engine === 'sqlite') return { engine, file: path.join(dataDir, 'app.db'), url: '' }
  const config: DatabaseConfig = { engine, file: '', url: process.env.TEST_MSSQL_URL! }
  await dropEverything(config)
  return config
}

async function dropEverything(config: DatabaseConfig): Promise<void> {
  const { db, close } = await openDatabase(config)
  const keys = await sql<{ name: string; table: string }>`
    select constraint_name as [name], table_name as [table] from information_schema.table_constraints
    where constraint_type = 'FOREIGN KEY' and table_schema = 'dbo'`.execute(db)
  for (const { name, table } of keys.rows)
    await sql`alter table ${sql.table(table)} drop constraint ${sql.ref(name)}`.execute(db)
  const tables = await sql<{ name: string }>`
    select table_name as [name] from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema = 'dbo'`.execute(db)
  for (const { name } of tables.rows) await sql`drop table ${sql.table(name)}`.execute(db)
  await close()
}
