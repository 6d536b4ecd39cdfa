import Sqlite from 'better-sqlite3'
import { openDatabase } from '../../server/db/database'
import { migrate } from '../../server/db/migrate'

export const TASKS_PER_CUSTOMER = 20
export const WORKERS = 50
/** Where every work order's service takes place, and where its worker stands, GCJ02. */
export const SITE = { latitude: 39.9042, longitude: 116.4074 }
export const STANDING = { latitude: 39.90429, longitude: 116.4074 }

const hex = (value: number, length: number) => value.toString(16).padStart(length, '0')
const idIn = (block: string) => (number: number) => `${hex(number, 8)}-0000-7000-${block}-${hex(number, 12)}`
const sqlIdIn = (block: string, number: string) => `printf('%08x-0000-7000-${block}-%012x', ${number}, ${number})`

const BLOCKS = {
  task: '8000',
  worker: '8001',
  order: '8002',
  evidence: '8003',
  assignment: '8004',
  fix: '8005',
  notice: '8006',
}
export const workerId = idIn(BLOCKS.worker)
export const orderId = idIn(BLOCKS.order)
export const evidenceId = idIn(BLOCKS.evidence)
/** Workers take the orders in turns, so the first `WORKERS` orders are one of each. */
export const workerOf = (order: number): number => ((order - 1) % WORKERS) + 1

/** Rows of the tables that grow. */
export interface DatasetSize {
  tasks: number
  fixes: number
  notices: number
}

/**
 * A SQLite file with `tasks` tasks, `TASKS_PER_CUSTOMER` for each customer, every second with an engineer; one accepted
 * work order for each worker; `fixes` positions, every second of them the first worker's, always the same place; and
 * `notices` of the gateway that were processed.
 * Written inside SQLite from one statement a table, so that a million rows take seconds.
 */
export async function createDataset(file: string, { tasks, fixes, notices }: DatasetSize): Promise<void> {
  const database = await openDatabase({ engine: 'sqlite', file, url: '' })
  await migrate(database)
  await database.close()
  const db = new Sqlite(file)
  write(db, () => {
    const customers = Math.ceil(tasks / TASKS_PER_CUSTOMER)
    db.prepare(STAFF).run()
    db.prepare(CUSTOMERS).run({ customers })
    db.prepare(TASKS).run({ tasks, perCustomer: TASKS_PER_CUSTOMER })
    db.prepare(ORDERS_CUSTOMER).run()
    db.prepare(RADIUS).run()
    insertOrders(db, 1, WORKERS)
    db.prepare(FIXES).run({ fixes, ...STANDING })
    db.prepare(NOTICES).run({ notices })
  })
  db.exec('analyze')
  db.close()
}

/** Accepted work orders with a photo each, ready for a check-in: numbers `from` to `to`. */
export function addOrders(file: string, from: number, to: number): void {
  const db = new Sqlite(file)
  write(db, () => insertOrders(db, from, to))
  db.close()
}

function write(db: Sqlite.Database, work: () => void): void {
  db.pragma('synchronous = OFF')
  db.transaction(work)()
  db.pragma('wal_checkpoint(TRUNCATE)')
}

function insertOrders(db: Sqlite.Database, from: number, to: number): void {
  db.prepare(ORDERS).run({ from, to, ...SITE })
  db.prepare(ASSIGNMENTS).run({ from, to })
  db.prepare(EVIDENCE).run({ from, to })
}

const COUNT = (from: string, to: string) =>
  `with recursive n(i) as (select ${from} union all select i + 1 from n where i < ${to})`
const WORKER_OF = `(i - 1) % ${WORKERS} + 1`

const NOTICES = `
  insert into wxwork_notice (id, digest, body, received_at, processed_at)
  ${COUNT('1', '@notices')}
  select ${sqlIdIn(BLOCKS.notice, 'i')}, printf('%064x', i), '{"uuid":"bench"}', '2026-01-01T00:00:00.000Z',
    '2026-01-01T00:00:00.000Z' from n`

const STAFF = `
  insert into staff (id, email, password_hash, role, full_name, phone, org_id, is_active, created_at, updated_at)
  ${COUNT('1', String(WORKERS))}
  select ${sqlIdIn(BLOCKS.worker, 'i')}, 'worker' || i || '@example.com', '', 'HOMECARE_WORKER', '李工', '13900139000',
    '00000000-0000-0000-0000-000000000000', 1, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z' from n`

const CUSTOMERS = `
  insert into customer (id, name, contact, phone, address, email, wechat_openid, create_time, update_time)
  ${COUNT('1', '@customers')}
  select i, 'ABC科技有限公司', '张三', '13800138000', '北京市海淀区中关村', 'user@example.com', 'bench-' || i,
    '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z' from n`

const TASK_COLUMNS = `id, task_id, type, customer_id, customer_name, customer_company, customer_phone, customer_address,
  device_name, device_type, device_brand, device_model, fault_description, quantity, description, current_step, status,
  org_id, origin, worker_id, service_latitude, service_longitude, event_seq, event_head, create_time, update_time`
const TASK_TEXTS = `'张三', 'ABC科技有限公司', '13800138000', '北京市海淀区中关村',
  '高效液相色谱仪', '色谱仪', '安捷伦', '1260', '仪器无法正常启动', 1, '仪器无法正常启动，屏幕无显示'`
const TASK_TIME = `strftime('%Y-%m-%dT%H:%M:%fZ', 1767225600 + i, 'unixepoch')`

const TASKS = `
  insert into task (${TASK_COLUMNS})
  ${COUNT('1', '@tasks')}
  select ${sqlIdIn(BLOCKS.task, 'i')}, printf('T%08d%04d', i / 9999, i % 9999), 'repair',
    (i - 1) / @perCustomer + 1, ${TASK_TEXTS}, i % 7, 'open', '00000000-0000-0000-0000-000000000000', 'miniprogram',
    iif(i % 2, ${sqlIdIn(BLOCKS.worker, '1')}, null), null, null, 0, '', ${TASK_TIME}, ${TASK_TIME} from n`

/** Of a customer of their own, whose list no row reads. */
const ORDERS_CUSTOMER = `
  insert into customer (id, name, wechat_openid, create_time, update_time)
  values (90000000, 'ABC科技有限公司', 'bench-orders', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')`

const ORDERS = `
  insert into task (${TASK_COLUMNS})
  ${COUNT('@from', '@to')}
  select ${sqlIdIn(BLOCKS.order, 'i')}, 'W' || i, 'repair', 90000000, ${TASK_TEXTS}, 1, 'open',
    '00000000-0000-0000-0000-000000000000', 'miniprogram', ${sqlIdIn(BLOCKS.worker, WORKER_OF)}, @latitude, @longitude,
    0, '', ${TASK_TIME}, ${TASK_TIME} from n`

const ASSIGNMENTS = `
  insert into hc_dispatch_assignments (id, work_order_id, worker_id, status, live_key, created_at, accepted_at)
  ${COUNT('@from', '@to')}
  select ${sqlIdIn(BLOCKS.assignment, 'i')}, ${sqlIdIn(BLOCKS.order, 'i')}, ${sqlIdIn(BLOCKS.worker, WORKER_OF)},
    'ACCEPTED', ${sqlIdIn(BLOCKS.order, 'i')}, ${TASK_TIME}, ${TASK_TIME} from n`

const EVIDENCE = `
  insert into task_file (id, owner, task_id, uploader, original_name, storage_key, mime, size, sha256, position,
    create_time)
  ${COUNT('@from', '@to')}
  select ${sqlIdIn(BLOCKS.evidence, 'i')}, 'evidence', ${sqlIdIn(BLOCKS.order, 'i')},
    'staff:' || ${sqlIdIn(BLOCKS.worker, WORKER_OF)}, '现场.jpg', 'bench/' || i, 'image/jpeg', 1000000,
    printf('%064x', i), 0, ${TASK_TIME} from n`

const RADIUS = `
  insert into sys_sla_config (id, config_key, config_value, scope_type, scope_id, is_active, updated_at)
  values ('radius', 'HOMECARE_CHECKIN_RADIUS_METERS', '50', 'GLOBAL', '', 1, '2026-01-01T00:00:00.000Z')`

/** Over the last hundred days but two. */
const FIX_TIME = `'now', '-100 days', printf('+%d seconds', i * 98 * 86400 / @fixes)`
const FIXES = `
  insert into hc_worker_locations (id, work_order_id, worker_id, source, latitude, longitude, coordinate_type,
    gcj_latitude, gcj_longitude, latitude_e6, longitude_e6, day, accuracy_meters, created_at, accepted, distance_meters,
    reason_code)
  select id, ${sqlIdIn(BLOCKS.order, 'worker')}, ${sqlIdIn(BLOCKS.worker, 'worker')}, 'fix', latitude, longitude,
    'gcj02', latitude, longitude, cast(round(latitude * 1e6) as integer), cast(round(longitude * 1e6) as integer), day,
    8, time, 1, 10, 'OK'
  from (
    ${COUNT('1', '@fixes')}
    select ${sqlIdIn(BLOCKS.fix, 'i')} as id, iif(i % 2, 1, i / 2 % ${WORKERS - 1} + 2) as worker,
      iif(i % 2, @latitude, 39.8 + i % 99991 / 1e6) as latitude, @longitude as longitude,
      strftime('%Y%m%d', ${FIX_TIME}, '+8 hours') as day, strftime('%Y-%m-%dT%H:%M:%fZ', ${FIX_TIME}) as time from n
  )`
