import { sql } from 'kysely'
import type { Db, Engine } from '../database'
import { columnTypes, exists, foreignKey, hasUniqueIndex, unlessExists } from '../sql-kit'

/** The customer's side: the company's `customer` table is extended, never changed; tasks, files, steps, ratings. */
export async function up(db: Db, engine: Engine): Promise<void> {
  await extendCustomer(db, engine)
  await createStaff(db, engine)
  await createTask(db, engine)
  await createStepRecord(db, engine)
  await createTaskFile(db, engine)
  await createEvaluation(db, engine)
  await createEvents(db, engine)
  await createOwn(db, engine)
}

async function extendCustomer(db: Db, engine: Engine) {
  const { identity, text, bigint, instant } = columnTypes(engine)
  if (!(await exists(db, engine, 'customer'))) {
    await db.schema
      .createTable('customer')
      .addColumn(...identity('id'))
      .addColumn(...text('name', 100, true))
      .addColumn('level', sql`char(1)`, (column) => column.notNull().defaultTo('C'))
      .addColumn(...text('contact', 50, false))
      .addColumn(...text('phone', 20, false))
      .addColumn(...text('address', 255, false))
      .addColumn(...text('email', 100, false))
      .addColumn(...text('department', 50, false))
      .addColumn(...text('position', 50, false))
      .addColumn(...bigint('sales_id', false))
      .addColumn('create_time', sql`datetime2`)
      .addColumn('update_time', sql`datetime2`)
      .execute()
  }
  const additions = [
    text('wechat_openid', 128, false),
    text('wechat_unionid', 128, false),
    text('wechat_avatar_url', 512, false),
    bigint('wechat_merged_into', false),
    instant('wechat_disabled_at', false),
    text('ngs_customer_guid', 64, false),
  ]
  for (const [name, type, modifier] of additions)
    if (!(await exists(db, engine, 'customer', name)))
      await unlessExists(db.schema.alterTable('customer').addColumn(name, type, modifier))
  if (!(await hasUniqueIndex(db, engine, 'customer', 'wechat_openid')))
    await unlessExists(
      db.schema
        .createIndex('UQ_customer_wechat_openid')
        .unique()
        .on('customer')
        .column('wechat_openid')
        .where('wechat_openid' as never, 'is not', null),
    )
  await unlessExists(db.schema.createIndex('ix_customer_phone').on('customer').column('phone'))
}

async function createStaff(db: Db, engine: Engine) {
  const { key, text, flag, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('staff')
      .addColumn(...key('id', 36))
      .addColumn(...text('email', 100, true))
      .addColumn(...text('password_hash', 200, true))
      .addColumn(...text('role', 30, true))
      .addColumn(...text('full_name', 50, true))
      .addColumn(...text('phone', 20, false))
      .addColumn(...text('org_id', 36, true))
      .addColumn(...text('team_id', 36, false))
      .addColumn(...text('wxwork_user_id', 64, false))
      .addColumn(...flag('is_active', true))
      .addColumn(...instant('tokens_valid_after', false))
      .addColumn(...instant('created_at', true))
      .addColumn(...instant('updated_at', true)),
  )
  await unlessExists(db.schema.createIndex('uq_staff_email').unique().on('staff').column('email'))
  await unlessExists(db.schema.createIndex('ix_staff_role').on('staff').columns(['role', 'full_name']))
}

async function createTask(db: Db, engine: Engine) {
  const { key, text, bigint, int, float, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('task')
      .addColumn(...key('id', 36))
      .addColumn(...text('task_id', 20, true))
      .addColumn(...text('type', 20, true))
      .addColumn(...bigint('customer_id', true))
      .addColumn(...text('customer_name', 50, true))
      .addColumn(...text('customer_company', 100, true))
      .addColumn(...text('customer_phone', 20, true))
      .addColumn(...text('customer_address', 255, true))
      .addColumn(...text('customer_email', 100, false))
      .addColumn(...text('device_name', 100, false))
      .addColumn(...text('device_type', 100, false))
      .addColumn(...text('device_brand', 100, false))
      .addColumn(...text('device_model', 100, false))
      .addColumn(...text('fault_description', 2000, false))
      .addColumn(...int('quantity', true))
      .addColumn(...text('accessories', 500, false))
      .addColumn(...instant('appointment_time', false))
      .addColumn(...text('verification_type', 10, false))
      .addColumn(...text('purpose', 200, false))
      .addColumn(...text('requirement_description', 2000, false))
      .addColumn(...text('description', 2000, true))
      .addColumn(...int('current_step', true))
      .addColumn(...text('status', 20, true))
      .addColumn(...float('service_latitude', false))
      .addColumn(...float('service_longitude', false))
      .addColumn(...text('org_id', 36, true))
      .addColumn(...text('team_id', 36, false))
      .addColumn(...text('origin', 20, true))
      .addColumn(...text('ngs_oid', 64, false))
      .addColumn(...text('ngs_task_id', 64, false))
      .addColumn(...text('worker_id', 36, false))
      .addColumn(...text('content_flag', 20, false))
      .addColumn(...text('cancel_reason', 500, false))
      .addColumn(...instant('reminded_at', false))
      .addColumn(...int('event_seq', true))
      .addColumn(...text('event_head', 64, true))
      .addColumn(...instant('create_time', true))
      .addColumn(...instant('update_time', true)),
  )
  await unlessExists(db.schema.createIndex('uq_task_task_id').unique().on('task').column('task_id'))
  await unlessExists(db.schema.createIndex('ix_task_customer').on('task').columns(['customer_id', 'create_time', 'id']))
  await unlessExists(db.schema.createIndex('ix_task_worker').on('task').columns(['worker_id', 'status', 'create_time']))
  await unlessExists(
    db.schema.createIndex('ix_task_state').on('task').columns(['status', 'current_step', 'create_time']),
  )
  await unlessExists(db.schema.createIndex('ix_task_time').on('task').columns(['create_time', 'id']))
  await unlessExists(
    db.schema
      .createTable('task_sequence')
      .addColumn(...key('day', 8))
      .addColumn(...int('last_number', true)),
  )
}

async function createStepRecord(db: Db, engine: Engine) {
  const { key, text, int, instant } = columnTypes(engine)
  const task = foreignKey(engine, 'task_id', 'task')
  const [name, type, modifier] = text('task_id', 36, true)
  await unlessExists(
    db.schema
      .createTable('step_record')
      .addColumn(...key('id', 36))
      .addColumn(name, type, (column) => task.inline(modifier(column)))
      .addColumn(...int('step_index', true))
      .addColumn(...text('description', 2000, true))
      .addColumn(...text('author_kind', 20, true))
      .addColumn(...text('author_id', 36, true))
      .addColumn(...text('author_name', 50, true))
      .addColumn(...instant('create_time', true)),
  )
  await task.constrain(db, 'step_record')
  await unlessExists(
    db.schema.createIndex('ix_step_record_task').on('step_record').columns(['task_id', 'create_time', 'id']),
  )
}

async function createTaskFile(db: Db, engine: Engine) {
  const { key, text, bigint, int, float, instant } = columnTypes(engine)
  const task = foreignKey(engine, 'task_id', 'task')
  const [name, type, modifier] = text('task_id', 36, false)
  await unlessExists(
    db.schema
      .createTable('task_file')
      .addColumn(...key('id', 36))
      .addColumn(...text('owner', 20, true))
      .addColumn(name, type, (column) => task.inline(modifier(column)))
      .addColumn(...text('step_record_id', 36, false))
      .addColumn(...text('visit_id', 36, false))
      .addColumn(...text('uploader', 50, true))
      .addColumn(...text('original_name', 255, true))
      .addColumn(...text('storage_key', 200, true))
      .addColumn(...text('stamped_key', 200, false))
      .addColumn(...text('mime', 100, true))
      .addColumn(...bigint('size', true))
      .addColumn(...text('sha256', 64, true))
      .addColumn(...int('position', true))
      .addColumn(...instant('captured_at', false))
      .addColumn(...float('latitude', false))
      .addColumn(...float('longitude', false))
      .addColumn(...instant('create_time', true)),
  )
  await task.constrain(db, 'task_file')
  await unlessExists(
    db.schema.createIndex('ix_task_file_task').on('task_file').columns(['task_id', 'owner', 'position']),
  )
  await unlessExists(db.schema.createIndex('ix_task_file_owner').on('task_file').columns(['owner', 'create_time']))
  await unlessExists(db.schema.createIndex('ix_task_file_sha').on('task_file').columns(['sha256', 'task_id']))
  await unlessExists(db.schema.createIndex('uq_task_file_key').unique().on('task_file').column('storage_key'))
}

async function createEvaluation(db: Db, engine: Engine) {
  const { key, text, bigint, int, instant } = columnTypes(engine)
  const task = foreignKey(engine, 'task_id', 'task')
  const [name, type, modifier] = text('task_id', 36, true)
  await unlessExists(
    db.schema
      .createTable('service_evaluation')
      .addColumn(...key('id', 36))
      .addColumn(name, type, (column) => task.inline(modifier(column)))
      .addColumn(...bigint('customer_id', true))
      .addColumn(...int('service_attitude', true))
      .addColumn(...int('service_quality', true))
      .addColumn(...int('overall_rating', true))
      .addColumn(...text('comment', 1000, false))
      .addColumn(...instant('create_time', true)),
  )
  await task.constrain(db, 'service_evaluation')
  await unlessExists(
    db.schema.createIndex('uq_service_evaluation_task').unique().on('service_evaluation').column('task_id'),
  )
  await unlessExists(db.schema.createIndex('ix_service_evaluation_time').on('service_evaluation').column('create_time'))
}

async function createEvents(db: Db, engine: Engine) {
  const { key, text, longText, int, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('hc_work_order_events')
      .addColumn(...key('id', 36))
      .addColumn(...text('work_order_id', 36, true))
      .addColumn(...int('seq', true))
      .addColumn(...text('event_type', 40, true))
      .addColumn(...text('actor_kind', 20, true))
      .addColumn(...text('actor_id', 36, true))
      .addColumn(...text('actor_name', 50, true))
      .addColumn(...longText('payload', true))
      .addColumn(...instant('created_at', true))
      .addColumn(...text('key_id', 16, true))
      .addColumn(...text('prev_hash', 64, true))
      .addColumn(...text('hash', 64, true)),
  )
  await unlessExists(
    db.schema
      .createIndex('uq_hc_work_order_events_seq')
      .unique()
      .on('hc_work_order_events')
      .columns(['work_order_id', 'seq']),
  )
}

async function createOwn(db: Db, engine: Engine) {
  const { key, text, longText, bigint, int, instant } = columnTypes(engine)
  await unlessExists(
    db.schema
      .createTable('idempotency_key')
      .addColumn(...key('id', 64))
      .addColumn(...text('fingerprint', 64, true))
      .addColumn(...int('status', true))
      .addColumn(...longText('answer', true))
      .addColumn(...instant('create_time', true)),
  )
  await unlessExists(db.schema.createIndex('ix_idempotency_key_time').on('idempotency_key').column('create_time'))
  await unlessExists(
    db.schema
      .createTable('subscription_credit')
      .addColumn(...bigint('customer_id', true))
      .addColumn(...text('template_id', 64, true))
      .addColumn(...int('credits', true))
      .addColumn(...instant('update_time', true)),
  )
  await unlessExists(
    db.schema
      .createIndex('uq_subscription_credit')
      .unique()
      .on('subscription_credit')
      .columns(['customer_id', 'template_id']),
  )
  await unlessExists(
    db.schema
      .createTable('notification')
      .addColumn(...key('id', 36))
      .addColumn(...text('audience', 50, true))
      .addColumn(...text('event', 40, true))
      .addColumn(...text('title', 100, true))
      .addColumn(...text('content', 500, true))
      .addColumn(...text('task_id', 36, false))
      .addColumn(...instant('read_at', false))
      .addColumn(...instant('create_time', true)),
  )
  await unlessExists(
    db.schema.createIndex('ix_notification_audience').on('notification').columns(['audience', 'create_time']),
  )
}
