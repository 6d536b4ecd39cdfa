import type { Db, Engine } from '../database'
import { columnTypes, exists, unlessExists } from '../sql-kit'

/** Who was told what over which channel, customers' wxwork ids, and the listing of an account's contacts. */
export async function up(db: Db, engine: Engine): Promise<void> {
  await createLog(db, engine)
  await addColumns(db, engine)
  await createListing(db, engine)
}

/** One row per event and person, whatever became of it. */
async function createLog(db: Db, engine: Engine) {
  const { key, text, longText, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('notification_log')
      .addColumn(...key('id', 36))
      .addColumn(...text('source', 120, true))
      .addColumn(...text('event', 40, true))
      .addColumn(...text('audience_kind', 12, true))
      .addColumn(...text('audience', 60, true))
      .addColumn(...text('audience_name', 100, true))
      .addColumn(...text('title', 50, true))
      .addColumn(...text('content', 500, true))
      .addColumn(...longText('facts', true))
      .addColumn(...text('work_order_id', 36, false))
      .addColumn(...text('task_id', 20, false))
      .addColumn(...text('channel', 10, true))
      .addColumn(...text('outcome', 10, true))
      .addColumn(...longText('attempts', true))
      .addColumn(...instant('create_time', true))
      .addColumn(...instant('update_time', true)),
  )
  await unlessExists(
    db.schema
      .createIndex('uq_notification_log_once')
      .unique()
      .on('notification_log')
      .columns(['source', 'event', 'audience']),
  )
  const index = (name: string, columns: string[]) =>
    unlessExists(db.schema.createIndex(`ix_notification_log_${name}`).on('notification_log').columns(columns))
  await index('time', ['create_time', 'id'])
  await index('event', ['event', 'create_time', 'id'])
  await index('outcome', ['outcome', 'create_time', 'id'])
  await index('channel', ['channel', 'create_time', 'id'])
  await index('audience', ['audience_kind', 'create_time', 'id'])
  await index('person', ['audience'])
}

async function addColumns(db: Db, engine: Engine) {
  const { text } = columnTypes(engine)
  // The customer table is the company's own: it may have got the column some other way.
  if (!(await exists(db, engine, 'customer', 'wxwork_user_id')))
    await unlessExists(db.schema.alterTable('customer').addColumn(...text('wxwork_user_id', 100, false)))
  await unlessExists(db.schema.alterTable('wxwork_message').addColumn(...text('notification_id', 36, false)))
}

async function createListing(db: Db, engine: Engine) {
  const { key, text, longText, int, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('wxwork_listing')
      .addColumn(...key('session_id', 36))
      .addColumn(...text('state', 10, true))
      .addColumn(...text('kind', 10, true))
      .addColumn(...text('str_seq', 255, true))
      .addColumn(...int('page_no', true))
      .addColumn(...int('inner_count', true))
      .addColumn(...int('external_count', true))
      .addColumn(...text('error', 255, false))
      .addColumn(...text('owner', 36, false))
      .addColumn(...instant('owned_until', false))
      .addColumn(...instant('started_at', true))
      .addColumn(...instant('finished_at', false)),
  )
  await unlessExists(
    db.schema
      .createTable('wxwork_contact_page')
      .addColumn(...key('id', 36))
      .addColumn(...text('session_id', 36, true))
      .addColumn(...text('kind', 10, true))
      .addColumn(...int('page_no', true))
      .addColumn(...longText('contacts', true)),
  )
  await unlessExists(
    db.schema
      .createIndex('uq_wxwork_contact_page')
      .unique()
      .on('wxwork_contact_page')
      .columns(['session_id', 'kind', 'page_no']),
  )
}
