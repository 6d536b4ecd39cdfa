import { sql } from 'kysely'
import type { Db, Engine } from '../database'
import { exactKey } from '../exact-key'
import { columnTypes, first, unlessExists } from '../sql-kit'

const BATCH = 500

/** An order of an external site is known by its exact number: `wo-1` and `WO-1` are two. */
export async function up(db: Db, engine: Engine): Promise<void> {
  const { text } = columnTypes(engine)
  await unlessExists(db.schema.alterTable('external_work_order').addColumn(...text('number_key', 64, false)))
  await fill(db, engine)
  await unlessExists(
    db.schema
      .createIndex('uq_external_work_order_key')
      .unique()
      .on('external_work_order')
      .columns(['system_name', 'number_key'])
      .where('number_key', 'is not', null),
  )
  await dropIndex(db, engine)
}

async function dropIndex(db: Db, engine: Engine): Promise<void> {
  if (engine === 'sqlite') return void (await sql`drop index if exists uq_external_work_order_no`.execute(db))
  const { rows } = await sql`select 1 as found from sys.indexes
    where object_id = object_id('external_work_order') and name = 'uq_external_work_order_no'`.execute(db)
  if (rows.length > 0) await sql`drop index uq_external_work_order_no on external_work_order`.execute(db)
}

async function fill(db: Db, engine: Engine): Promise<void> {
  for (;;) {
    const rows = await first(
      db.selectFrom('external_work_order').select(['id', 'external_no']).where('number_key', 'is', null),
      engine,
      BATCH,
    ).execute()
    for (const { id, external_no } of rows)
      await db
        .updateTable('external_work_order')
        .set({ number_key: exactKey(external_no) })
        .where('id', '=', id)
        .execute()
    if (rows.length < BATCH) return
  }
}
