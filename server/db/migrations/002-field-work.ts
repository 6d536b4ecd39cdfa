import type { Db, Engine } from '../database'
import { columnTypes, exists, foreignKey, unlessExists } from '../sql-kit'

/** Field work: assignments, visits, reported positions, rules, audit, and what makes offline items once-only. */
export async function up(db: Db, engine: Engine): Promise<void> {
  const { text } = columnTypes(engine)
  if (!(await exists(db, engine, 'task', 'visit_state')))
    await unlessExists(db.schema.alterTable('task').addColumn(...text('visit_state', 20, false)))
  await createAssignments(db, engine)
  await createVisits(db, engine)
  await createLocations(db, engine)
  await createRules(db, engine)
  await createOnceOnly(db, engine)
}

async function createAssignments(db: Db, engine: Engine) {
  const { key, text, instant } = columnTypes(engine)
  const task = foreignKey(engine, 'work_order_id', 'task')
  const [name, type, modifier] = text('work_order_id', 36, true)
  await unlessExists(
    db.schema
      .createTable('hc_dispatch_assignments')
      .addColumn(...key('id', 36))
      .addColumn(name, type, (column) => task.inline(modifier(column)))
      .addColumn(...text('worker_id', 36, true))
      .addColumn(...text('dispatcher_id', 36, false))
      .addColumn(...text('status', 20, true))
      .addColumn(...text('live_key', 36, false))
      .addColumn(...text('note', 500, false))
      .addColumn(...text('reason', 500, false))
      .addColumn(...instant('created_at', true))
      .addColumn(...instant('accepted_at', false))
      .addColumn(...instant('ended_at', false)),
  )
  await task.constrain(db, 'hc_dispatch_assignments')
  await unlessExists(
    db.schema
      .createIndex('uq_hc_dispatch_assignments_live')
      .unique()
      .on('hc_dispatch_assignments')
      .column('live_key')
      .where('live_key' as never, 'is not', null),
  )
  await unlessExists(
    db.schema
      .createIndex('ix_hc_dispatch_assignments_order')
      .on('hc_dispatch_assignments')
      .columns(['work_order_id', 'created_at']),
  )
  await unlessExists(
    db.schema
      .createIndex('ix_hc_dispatch_assignments_worker')
      .on('hc_dispatch_assignments')
      .columns(['worker_id', 'status']),
  )
}

async function createVisits(db: Db, engine: Engine) {
  const { key, text, longText, int, float, flag, instant } = columnTypes(engine)
  const task = foreignKey(engine, 'work_order_id', 'task')
  const [name, type, modifier] = text('work_order_id', 36, true)
  await unlessExists(
    db.schema
      .createTable('ec_care_tasks')
      .addColumn(...key('id', 36))
      .addColumn(name, type, (column) => task.inline(modifier(column)))
      .addColumn(...int('visit_no', true))
      .addColumn(...text('worker_id', 36, true))
      .addColumn(...text('status', 20, true))
      .addColumn(...text('open_key', 36, false))
      .addColumn(...instant('checkin_at', true))
      .addColumn(...instant('checkout_at', false))
      .addColumn(...instant('captured_at', false))
      .addColumn(...instant('received_at', true))
      .addColumn(...float('latitude', true))
      .addColumn(...float('longitude', true))
      .addColumn(...float('accuracy_meters', false))
      .addColumn(...float('distance_meters', true))
      .addColumn(...float('radius_meters', true))
      .addColumn(...text('radius_scope', 20, true))
      .addColumn(...text('decision', 20, false))
      .addColumn(...float('service_latitude', true))
      .addColumn(...float('service_longitude', true))
      .addColumn(...longText('signature', true))
      .addColumn(...text('flags', 500, true))
      .addColumn(...flag('is_flagged', true))
      .addColumn(...float('checkout_latitude', false))
      .addColumn(...float('checkout_longitude', false))
      .addColumn(...float('checkout_distance_meters', false))
      .addColumn(...text('summary', 2000, false))
      .addColumn(...text('review_decision', 20, false))
      .addColumn(...text('review_comment', 500, false))
      .addColumn(...text('reviewer_name', 50, false))
      .addColumn(...instant('reviewed_at', false)),
  )
  await task.constrain(db, 'ec_care_tasks')
  await unlessExists(
    db.schema.createIndex('uq_ec_care_tasks_no').unique().on('ec_care_tasks').columns(['work_order_id', 'visit_no']),
  )
  await unlessExists(
    db.schema
      .createIndex('uq_ec_care_tasks_open')
      .unique()
      .on('ec_care_tasks')
      .column('open_key')
      .where('open_key' as never, 'is not', null),
  )
  await unlessExists(db.schema.createIndex('ix_ec_care_tasks_time').on('ec_care_tasks').columns(['checkin_at', 'id']))
  await unlessExists(
    db.schema.createIndex('ix_ec_care_tasks_flagged').on('ec_care_tasks').columns(['is_flagged', 'checkin_at']),
  )
}

async function createLocations(db: Db, engine: Engine) {
  const { key, text, int, float, flag, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('hc_worker_locations')
      .addColumn(...key('id', 36))
      .addColumn(...text('work_order_id', 36, true))
      .addColumn(...text('worker_id', 36, true))
      .addColumn(...text('source', 20, true))
      .addColumn(...float('latitude', true))
      .addColumn(...float('longitude', true))
      .addColumn(...text('coordinate_type', 10, true))
      .addColumn(...float('gcj_latitude', true))
      .addColumn(...float('gcj_longitude', true))
      .addColumn(...int('latitude_e6', true))
      .addColumn(...int('longitude_e6', true))
      .addColumn(...text('day', 8, true))
      .addColumn(...float('accuracy_meters', false))
      .addColumn(...instant('reported_at', false))
      .addColumn(...instant('created_at', true))
      .addColumn(...flag('accepted', true))
      .addColumn(...float('distance_meters', false))
      .addColumn(...text('reason_code', 40, true)),
  )
  const index = (suffix: string, columns: string[]) =>
    unlessExists(db.schema.createIndex(`ix_hc_worker_locations_${suffix}`).on('hc_worker_locations').columns(columns))
  await index('order', ['work_order_id', 'created_at'])
  await index('accepted', ['worker_id', 'accepted', 'created_at'])
  await index('repeated', ['worker_id', 'latitude_e6', 'longitude_e6', 'day'])
  await index('source', ['source', 'created_at'])
}

async function createRules(db: Db, engine: Engine) {
  const { key, text, longText, flag, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('sys_sla_config')
      .addColumn(...key('id', 36))
      .addColumn(...text('config_key', 100, true))
      .addColumn(...text('config_value', 100, true))
      .addColumn(...text('scope_type', 20, true))
      .addColumn(...text('scope_id', 36, true))
      .addColumn(...flag('is_active', true))
      .addColumn(...instant('updated_at', true)),
  )
  await unlessExists(
    db.schema
      .createIndex('uq_sys_sla_config')
      .unique()
      .on('sys_sla_config')
      .columns(['config_key', 'scope_type', 'scope_id']),
  )
  await unlessExists(
    db.schema
      .createTable('audit_log')
      .addColumn(...key('id', 36))
      .addColumn(...text('staff_id', 36, true))
      .addColumn(...text('staff_name', 50, true))
      .addColumn(...text('action', 50, true))
      .addColumn(...text('target', 100, true))
      .addColumn(...longText('detail', true))
      .addColumn(...instant('created_at', true)),
  )
  await unlessExists(db.schema.createIndex('ix_audit_log_time').on('audit_log').columns(['created_at', 'id']))
}

async function createOnceOnly(db: Db, engine: Engine) {
  const { key, text, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('sync_item')
      .addColumn(...key('id', 64))
      .addColumn(...text('kind', 20, true))
      .addColumn(...text('work_order_id', 36, false))
      .addColumn(...text('visit_id', 36, false))
      .addColumn(...instant('create_time', true)),
  )
  await unlessExists(
    db.schema
      .createTable('offline_ticket_use')
      .addColumn(...key('nonce', 64))
      .addColumn(...text('work_order_id', 36, true))
      .addColumn(...instant('create_time', true)),
  )
}
