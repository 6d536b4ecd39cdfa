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
  try {
    const keys = await sql<{ name: string; table: string }>`
      select CONSTRAINT_NAME as [name], TABLE_NAME as [table] from INFORMATION_SCHEMA.TABLE_CONSTRAINTS
      where CONSTRAINT_TYPE = 'FOREIGN KEY' and TABLE_SCHEMA = 'dbo'`.execute(db)
    for (const { name, table } of keys.rows)
      await sql`alter table ${sql.table(table)} drop constraint ${sql.ref(name)}`.execute(db)
    const tables = await sql<{ name: string }>`
      select TABLE_NAME as [name] from INFORMATION_SCHEMA.TABLES
      where TABLE_TYPE = 'BASE TABLE' and TABLE_SCHEMA = 'dbo'`.execute(db)
    for (const { name } of tables.rows) await sql`drop table ${sql.table(name)}`.execute(db)
  } finally {
    await close()
  }
}
