import type { Database, Db } from '../../db/database'
import { first, prepareInsert } from '../../db/sql-kit'
import type { EventRow } from './chain'

export interface StoredHead {
  id: string
  event_seq: number
  event_head: string
}

export function createEventRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  const insertEvent = prepareInsert(db, 'hc_work_order_events')

  return {
    insert: (on: Db, row: EventRow): Promise<void> => insertEvent(row, on),
    /** Moves the task's chain head on. @returns false when another writer moved it first */
    advanceHead: async (
      on: Db,
      taskId: string,
      from: number,
      head: { seq: number; hash: string },
    ): Promise<boolean> => {
      const { numUpdatedRows } = await on
        .updateTable('task')
        .set({ event_seq: head.seq, event_head: head.hash })
        .where('id', '=', taskId)
        .where('event_seq', '=', from)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },
    /** Heads of work orders in order of id, changed since `since`, after `after`. */
    heads: (since: Date, after: string, count: number): Promise<StoredHead[]> =>
      first(
        db
          .selectFrom('task')
          .select(['id', 'event_seq', 'event_head'])
          .where('id', '>', after)
          .where('update_time', '>=', since)
          .orderBy('id'),
        engine,
        count,
      ).execute(),

    head: async (id: string): Promise<StoredHead | null> =>
      (await db.selectFrom('task').select(['id', 'event_seq', 'event_head']).where('id', '=', id).executeTakeFirst()) ??
      null,

    /** Of the work order with this number or UUID. */
    headOf: async (reference: string): Promise<StoredHead | null> =>
      (await db
        .selectFrom('task')
        .select(['id', 'event_seq', 'event_head'])
        .where((eb) => eb.or([eb('id', '=', reference.toLowerCase()), eb('task_id', '=', reference.toUpperCase())]))
        .executeTakeFirst()) ?? null,

    /** All events of these work orders, chain by chain. */
    chains: (workOrderIds: string[]): Promise<EventRow[]> =>
      db
        .selectFrom('hc_work_order_events')
        .selectAll()
        .where('work_order_id', 'in', workOrderIds)
        .orderBy('work_order_id')
        .orderBy('seq')
        .execute(),

    /** Which key the newest event was signed with. */
    newestKeyId: async (): Promise<string | null> => {
      const newest = db.selectFrom('hc_work_order_events').select('key_id').orderBy('id', 'desc')
      return (await first(newest, engine, 1).executeTakeFirst())?.key_id ?? null
    },

    /** The first event whose work order does not exist. */
    firstOrphan: async (): Promise<{ work_order_id: string; seq: number } | null> =>
      (await first(
        db
          .selectFrom('hc_work_order_events as event')
          .leftJoin('task', 'task.id', 'event.work_order_id')
          .select(['event.work_order_id', 'event.seq'])
          .where('task.id', 'is', null)
          .orderBy('event.work_order_id')
          .orderBy('event.seq'),
        engine,
        1,
      ).executeTakeFirst()) ?? null,

    ofWorkOrder: (workOrderId: string): Promise<EventRow[]> =>
      db
        .selectFrom('hc_work_order_events')
        .selectAll()
        .where('work_order_id', '=', workOrderId)
        .orderBy('seq')
        .execute(),
  }
}

export type EventRepository = ReturnType<typeof createEventRepository>
