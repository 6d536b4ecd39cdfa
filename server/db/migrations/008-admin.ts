import type { Db, Engine } from '../database'
import { unlessExists } from '../sql-kit'

/** What the console counts and lists is found by index. */
export async function up(db: Db, _engine: Engine): Promise<void> {
  const index = (name: string, table: string, columns: string[]) =>
    unlessExists(db.schema.createIndex(`ix_${table}_${name}`).on(table).columns(columns))

  await index('appointment', 'task', ['status', 'appointment_time'])
  await index('status', 'hc_dispatch_assignments', ['status', 'ended_at'])
  await index('type', 'hc_work_order_events', ['event_type', 'created_at'])
  await index('review', 'ec_care_tasks', ['is_flagged', 'reviewed_at'])
  await index('time', 'external_api_log', ['create_time', 'id'])
  await index('worker', 'ec_care_tasks', ['worker_id', 'checkin_at'])
}
