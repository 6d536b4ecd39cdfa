import type { Database, Db } from '../../db/database'
import type { TaskTable } from '../../db/schema'
import { contains, pageWithTotal } from '../../db/sql-kit'
import type { Selectable } from 'kysely'

const SYSTEM = 'ngs'
const DRIFT_TEXTS = ['task.task_id', 'task.customer_company', 'task.ngs_oid']

export type Subject = Pick<Selectable<TaskTable>, 'id' | 'type' | 'ngs_oid' | 'ngs_task_id'> & {
  customer_guid: string | null
}

export function createNgsSyncRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  /**
   * Tasks that ngs should know and was never told of, or that something is overdue for. What is older than the first
   * entry was there before the connection (the demo's own tasks among it) and is none of its business.
   */
  const drifting = (late: Date) =>
    db.selectFrom('task').where((eb) =>
      eb.or([
        eb.and([
          eb('task.ngs_oid', 'is', null),
          eb('task.create_time', '>=', (some) =>
            some
              .selectFrom('outbox as oldest')
              .select((one) => one.fn.min('oldest.created_at').as('since'))
              .where('oldest.system_name', '=', SYSTEM),
          ),
          eb.not(
            eb.exists(
              eb
                .selectFrom('outbox as any_entry')
                .select('any_entry.id')
                .where('any_entry.system_name', '=', SYSTEM)
                .whereRef('any_entry.key', '=', 'task.id'),
            ),
          ),
        ]),
        eb.exists(
          eb
            .selectFrom('outbox as unsent')
            .select('unsent.id')
            .where('unsent.system_name', '=', SYSTEM)
            .whereRef('unsent.key', '=', 'task.id')
            .where('unsent.state', '<>', 'SENT')
            .where((unsent) =>
              unsent.or([
                unsent('unsent.state', 'in', ['UNKNOWN', 'DEAD']),
                unsent('unsent.waiting_for', 'is not', null),
                unsent('unsent.created_at', '<', late),
              ]),
            ),
        ),
      ]),
    )

  return {
    /** What an entry of this task needs at the moment of sending. */
    subject: async (taskId: string): Promise<Subject | null> => {
      const row = await db
        .selectFrom('task')
        .leftJoin('customer', 'customer.id', 'task.customer_id')
        .select(['task.id', 'task.type', 'task.ngs_oid', 'task.ngs_task_id'])
        .select('customer.ngs_customer_guid as customer_guid')
        .where('task.id', '=', taskId)
        .executeTakeFirst()
      return row ?? null
    },

    /** Keeps ngs's ids of a task that has none yet. */
    setIds: async (on: Db, taskId: string, ids: { oId: string; taskId: string }): Promise<boolean> => {
      const { numUpdatedRows } = await on
        .updateTable('task')
        .set({ ngs_oid: ids.oId, ngs_task_id: ids.taskId })
        .where('id', '=', taskId)
        .where('ngs_oid', 'is', null)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    /** Newest task first. */
    drift: ({ late, q }: { late: Date; q?: string }, page: { page: number; size: number }) => {
      const filtered = drifting(late).$if(q !== undefined, (query) =>
        query.where((eb) => eb.or(DRIFT_TEXTS.map((column) => contains(column, q!)))),
      )
      const rows = filtered
        .select([
          'task.id',
          'task.task_id',
          'task.status',
          'task.current_step',
          'task.ngs_oid',
          'task.ngs_task_id',
          'task.create_time',
        ])
        .orderBy('task.create_time', 'desc')
        .orderBy('task.id', 'desc')
      return pageWithTotal({ filtered, rows }, engine, page)
    },

    /** The task with this number or UUID. */
    findTask: async (reference: string, on: Db) =>
      (await on
        .selectFrom('task')
        .select(['id', 'task_id', 'ngs_oid', 'ngs_task_id'])
        .where((eb) => eb.or([eb('id', '=', reference), eb('task_id', '=', reference)]))
        .executeTakeFirst()) ?? null,

    /** What waits for this customer's number at ngs is looked at again now. */
    wakeCustomer: async (on: Db, customerId: number, now: Date): Promise<void> => {
      await on
        .updateTable('outbox')
        .set({ next_attempt_at: now })
        .where('system_name', '=', SYSTEM)
        .where('state', '=', 'PENDING')
        .where('waiting_for', '=', 'CUSTOMER_GUID')
        .where('key', 'in', (eb) => eb.selectFrom('task').select('task.id').where('task.customer_id', '=', customerId))
        .execute()
    },

    /** Everything ngs is or was owed for these tasks, in order. */
    entries: (taskIds: string[]) =>
      taskIds.length === 0
        ? Promise.resolve([])
        : db
            .selectFrom('outbox')
            .select(['id', 'key', 'topic', 'state', 'waiting_for', 'last_error', 'created_at'])
            .where('system_name', '=', SYSTEM)
            .where('key', 'in', taskIds)
            .orderBy('key')
            .orderBy('seq')
            .execute(),
  }
}

export type NgsSyncRepository = ReturnType<typeof createNgsSyncRepository>
