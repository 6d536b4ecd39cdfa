import type { Db, Engine } from '../database'
import { unlessExists } from '../sql-kit'

/** What was found by reading whole tables is found by index; docs/decisions/0014-query-plans.md. */
export async function up(db: Db, _engine: Engine): Promise<void> {
  const index = (name: string, table: string, columns: string[]) =>
    unlessExists(db.schema.createIndex(`ix_${table}_${name}`).on(table).columns(columns))

  await index('visit', 'task_file', ['visit_id', 'position', 'id'])
  await index('stamped', 'task_file', ['stamped_key'])
  // With (sha256, task_id) alone SQLite reads every photo there is when a visit brings several.
  await index('digest', 'task_file', ['owner', 'sha256', 'task_id'])
  await index('uploader', 'task_file', ['uploader'])
  await index('customer', 'service_evaluation', ['customer_id'])
  await index('merged', 'customer', ['wechat_merged_into'])
  await index('scope', 'sys_sla_config', ['scope_type', 'scope_id'])
  await index('listed', 'outbox', ['state', 'created_at', 'id'])
  await index('session', 'external_challenge', ['session_id'])
  await index('system', 'external_work_order', ['system_name', 'first_seen_at', 'id'])
  await index('time', 'external_pull_run', ['create_time', 'id'])
  await index('state', 'wxwork_message', ['state', 'session_id'])
  await index('listed', 'wxwork_message', ['session_id', 'id'])
  await index('received', 'wxwork_notice', ['received_at'])
}
