import fs from 'node:fs'
import type { Kysely } from 'kysely'
import type { DatabaseConfig } from '../../../server/config/config'
import { type Database, type Db, openDatabase } from '../../../server/db/database'
import { columnTypes } from '../../../server/db/sql-kit'
import { type EngineName, freshDatabase, tempDir } from '../../support/engines'

/** A table with a column of every type that migrations use. */
export interface ProbeTable {
  id: string
  at: Date | null
  flag: boolean | null
  big: number | bigint | null
  whole: number | null
  ratio: number | null
  note: string | null
  label: string | null
}
export interface Probe {
  probe: ProbeTable
  numbered: { id: number; name: string }
}
export type ProbeDb = Kysely<Probe>

export interface ProbeDatabase extends Omit<Database, 'db' | 'transaction'> {
  config: DatabaseConfig
  db: ProbeDb
  transaction<T>(work: (trx: ProbeDb) => Promise<T>): Promise<T>
  /** For the kit's functions, which know the real schema only. */
  raw: Db
  /** Another connection to the same database. */
  another(): Promise<ProbeDatabase>
}

export const EMPTY = { at: null, flag: null, big: null, whole: null, ratio: null, note: null, label: null }

/** An empty database of this engine with the probe tables; `remove` closes and deletes it. */
export async function openProbe(engine: EngineName): Promise<ProbeDatabase & { remove(): Promise<void> }> {
  const dir = tempDir()
  const probe = await open(await freshDatabase(engine, dir))
  await createTables(probe)
  return {
    ...probe,
    remove: async () => {
      await probe.close()
      fs.rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function open(config: DatabaseConfig): Promise<ProbeDatabase> {
  const database = await openDatabase(config)
  return {
    ...database,
    config,
    db: database.db as unknown as ProbeDb,
    transaction: (work) => database.transaction((trx) => work(trx as unknown as ProbeDb)),
    raw: database.db,
    another: () => open(config),
  }
}

async function createTables({ raw, engine }: ProbeDatabase): Promise<void> {
  const { key, identity, text, longText, instant, flag, int, bigint, float } = columnTypes(engine)
  await raw.schema
    .createTable('probe')
    .addColumn(...key('id', 36))
    .addColumn(...instant('at', false))
    .addColumn(...flag('flag', false))
    .addColumn(...bigint('big', false))
    .addColumn(...int('whole', false))
    .addColumn(...float('ratio', false))
    .addColumn(...longText('note', false))
    .addColumn(...text('label', 10, false))
    .execute()
  await raw.schema
    .createTable('numbered')
    .addColumn(...identity('id'))
    .addColumn(...text('name', 50, true))
    .execute()
  await raw.schema.createIndex('uq_numbered_name').unique().on('numbered').column('name').execute()
}
