import type { Db, Engine } from '../database'
import { columnTypes, unlessExists } from '../sql-kit'

/** The Enterprise-WeChat gateway (wxwork-gateway.md): accounts, events, callbacks as they came, and messages to send. */
export async function up(db: Db, engine: Engine): Promise<void> {
  await createSessions(db, engine)
  await createEvents(db, engine)
  await createMessages(db, engine)
}

async function createSessions(db: Db, engine: Engine) {
  const { key, text, longText, int, flag, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('wxwork_session')
      .addColumn(...key('id', 36))
      .addColumn(...text('uuid', 64, true))
      .addColumn(...text('vid', 64, true))
      .addColumn(...flag('is_login', true))
      .addColumn(...longText('qrcode', false))
      .addColumn(...text('qrcode_key', 255, true))
      .addColumn(...instant('qrcode_expires_at', false))
      .addColumn(...text('last_event', 255, true))
      .addColumn(...longText('last_error', false))
      .addColumn(...text('state', 20, true))
      .addColumn(...text('nickname', 100, true))
      .addColumn(...text('corp_name', 100, true))
      .addColumn(...longText('init_options', false))
      .addColumn(...flag('monitored', true))
      .addColumn(...text('callback_uuid', 64, true))
      .addColumn(...int('tries', true))
      .addColumn(...instant('next_try_at', false))
      .addColumn(...flag('qr_fetched', true))
      .addColumn(...instant('next_check_at', true))
      .addColumn(...instant('last_check_at', false))
      .addColumn(...instant('last_reconnect_at', false))
      .addColumn(...instant('last_online_at', false))
      .addColumn(...instant('active_at', false))
      .addColumn(...instant('next_send_at', false))
      .addColumn(...text('send_owner', 36, false))
      .addColumn(...instant('send_until', false))
      .addColumn(...int('version', true))
      .addColumn(...instant('created_at', true))
      .addColumn(...instant('updated_at', true)),
  )
  await unlessExists(db.schema.createIndex('uq_wxwork_session_uuid').unique().on('wxwork_session').column('uuid'))
  await unlessExists(db.schema.createIndex('ix_wxwork_session_vid').on('wxwork_session').column('vid'))
  await unlessExists(
    db.schema
      .createTable('wxwork_monitor')
      .addColumn(...key('id', 36))
      .addColumn(...flag('enabled', true))
      .addColumn(...instant('updated_at', true)),
  )
}

async function createEvents(db: Db, engine: Engine) {
  const { key, text, longText, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('wxwork_event')
      .addColumn(...key('id', 36))
      .addColumn(...text('session_id', 36, true))
      .addColumn(...text('session_uuid', 64, true))
      .addColumn(...text('stage', 64, true))
      .addColumn(...text('event_type', 64, true))
      .addColumn(...longText('payload', true))
      .addColumn(...instant('created_at', true)),
  )
  await unlessExists(db.schema.createIndex('ix_wxwork_event_session').on('wxwork_event').columns(['session_id', 'id']))
  await unlessExists(
    db.schema
      .createTable('wxwork_notice')
      .addColumn(...key('id', 36))
      .addColumn(...text('digest', 64, true))
      .addColumn(...longText('body', true))
      .addColumn(...instant('received_at', true))
      .addColumn(...instant('processed_at', false)),
  )
  await unlessExists(db.schema.createIndex('uq_wxwork_notice_digest').unique().on('wxwork_notice').column('digest'))
  await unlessExists(db.schema.createIndex('ix_wxwork_notice_open').on('wxwork_notice').columns(['processed_at', 'id']))
}

async function createMessages(db: Db, engine: Engine) {
  const { identity, text, longText, flag, bigint, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('wxwork_message')
      .addColumn(...identity('id'))
      .addColumn(...text('session_id', 36, true))
      .addColumn(...text('receiver', 100, true))
      .addColumn(...bigint('kf_id', true))
      .addColumn(...flag('is_room', true))
      .addColumn(...longText('content', true))
      .addColumn(...text('state', 10, true))
      .addColumn(...flag('patient', true))
      .addColumn(...longText('result', false))
      .addColumn(...text('error', 500, false))
      .addColumn(...instant('created_at', true))
      .addColumn(...instant('started_at', false))
      .addColumn(...instant('finished_at', false)),
  )
  await unlessExists(
    db.schema.createIndex('ix_wxwork_message_queue').on('wxwork_message').columns(['session_id', 'state', 'id']),
  )
  await unlessExists(
    db.schema.createIndex('ix_wxwork_message_pace').on('wxwork_message').columns(['session_id', 'started_at']),
  )
}
