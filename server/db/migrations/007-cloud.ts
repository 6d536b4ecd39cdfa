import type { Db, Engine } from '../database'
import { columnTypes, unlessExists } from '../sql-kit'

/** CloudBase: nonces of signed calls, files kept in cloud storage, messages for the function `notify`. */
export async function up(db: Db, engine: Engine): Promise<void> {
  const { key, text, longText, bigint, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('cloud_nonce')
      .addColumn(...key('nonce', 32))
      .addColumn(...instant('create_time', true)),
  )
  await unlessExists(db.schema.createIndex('ix_cloud_nonce_time').on('cloud_nonce').column('create_time'))
  await unlessExists(
    db.schema
      .createTable('cloud_object')
      .addColumn(...key('storage_key', 200))
      .addColumn(...text('file_id', 500, false))
      .addColumn(...bigint('size', false))
      .addColumn(...instant('written_at', true)),
  )
  await unlessExists(
    db.schema.createIndex('ix_cloud_object_time').on('cloud_object').columns(['written_at', 'storage_key']),
  )
  await unlessExists(
    db.schema
      .createTable('cloud_message')
      .addColumn(...key('id', 36))
      .addColumn(...longText('payload', true))
      .addColumn(...text('state', 10, true))
      .addColumn(...text('error', 500, false))
      .addColumn(...instant('create_time', true))
      .addColumn(...instant('update_time', true)),
  )
  await unlessExists(db.schema.createIndex('ix_cloud_message_state').on('cloud_message').columns(['state', 'id']))
  await unlessExists(db.schema.createIndex('ix_cloud_message_time').on('cloud_message').column('create_time'))
}
