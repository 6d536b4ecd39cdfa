import { sql } from 'kysely'
import { isUniqueViolation } from '../../../server/db/db-error'
import { migrate } from '../../../server/db/migrate'
import type { Database } from '../../../server/db/database'
import { ENGINES } from '../../support/engines'
import { startTestApp, type TestApp } from '../../support/test-app'

const BASE_COLUMNS = `name nvarchar(100) not null, level char(1) not null default 'C', contact nvarchar(50),
  phone nvarchar(20), address nvarchar(255), email nvarchar(100), department nvarchar(50), position nvarchar(50),
  sales_id bigint, create_time datetime2, update_time datetime2`
const ROWS = [
  "'协和医院检验科', 'A', '赵主任', '13800138000', '北京市东城区', 'zhao@example.com', '检验科', '主任', 7, '2020-01-02 03:04:05', '2021-02-03 04:05:06'",
  "'O''Brien 实验室', 'B', null, null, null, null, null, null, null, null, null",
  "'重复号码甲', 'C', '甲', '13700137000', null, null, null, null, null, '2022-01-01 00:00:00', null",
  "'重复号码乙', 'C', '乙', '13700137000', null, null, null, null, null, '2022-01-01 00:00:00', null",
]
const KEPT = 'id, name, level, contact, phone, address, email, department, position, sales_id, create_time, update_time'

describe.each(ENGINES)('a database that already holds customers, on %s', (engine) => {
  let app: TestApp
  let before: unknown[]
  const read = async ({ db }: Database) =>
    (await sql<{ name: string }>`select ${sql.raw(KEPT)} from customer order by id`.execute(db)).rows

  async function buildOldTable({ db }: Database): Promise<void> {
    const id = engine === 'mssql' ? 'id bigint identity(1,1) primary key' : 'id integer primary key autoincrement'
    await sql`${sql.raw(`create table customer (${id}, ${BASE_COLUMNS})`)}`.execute(db)
    for (const row of ROWS) {
      const columns = KEPT.replace('id, ', '')
      await sql`${sql.raw(`insert into customer (${columns}) values (${row})`)}`.execute(db)
    }
  }

  beforeEach(async () => {
    app = await startTestApp({
      engine,
      beforeMigration: async (database) => {
        await buildOldTable(database)
        before = await read(database)
      },
    })
  })
  afterEach(() => app.close())

  test('shows every row unchanged after the migration, and after a second one', async () => {
    expect(before).toHaveLength(ROWS.length)
    expect(await read(app.context.database)).toEqual(before)
    expect(await migrate(app.context.database)).toEqual([])
    expect(await read(app.context.database)).toEqual(before)
  })

  test('binds the old row by phone on login, and leaves the others alone', async () => {
    const token = await app.api.customer('demo-zhao')
    const { body } = await app.api.post('/api/v1/wechat/phone', { code: 'phone-13800138000' }, { token })
    expect(body.data.userInfo).toEqual({
      contact: '赵主任',
      name: '协和医院检验科',
      phone: '13800138000',
      address: '北京市东城区',
      email: 'zhao@example.com',
      wechat_avatar_url: '',
    })
    const after = await read(app.context.database)
    expect(after.slice(1, ROWS.length)).toEqual(before.slice(1))
    const { update_time: _was, ...kept } = before[0] as Record<string, unknown>
    expect(after[0]).toMatchObject(kept)
  })

  test('binds none of two rows with one number', async () => {
    const token = await app.api.customer('demo-li')
    const { body } = await app.api.post('/api/v1/wechat/phone', { code: 'phone-13700137000' }, { token })
    expect(body.data.userInfo.name).toBe('')
    expect((await read(app.context.database)).slice(0, ROWS.length)).toEqual(before)
  })

  test('lets first logins in beside rows without an openid', async () => {
    for (const code of ['demo-a', 'demo-b']) expect(await app.api.customer(code)).toBeTruthy()
    expect(await read(app.context.database)).toHaveLength(ROWS.length + 2)
  })

  test('keeps one openid to one row', async () => {
    await app.api.customer('demo-a')
    const { db } = app.context.database
    const { wechat_openid } = await db
      .selectFrom('customer')
      .select('wechat_openid')
      .where('wechat_openid', 'is not', null)
      .executeTakeFirstOrThrow()
    const second = db.updateTable('customer').set({ wechat_openid }).where('id', '=', 1).execute()
    expect(isUniqueViolation(await second.catch((error: unknown) => error))).toBe(true)
  })
})
