import type { Selectable, Updateable } from 'kysely'
import type { Database, Db } from '../../db/database'
import type { CustomerTable } from '../../db/schema'
import { contains, type LockMode, lockNamed, pageWithTotal, prepare } from '../../db/sql-kit'

const COLUMNS = [
  'id',
  'name',
  'contact',
  'phone',
  'address',
  'email',
  'wechat_openid',
  'wechat_unionid',
  'wechat_avatar_url',
  'wechat_merged_into',
  'wechat_disabled_at',
  'wxwork_user_id',
  'ngs_customer_guid',
  'create_time',
] as const
export type CustomerRow = Pick<Selectable<CustomerTable>, (typeof COLUMNS)[number]>

export function createCustomerRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  const byId = prepare<{ id: number }, CustomerRow>(db, (value) =>
    db.selectFrom('customer').select(COLUMNS).where('id', '=', value('id')),
  )
  const byOpenid = prepare<{ openid: string }, CustomerRow>(db, (value) =>
    db.selectFrom('customer').select(COLUMNS).where('wechat_openid', '=', value('openid')),
  )

  const find = async (id: number, on?: Db): Promise<CustomerRow | null> => (await byId({ id }, on))[0] ?? null

  return {
    find,

    /** A row that was merged into another leads on to that one. */
    findLive: async (id: number, on?: Db): Promise<CustomerRow | null> => {
      const row = await find(id, on)
      return row && !row.wechat_openid && row.wechat_merged_into ? find(row.wechat_merged_into, on) : row
    },

    /** Until the transaction ends: exclusive for who changes whose row it is, shared for who relies on that. */
    lock: (trx: Db, id: number, mode: LockMode): Promise<void> => lockNamed(trx, engine, `customer:${id}`, mode),

    /** Until the transaction ends nobody else makes a row of this name. */
    lockName: (trx: Db, name: string): Promise<void> => lockNamed(trx, engine, `customer-name:${name}`, 'Exclusive'),

    /** Openids tell upper from lower case, SQL Server's usual collation does not: compared again here. */
    findByOpenid: async (openid: string, on?: Db): Promise<CustomerRow | null> =>
      (await byOpenid({ openid }, on)).find((row) => row.wechat_openid === openid) ?? null,

    /** One page, newest first; rows merged into others are left out. */
    list: (q: string | undefined, page: { page: number; size: number }) => {
      const filtered = db
        .selectFrom('customer')
        .where('wechat_merged_into', 'is', null)
        .$if(q !== undefined, (query) =>
          query.where((eb) => eb.or(['name', 'contact', 'phone'].map((column) => contains(column, q!)))),
        )
      const rows = filtered.select(COLUMNS).orderBy('id', 'desc')
      return pageWithTotal({ filtered, rows }, engine, page)
    },

    /** A row for a first login: the company is not known yet and the column takes no null. */
    insert: async (row: { openid: string; unionid: string | null; time: Date }): Promise<void> => {
      await db
        .insertInto('customer')
        .values({
          name: '',
          level: 'C',
          wechat_openid: row.openid,
          wechat_unionid: row.unionid,
          create_time: row.time,
          update_time: row.time,
        })
        .execute()
    },

    /** Rows of this name that nobody logs in to, oldest first. */
    unboundByName: (name: string, on: Db): Promise<CustomerRow[]> =>
      on
        .selectFrom('customer')
        .select(COLUMNS)
        .where('name', '=', name)
        .where('wechat_openid', 'is', null)
        .where('wechat_merged_into', 'is', null)
        .orderBy('id')
        .execute(),

    /** A row of our own for tasks that no customer submitted. */
    insertNamed: async (name: string, time: Date, on: Db): Promise<void> => {
      await on.insertInto('customer').values({ name, level: 'C', create_time: time, update_time: time }).execute()
    },

    update: async (id: number, changes: Updateable<CustomerTable>, on: Db = db): Promise<void> => {
      await on.updateTable('customer').set(changes).where('id', '=', id).execute()
    },

    /** Rows of the company's own that nobody logs in to yet and that carry one of these spellings of a phone. */
    unboundByPhone: (phones: string[], on: Db): Promise<{ id: number }[]> =>
      on
        .selectFrom('customer')
        .select('id')
        .where('phone', 'in', phones)
        .where('wechat_openid', 'is', null)
        .where('wechat_merged_into', 'is', null)
        .execute(),

    hasAbsorbed: async (id: number, on: Db): Promise<boolean> =>
      (await on.selectFrom('customer').select('id').where('wechat_merged_into', '=', id).execute()).length > 0,

    /** Takes the openid off a row, whose lock the caller holds. */
    releaseOpenid: async (id: number, into: number, on: Db): Promise<void> => {
      await on
        .updateTable('customer')
        .set({ wechat_openid: null, wechat_merged_into: into })
        .where('id', '=', id)
        .execute()
    },

    /** Gives a free row its openid and what it lacks of the former row. @returns null when somebody else was first */
    bindOpenid: async (id: number, former: Former, on: Db): Promise<CustomerRow | null> => {
      await on
        .updateTable('customer')
        .set((eb) => ({
          wechat_openid: former.wechat_openid,
          wechat_unionid: former.wechat_unionid,
          wechat_avatar_url: eb.fn.coalesce('wechat_avatar_url', eb.val(former.wechat_avatar_url)),
          ngs_customer_guid: eb.fn.coalesce('ngs_customer_guid', eb.val(former.ngs_customer_guid)),
          wxwork_user_id: eb.fn.coalesce('wxwork_user_id', eb.val(former.wxwork_user_id)),
          update_time: former.time,
        }))
        .where('id', '=', id)
        .where('wechat_openid', 'is', null)
        .execute()
      // Read again: triggers of the company's own may add to the count of rows.
      const row = await find(id, on)
      return row?.wechat_openid === former.wechat_openid ? row : null
    },

    /**
     * Everything that hangs on a customer follows to another row of the same person. Tasks first: who works on one
     * holds its row, so what they write with its customer is there before the rest follows.
     */
    moveBelongings: async (from: number, to: number, on: Db): Promise<void> => {
      await on.updateTable('task').set({ customer_id: to }).where('customer_id', '=', from).execute()
      await on.updateTable('service_evaluation').set({ customer_id: to }).where('customer_id', '=', from).execute()
      await on.updateTable('subscription_credit').set({ customer_id: to }).where('customer_id', '=', from).execute()
      const audience = { from: `customer:${from}`, to: `customer:${to}` }
      await on
        .updateTable('notification')
        .set({ audience: audience.to })
        .where('audience', '=', audience.from)
        .execute()
      await on
        .updateTable('notification_log')
        .set({ audience: audience.to })
        .where('audience', '=', audience.from)
        .execute()
      await on.updateTable('task_file').set({ uploader: audience.to }).where('uploader', '=', audience.from).execute()
    },
  }
}

type Former = { time: Date } & Pick<
  CustomerRow,
  'wechat_openid' | 'wechat_unionid' | 'wechat_avatar_url' | 'ngs_customer_guid' | 'wxwork_user_id'
>

export type CustomerRepository = ReturnType<typeof createCustomerRepository>
