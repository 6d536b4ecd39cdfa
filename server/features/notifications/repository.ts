import type { Selectable } from 'kysely'
import type { Database, Db } from '../../db/database'
import { isUniqueViolation } from '../../db/db-error'
import type { NotificationTable } from '../../db/schema'
import { paged } from '../../db/sql-kit'

export type NotificationRow = Selectable<NotificationTable>

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

  return {
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

    insert: async (row: NotificationRow, on: Db = db): Promise<void> => {
      await on.insertInto('notification').values(row).execute()
    },

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
