import fs from 'node:fs'
import { sql } from 'kysely'
import { type Database, openDatabase } from '../../../server/db/database'
import { exactKey } from '../../../server/db/exact-key'
import { isUniqueViolation } from '../../../server/db/db-error'
import { migrate, migrationStatus } from '../../../server/db/migrate'
import { exists, hasUniqueIndex } from '../../../server/db/sql-kit'
import { ENGINES, freshDatabase, tempDir } from '../../support/engines'
import { refusalOf } from './refusal'
import { runWorker } from './worker-process'

const ADDED = [
  'wechat_openid',
  'wechat_unionid',
  'wechat_avatar_url',
  'wechat_merged_into',
  'wechat_disabled_at',
  'ngs_customer_guid',
]

/** The company's own table, as data-model.md found it in the field. */
const BASE = {
  mssql: `create table [dbo].[customer] (id bigint identity(1,1) not null primary key, name nvarchar(100) not null,
    level char(1) not null default 'C', contact nvarchar(50), phone nvarchar(20), address nvarchar(255),
    email nvarchar(100), department nvarchar(50), position nvarchar(50), sales_id bigint,
    create_time datetime2, update_time datetime2)`,
  sqlite: `create table customer (id integer primary key autoincrement, name nvarchar(100) not null,
    level char(1) not null default 'C', contact nvarchar(50), phone nvarchar(20), address nvarchar(255),
    email nvarchar(100), department nvarchar(50), position nvarchar(50), sales_id bigint,
    create_time datetime2, update_time datetime2)`,
}
const ROWS = [
  [
    'Åland 仪器有限公司',
    'A',
    "O'Neil 🔬",
    '138 0013 8000',
    '北京',
    'a@b.cn',
    '采购',
    '经理',
    7,
    '2020-01-02 03:04:05.678',
  ],
  ['', 'C', null, null, null, null, null, null, null, null],
  ['  blanks  ', 'B', 'x', '+86 138-0013-8000', '', '', '', '', -1, '1999-12-31 23:59:59.999'],
]
const EXTERNAL_ORDER = {
  id: '1',
  system_name: 'city',
  external_no: 'WO-1',
  title: null,
  content: null,
  address: null,
  contact: null,
  phone: null,
  status: null,
  external_time: null,
  payload: '{}',
  detail: null,
  detail_state: 'fetched',
  content_hash: '',
  first_run_id: '',
  last_run_id: '',
  first_seen_at: new Date(0),
  last_seen_at: new Date(0),
  task_id: null,
  task_number: null,
} as const
const BASE_COLUMNS = 'id, name, level, contact, phone, address, email, department, position, sales_id, create_time'

describe.each(ENGINES)('migrations on %s', (engine) => {
  let dir: string
  let database: Database
  beforeEach(async () => {
    dir = tempDir()
    database = await openDatabase(await freshDatabase(engine, dir))
  })
  afterEach(async () => {
    await database.close()
    fs.rmSync(dir, { recursive: true, force: true })
  })

  const run = (text: string) => sql.raw(text).execute(database.db)
  const names = async () => (await migrationStatus(database)).map(({ name }) => name)
  const baseRows = async () =>
    (await sql.raw<object>(`select ${BASE_COLUMNS} from customer order by id`).execute(database.db)).rows

  async function createBase() {
    await run(BASE[engine])
    for (const row of ROWS)
      await sql`insert into customer
        (name, level, contact, phone, address, email, department, position, sales_id, create_time)
        values (${sql.join(row)})`.execute(database.db)
    return baseRows()
  }

  test('make every table of an empty database, once', async () => {
    expect((await migrationStatus(database)).every(({ appliedAt }) => appliedAt === null)).toBe(true)
    expect(await migrate(database)).toEqual(await names())
    expect(await exists(database.db, engine, 'customer', 'wechat_openid')).toBe(true)
    expect(await exists(database.db, engine, 'task', 'task_id')).toBe(true)
    expect(await migrate(database)).toEqual([])
    for (const { appliedAt } of await migrationStatus(database))
      expect(Math.abs(appliedAt!.getTime() - Date.now())).toBeLessThan(60_000)
  })

  test('keep every value of an existing customer table and add what is missing', async () => {
    const before = await createBase()
    await migrate(database)
    expect(await baseRows()).toEqual(before)
    const rows = await database.db.selectFrom('customer').selectAll().orderBy('id').execute()
    for (const row of rows) for (const column of ADDED) expect(row[column as keyof typeof row]).toBeNull()
    expect(await hasUniqueIndex(database.db, engine, 'customer', 'wechat_openid')).toBe(true)
  })

  test('leave other programs their way to write', async () => {
    await createBase()
    await migrate(database)
    await run(`insert into customer (name) values ('新客户')`)
    const [row] = await database.db.selectFrom('customer').selectAll().orderBy('id', 'desc').execute()
    expect(row).toMatchObject({ name: '新客户', level: 'C', wechat_openid: null })
  })

  test('let an openid stand once and its lack any number of times', async () => {
    await createBase()
    await migrate(database)
    const give = (id: number) =>
      database.db.updateTable('customer').set({ wechat_openid: 'o' }).where('id', '=', id).execute()
    const [one, two] = await database.db.selectFrom('customer').select('id').orderBy('id').execute()
    await give(one!.id)
    expect(isUniqueViolation(await refusalOf(give(two!.id)))).toBe(true)
  })

  test('take columns and a unique index of another name that are there already', async () => {
    await createBase()
    await run('alter table customer add wechat_openid nvarchar(128)')
    await run('alter table customer add wechat_avatar_url nvarchar(512)')
    await run('create unique index some_older_name on customer (wechat_openid) where wechat_openid is not null')
    await run(`update customer set wechat_openid = 'known' where id = (select min(id) from customer)`)
    await migrate(database)
    const rows = await database.db.selectFrom('customer').select('wechat_openid').orderBy('id').execute()
    expect(rows.map(({ wechat_openid }) => wechat_openid)).toEqual(['known', null, null])
    for (const column of ADDED) expect(await exists(database.db, engine, 'customer', column)).toBe(true)
    expect(await uniqueIndexes()).toEqual(['some_older_name'])
  })

  test('find everything done where the ledger was lost', async () => {
    const before = await createBase()
    await migrate(database)
    await run('delete from kysely_migration')
    expect(await migrate(database)).toEqual(await names())
    expect(await baseRows()).toEqual(before)
    expect(await uniqueIndexes()).toEqual(['UQ_customer_wechat_openid'])
  })

  test('go on after a part of them was made by hand', async () => {
    await run(`create table task_sequence (day nvarchar(8) not null primary key, last_number int not null)`)
    await run(`insert into task_sequence (day, last_number) values ('20260101', 7)`)
    await migrate(database)
    expect(await database.db.selectFrom('task_sequence').selectAll().execute()).toEqual([
      { day: '20260101', last_number: 7 },
    ])
  })

  test('an order of an external site that was there before is known by its exact number', async () => {
    await migrate(database)
    const { db } = database
    const row = EXTERNAL_ORDER
    await db
      .insertInto('external_work_order')
      .values({ ...row, number_key: null })
      .execute()
    await sql`delete from kysely_migration where name >= '011'`.execute(db)
    expect(await migrate(database)).toContain('011-exact-order-numbers')
    const [stored] = await db.selectFrom('external_work_order').select('number_key').execute()
    expect(stored).toEqual({ number_key: exactKey('WO-1') })
    const add = (id: string, external_no: string) =>
      db
        .insertInto('external_work_order')
        .values({ ...row, id, external_no, number_key: exactKey(external_no) })
        .execute()
    await add('2', 'wo-1')
    expect(isUniqueViolation(await refusalOf(add('3', 'wo-1')))).toBe(true)
  })

  test('a task left at a row that was merged away goes to the live row, no other', async () => {
    await migrate(database)
    const { db } = database
    const columns = ['task_id', 'type', 'customer_name', 'customer_company', 'customer_phone', 'customer_address']
    const texts = [...columns, 'description', 'status', 'org_id', 'origin', 'event_head']
    const row = {
      ...Object.fromEntries(texts.map((column) => [column, 'x'])),
      quantity: 1,
      current_step: 0,
      event_seq: 0,
    }
    const time = { create_time: new Date(0), update_time: new Date(0) }
    for (const name of ['live', 'former', 'other']) await db.insertInto('customer').values({ name }).execute()
    const [live, former, other] = await db.selectFrom('customer').select('id').orderBy('id').execute()
    await db.updateTable('customer').set({ wechat_merged_into: live!.id }).where('id', '=', former!.id).execute()
    for (const { id } of [live!, former!, other!])
      await db
        .insertInto('task')
        .values({ ...row, ...time, id: String(id), task_id: String(id), customer_id: id } as never)
        .execute()
    await sql`delete from kysely_migration where name >= '012'`.execute(db)
    expect(await migrate(database)).toContain('012-merged-customers')
    const tasks = await db.selectFrom('task').select(['id', 'customer_id']).orderBy('id').execute()
    expect(tasks.map(({ customer_id }) => customer_id)).toEqual([live!.id, live!.id, other!.id])
  })

  test('run once when three processes start at the same moment', async () => {
    const config = await freshDatabase(engine, tempDir())
    let start!: () => void
    const go = new Promise<void>((resolve) => (start = resolve))
    const workers = [1, 2, 3].map(() => runWorker('migrate', config, go))
    await Promise.all(workers.map(({ ready }) => ready))
    start()
    const applied = await Promise.all(workers)
    expect(applied.toSorted((a, b) => (b as string[]).length - (a as string[]).length)).toEqual([await names(), [], []])
  })

  async function uniqueIndexes(): Promise<string[]> {
    const query =
      engine === 'sqlite'
        ? sql<{ name: string }>`select name from pragma_index_list('customer') where "unique" = 1`
        : sql<{ name: string }>`select name as [name] from sys.indexes
            where object_id = object_id('customer') and is_unique = 1 and is_primary_key = 0`
    return (await query.execute(database.db)).rows.map(({ name }) => name)
  }
})
