import type { Selectable, Updateable } from 'kysely'
import type { AudienceKind, Channel, NotificationOutcome } from '../../../types/api/notifications'
import type { StaffRole } from '../../../types/api/staff'
import type { Database, Db } from '../../db/database'
import { isUniqueViolation } from '../../db/db-error'
import type { NotificationLogTable } from '../../db/notification-schema'
import type { NotificationTable, Schema } from '../../db/schema'
import { contains, first, paged, prepare, prepareInsert } from '../../db/sql-kit'

export type NotificationRow = Selectable<NotificationTable>
export type LogRow = Selectable<NotificationLogTable>

/** How a person can be reached; nulls where they cannot. */
export interface Recipient {
  /** `customer:12`, `staff:<uuid>`. */
  audience: string
  name: string
  customerId: number | null
  openId: string | null
  wxworkUserId: string | null
}

export interface LogFilter {
  event?: string
  audience?: AudienceKind
  channel?: Channel
  outcome?: NotificationOutcome
  q?: string
  from?: Date
  to?: Date
}

/** More than any list of staff; a row more would only be told late. */
const MAX_STAFF = 500

interface Credit {
  customerId: number
  templateId: string
  time: Date
}

export function createNotificationRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  const addCredit = async ({ customerId, templateId, time }: Credit, on: Db) => {
    const { numUpdatedRows } = await on
      .updateTable('subscription_credit')
      .set((eb) => ({ credits: eb('credits', '+', 1), update_time: time }))
      .where('customer_id', '=', customerId)
      .where('template_id', '=', templateId)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  }

  const insertLog = prepareInsert(db, 'notification_log')
  const insertEntry = prepareInsert(db, 'notification')
  const staffByRole = prepare<{ role: StaffRole }, StaffContact>(db, (value) =>
    first(
      db
        .selectFrom('staff')
        .select(STAFF)
        .where('role', '=', value('role'))
        .where('is_active', '=', true)
        .orderBy('id'),
      engine,
      MAX_STAFF,
    ),
  )
  const customerById = prepare<{ id: number }, CustomerContact>(db, (value) =>
    db.selectFrom('customer').select(CUSTOMER).where('id', '=', value('id')),
  )

  const filtered = ({ event, audience, channel, outcome, q, from, to }: LogFilter) =>
    db
      .selectFrom('notification_log')
      .$if(event !== undefined, (query) => query.where('event', '=', event!))
      .$if(audience !== undefined, (query) => query.where('audience_kind', '=', audience!))
      .$if(channel !== undefined, (query) => query.where('channel', '=', channel!))
      .$if(outcome !== undefined, (query) => query.where('outcome', '=', outcome!))
      .$if(from !== undefined, (query) => query.where('create_time', '>=', from!))
      .$if(to !== undefined, (query) => query.where('create_time', '<', to!))
      .$if(q !== undefined, (query) =>
        query.where((eb) =>
          eb.or(['task_id', 'audience_name', 'title', 'content'].map((column) => contains(column, q!))),
        ),
      )

  const credit = ({ customerId, templateId }: Omit<Credit, 'time'>, on: Db) =>
    on
      .selectFrom('subscription_credit')
      .select('credits')
      .where('customer_id', '=', customerId)
      .where('template_id', '=', templateId)
      .executeTakeFirst()

  return {
    /** How many messages of this template the customer still takes. */
    credits: async (customerId: number, templateId: string, on: Db = db): Promise<number> =>
      (await credit({ customerId, templateId }, on))?.credits ?? 0,

    /** One message went out. */
    spendCredit: async ({ customerId, templateId, time }: Credit, on: Db): Promise<void> => {
      await on
        .updateTable('subscription_credit')
        .set((eb) => ({ credits: eb('credits', '-', 1), update_time: time }))
        .where('customer_id', '=', customerId)
        .where('template_id', '=', templateId)
        .where('credits', '>', 0)
        .execute()
    },

    /** WeChat says that there is none left. */
    clearCredit: async ({ customerId, templateId, time }: Credit, on: Db): Promise<void> => {
      await on
        .updateTable('subscription_credit')
        .set({ credits: 0, update_time: time })
        .where('customer_id', '=', customerId)
        .where('template_id', '=', templateId)
        .execute()
    },

    /** Everybody active in a role. */
    staffOf: async (role: StaffRole, on: Db = db): Promise<Recipient[]> =>
      (await staffByRole({ role }, on)).map(staffRecipient),

    /** How somebody can be reached now; nobody: by nothing. */
    recipient: async (audience: string, on: Db = db): Promise<Recipient> => {
      const [kind, id = ''] = audience.split(':')
      if (kind === 'customer') {
        const [named] = await customerById({ id: Number(id) }, on)
        const merged = named && !named.wechat_openid && named.wechat_merged_into
        const [row] = merged ? await customerById({ id: merged }, on) : [named]
        return row ? customerRecipient(row) : unreachable(audience)
      }
      const row = await on.selectFrom('staff').select(STAFF).where('id', '=', id).executeTakeFirst()
      return row ? staffRecipient(row) : unreachable(audience)
    },

    /** Name and telephone of somebody on the staff. */
    worker: async (id: string, on: Db): Promise<{ name: string; phone: string | null } | null> =>
      (await on.selectFrom('staff').select(['full_name as name', 'phone']).where('id', '=', id).executeTakeFirst()) ??
      null,

    /** False where this was told to this person before. */
    insertLog: async (row: LogRow, on: Db): Promise<boolean> => {
      try {
        await insertLog(row, on)
        return true
      } catch (error) {
        if (isUniqueViolation(error)) return false
        throw error
      }
    },

    findLog: async (id: string, on: Db = db): Promise<LogRow | null> =>
      (await on.selectFrom('notification_log').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,

    updateLog: async (id: string, changes: Updateable<NotificationLogTable>, on: Db): Promise<void> => {
      await on.updateTable('notification_log').set(changes).where('id', '=', id).execute()
    },

    /** Newest first. */
    listLog: async (filter: LogFilter, page: { page: number; size: number }) => {
      const rows = await paged(
        filtered(filter).selectAll().orderBy('create_time', 'desc').orderBy('id', 'desc'),
        engine,
        page,
      ).execute()
      const { count } = await filtered(filter)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return { rows, total: Number(count) }
    },

    /** One accepted request is one message that may be sent. */
    grant: async (credit: Credit, on: Db): Promise<void> => {
      if (await addCredit(credit, on)) return
      const { customerId, templateId, time } = credit
      try {
        await on
          .insertInto('subscription_credit')
          .values({ customer_id: customerId, template_id: templateId, credits: 1, update_time: time })
          .execute()
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
        await addCredit(credit, on)
      }
    },

    insert: (row: NotificationRow, on: Db = db): Promise<void> => insertEntry(row, on),

    list: async (audience: string, page: { page: number; size: number }) => {
      const own = db.selectFrom('notification').where('audience', '=', audience)
      const rows = await paged(
        own.selectAll().orderBy('create_time', 'desc').orderBy('id', 'desc'),
        engine,
        page,
      ).execute()
      const { count } = await own.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
      return { rows, total: Number(count) }
    },

    /** What was shown counts as read. */
    markRead: async (ids: string[], time: Date): Promise<void> => {
      if (ids.length > 0)
        await db
          .updateTable('notification')
          .set({ read_at: time })
          .where('id', 'in', ids)
          .where('read_at', 'is', null)
          .execute()
    },
  }
}

export type NotificationRepository = ReturnType<typeof createNotificationRepository>

const STAFF = ['id', 'full_name', 'is_active', 'wxwork_user_id'] as const
const CUSTOMER = [
  'id',
  'contact',
  'name',
  'wechat_openid',
  'wechat_merged_into',
  'wechat_disabled_at',
  'wxwork_user_id',
] as const
type StaffContact = Pick<Selectable<Schema['staff']>, (typeof STAFF)[number]>
type CustomerContact = Pick<Selectable<Schema['customer']>, (typeof CUSTOMER)[number]>

const unreachable = (audience: string): Recipient => ({
  audience,
  name: '',
  customerId: null,
  openId: null,
  wxworkUserId: null,
})

/** Whoever has left is not written to any more. */
const staffRecipient = ({ id, full_name, is_active, wxwork_user_id }: StaffContact): Recipient => ({
  ...unreachable(`staff:${id}`),
  name: full_name,
  wxworkUserId: is_active ? wxwork_user_id : null,
})

const customerRecipient = (row: CustomerContact): Recipient => ({
  audience: `customer:${row.id}`,
  name: row.contact || row.name,
  customerId: row.id,
  openId: row.wechat_disabled_at ? null : row.wechat_openid,
  wxworkUserId: row.wechat_disabled_at ? null : row.wxwork_user_id,
})
