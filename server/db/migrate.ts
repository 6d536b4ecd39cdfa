import { Migrator } from 'kysely'
import type { Database } from './database'
import * as init from './migrations/001-init'
import * as fieldWork from './migrations/002-field-work'
import * as partners from './migrations/003-partners'
import * as externalSite from './migrations/004-external-site'
import * as wxwork from './migrations/005-wxwork'
import * as notifications from './migrations/006-notifications'
import * as cloud from './migrations/007-cloud'
import * as admin from './migrations/008-admin'
import * as indexes from './migrations/009-indexes'
import * as qrPicture from './migrations/010-qr-picture'
import * as exactOrderNumbers from './migrations/011-exact-order-numbers'
import * as mergedCustomers from './migrations/012-merged-customers'
import { exclusively } from './sql-kit'

const MIGRATIONS = {
  '001-init': init,
  '002-field-work': fieldWork,
  '003-partners': partners,
  '004-external-site': externalSite,
  '005-wxwork': wxwork,
  '006-notifications': notifications,
  '007-cloud': cloud,
  '008-admin': admin,
  '009-indexes': indexes,
  '010-qr-picture': qrPicture,
  '011-exact-order-numbers': exactOrderNumbers,
  '012-merged-customers': mergedCustomers,
}

function migratorOf({ db, engine }: Database) {
  const provider = {
    getMigrations: async () =>
      Object.fromEntries(
        Object.entries(MIGRATIONS).map(([name, { up }]) => [name, { up: (on: typeof db) => up(on, engine) }]),
      ),
  }
  return new Migrator({ db, provider })
}

/**
 * Brings the schema up to date, in one transaction and under a lock: of two servers starting at once, one migrates
 * and the other finds it done.
 * @returns names of the migrations applied now
 */
export async function migrate(database: Database): Promise<string[]> {
  const { error, results = [] } = await exclusively(database.db, database.engine, 'migrations', () =>
    migratorOf(database).migrateToLatest(),
  )
  if (error) throw error
  return results.map((result) => result.migrationName)
}

/** Every known migration with the time it was applied, or null. */
export async function migrationStatus(database: Database): Promise<{ name: string; appliedAt: Date | null }[]> {
  const migrations = await migratorOf(database).getMigrations()
  return migrations.map(({ name, executedAt }) => ({ name, appliedAt: executedAt ?? null }))
}
