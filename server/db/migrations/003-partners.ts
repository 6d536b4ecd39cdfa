import type { Db, Engine } from '../database'
import { columnTypes, unlessExists } from '../sql-kit'

/** What partners need: the record of calls, writes owed to them, and when each job ran. */
export async function up(db: Db, engine: Engine): Promise<void> {
  await createApiLog(db, engine)
  await createOutbox(db, engine)
  await createJobRun(db, engine)
}

async function createApiLog(db: Db, engine: Engine) {
  const { key, text, longText, int, flag, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('external_api_log')
      .addColumn(...key('id', 36))
      .addColumn(...text('system_name', 100, true))
      .addColumn(...text('account', 100, false))
      .addColumn(...text('api_endpoint', 255, true))
      .addColumn(...text('request_method', 10, true))
      .addColumn(...longText('request_payload', false))
      .addColumn(...int('response_status', false))
      .addColumn(...int('response_time_ms', false))
      .addColumn(...longText('response_body', false))
      .addColumn(...longText('hook', false))
      .addColumn(...longText('hook_result', false))
      .addColumn(...flag('success', true))
      .addColumn(...longText('error_message', false))
      .addColumn(...text('trace_id', 64, false))
      .addColumn(...instant('create_time', true)),
  )
  const index = (name: string, column: string) =>
    unlessExists(
      db.schema.createIndex(`ix_external_api_log_${name}`).on('external_api_log').columns([column, 'create_time']),
    )
  await index('system', 'system_name')
  await index('success', 'success')
}

/** Entries of one `key` of a system leave in the order of `seq`. */
async function createOutbox(db: Db, engine: Engine) {
  const { key, text, longText, int, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('outbox')
      .addColumn(...key('id', 36))
      .addColumn(...text('system_name', 50, true))
      .addColumn(...text('topic', 50, true))
      .addColumn(...text('key', 100, true))
      .addColumn(...int('seq', true))
      .addColumn(...text('subject', 100, true))
      .addColumn(...longText('payload', true))
      .addColumn(...text('state', 10, true))
      .addColumn(...int('attempts', true))
      .addColumn(...int('refusals', true))
      .addColumn(...instant('next_attempt_at', true))
      .addColumn(...text('waiting_for', 40, false))
      .addColumn(...text('last_error', 500, false))
      .addColumn(...text('claim', 36, false))
      .addColumn(...instant('claimed_until', false))
      .addColumn(...text('note', 500, false))
      .addColumn(...instant('sent_at', false))
      .addColumn(...instant('created_at', true))
      .addColumn(...instant('updated_at', true)),
  )
  await unlessExists(
    db.schema.createIndex('uq_outbox_order').unique().on('outbox').columns(['system_name', 'key', 'seq']),
  )
  await unlessExists(db.schema.createIndex('ix_outbox_due').on('outbox').columns(['state', 'next_attempt_at']))
  await unlessExists(db.schema.createIndex('ix_outbox_time').on('outbox').columns(['created_at', 'id']))
}

async function createJobRun(db: Db, engine: Engine) {
  const { key, text, int, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('job_run')
      .addColumn(...key('name', 100))
      .addColumn(...text('title', 100, true))
      .addColumn(...text('schedule', 100, true))
      .addColumn(...instant('started_at', false))
      .addColumn(...instant('finished_at', false))
      .addColumn(...int('duration_ms', false))
      .addColumn(...text('result', 10, false))
      .addColumn(...text('detail', 500, false))
      .addColumn(...instant('next_run_at', false))
      .addColumn(...text('lease_owner', 36, false))
      .addColumn(...instant('lease_until', false)),
  )
}
