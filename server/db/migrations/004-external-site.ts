import type { Db, Engine } from '../database'
import { columnTypes, unlessExists } from '../sql-kit'

/** External work-order sites (external-site-session.md): systems, logins, challenges, pulls and what was pulled. */
export async function up(db: Db, engine: Engine): Promise<void> {
  await createSystems(db, engine)
  await createSessions(db, engine)
  await createChallenges(db, engine)
  await createPulls(db, engine)
  await createWorkOrders(db, engine)
}

async function createSystems(db: Db, engine: Engine) {
  const { key, text, longText, int, flag, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('external_system')
      .addColumn(...key('id', 36))
      .addColumn(...text('system_name', 100, true))
      .addColumn(...text('base_url', 500, true))
      .addColumn(...text('profile', 50, true))
      .addColumn(...longText('overrides', true))
      .addColumn(...int('lock_threshold', true))
      .addColumn(...int('check_interval_seconds', true))
      .addColumn(...int('pull_interval_seconds', false))
      .addColumn(...instant('next_pull_at', false))
      .addColumn(...text('watermark', 100, false))
      .addColumn(...flag('is_active', true))
      .addColumn(...instant('create_time', true))
      .addColumn(...instant('update_time', true)),
  )
  await unlessExists(
    db.schema.createIndex('uq_external_system_name').unique().on('external_system').column('system_name'),
  )
  await unlessExists(
    db.schema
      .createTable('external_api_endpoint')
      .addColumn(...key('id', 36))
      .addColumn(...text('system_name', 100, true))
      .addColumn(...text('name', 100, true))
      .addColumn(...text('endpoint', 255, true))
      .addColumn(...text('http_method', 10, true))
      .addColumn(...flag('require_auth', true))
      .addColumn(...longText('description', false))
      .addColumn(...instant('create_time', true))
      .addColumn(...instant('update_time', true)),
  )
  const unique = (name: string, columns: string[]) =>
    unlessExists(
      db.schema.createIndex(`uq_external_api_endpoint_${name}`).unique().on('external_api_endpoint').columns(columns),
    )
  await unique('path', ['system_name', 'endpoint', 'http_method'])
  await unique('name', ['system_name', 'name'])
}

async function createSessions(db: Db, engine: Engine) {
  const { key, text, longText, int, flag, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('external_auth_session')
      .addColumn(...key('id', 36))
      .addColumn(...text('system_name', 100, true))
      .addColumn(...text('account', 100, true))
      .addColumn(...longText('password', true))
      .addColumn(...flag('password_proven', true))
      .addColumn(...longText('cookie', true))
      .addColumn(...text('status', 20, true))
      .addColumn(...text('state', 20, true))
      .addColumn(...instant('expire_at', false))
      .addColumn(...instant('last_login_at', false))
      .addColumn(...instant('last_alive_at', false))
      .addColumn(...instant('last_check_at', false))
      .addColumn(...instant('next_action_at', false))
      .addColumn(...instant('retry_at', false))
      .addColumn(...int('learned_lifetime_seconds', false))
      .addColumn(...int('password_failures', true))
      .addColumn(...int('failures', true))
      .addColumn(...text('last_error', 500, false))
      .addColumn(...text('lease_owner', 100, false))
      .addColumn(...instant('lease_until', false))
      .addColumn(...int('fencing_token', true))
      .addColumn(...instant('update_time', true))
      .addColumn(...instant('create_time', true)),
  )
  await unlessExists(
    db.schema
      .createIndex('uq_external_auth_session')
      .unique()
      .on('external_auth_session')
      .columns(['system_name', 'account']),
  )
  await unlessExists(
    db.schema.createIndex('ix_external_auth_session_due').on('external_auth_session').column('next_action_at'),
  )
}

/** At most one open challenge per session: `live_key` is the session while it is open. */
async function createChallenges(db: Db, engine: Engine) {
  const { key, text, longText, int, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('external_challenge')
      .addColumn(...key('id', 36))
      .addColumn(...text('session_id', 36, true))
      .addColumn(...text('system_name', 100, true))
      .addColumn(...text('account', 100, true))
      .addColumn(...text('kind', 20, true))
      .addColumn(...longText('image', true))
      .addColumn(...longText('context', true))
      .addColumn(...text('state', 20, true))
      .addColumn(...text('live_key', 36, false))
      .addColumn(...int('fencing_token', true))
      .addColumn(...text('answered_by', 50, false))
      .addColumn(...instant('answered_at', false))
      .addColumn(...instant('expires_at', true))
      .addColumn(...instant('create_time', true)),
  )
  await unlessExists(
    db.schema
      .createIndex('uq_external_challenge_live')
      .unique()
      .on('external_challenge')
      .column('live_key')
      .where('live_key' as never, 'is not', null),
  )
}

/** At most one live pull per system. */
async function createPulls(db: Db, engine: Engine) {
  const { key, text, int, longText, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('external_pull_run')
      .addColumn(...key('id', 36))
      .addColumn(...text('system_name', 100, true))
      .addColumn(...text('account', 100, true))
      .addColumn(...text('state', 20, true))
      .addColumn(...text('live_key', 100, false))
      .addColumn(...int('seen', true))
      .addColumn(...int('created', true))
      .addColumn(...int('updated', true))
      .addColumn(...int('unchanged', true))
      .addColumn(...int('details_failed', true))
      .addColumn(...int('total', false))
      .addColumn(...text('watermark', 100, false))
      .addColumn(...longText('error', false))
      .addColumn(...text('requested_by', 50, false))
      .addColumn(...text('lease_owner', 100, false))
      .addColumn(...instant('lease_until', false))
      .addColumn(...int('fencing_token', true))
      .addColumn(...instant('create_time', true))
      .addColumn(...instant('started_at', false))
      .addColumn(...instant('finished_at', false)),
  )
  await unlessExists(
    db.schema
      .createIndex('uq_external_pull_run_live')
      .unique()
      .on('external_pull_run')
      .column('live_key')
      .where('live_key' as never, 'is not', null),
  )
  await unlessExists(
    db.schema
      .createIndex('ix_external_pull_run_system')
      .on('external_pull_run')
      .columns(['system_name', 'create_time']),
  )
}

async function createWorkOrders(db: Db, engine: Engine) {
  const { key, text, longText, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('external_work_order')
      .addColumn(...key('id', 36))
      .addColumn(...text('system_name', 100, true))
      .addColumn(...text('external_no', 100, true))
      .addColumn(...text('title', 500, false))
      .addColumn(...longText('content', false))
      .addColumn(...text('address', 500, false))
      .addColumn(...text('contact', 100, false))
      .addColumn(...text('phone', 50, false))
      .addColumn(...text('status', 100, false))
      .addColumn(...text('external_time', 50, false))
      .addColumn(...longText('payload', true))
      .addColumn(...longText('detail', false))
      .addColumn(...text('detail_state', 20, true))
      .addColumn(...text('content_hash', 64, true))
      .addColumn(...text('first_run_id', 36, true))
      .addColumn(...text('last_run_id', 36, true))
      .addColumn(...instant('first_seen_at', true))
      .addColumn(...instant('last_seen_at', true))
      .addColumn(...text('task_id', 36, false))
      .addColumn(...text('task_number', 20, false)),
  )
  await unlessExists(
    db.schema
      .createIndex('uq_external_work_order_no')
      .unique()
      .on('external_work_order')
      .columns(['system_name', 'external_no']),
  )
  await unlessExists(
    db.schema.createIndex('ix_external_work_order_seen').on('external_work_order').columns(['first_seen_at', 'id']),
  )
}
