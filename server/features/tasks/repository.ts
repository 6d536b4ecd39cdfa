import type { Insertable, Selectable, Updateable } from 'kysely'
import type { TaskStatus, TaskType } from '../../../types/task-types'
import type { Database, Db } from '../../db/database'
import { isUniqueViolation } from '../../db/db-error'
import type { ServiceEvaluationTable, StepRecordTable, TaskTable } from '../../db/schema'
import { type Batch, contains, first, paged, prepare, prepareInsert } from '../../db/sql-kit'
import { isLowRating } from './ratings'

export type TaskRow = Selectable<TaskTable>
export type StepRecordRow = Selectable<StepRecordTable>
export type EvaluationRow = Selectable<ServiceEvaluationTable>

export interface EngineerColumns {
  engineer_name: string | null
  engineer_phone: string | null
}

export interface TaskFilter {
  status?: TaskStatus
  type?: TaskType
  q?: string
}

export interface EvaluationFilter {
  /** Looked for in task number, company, worker and comment. */
  q?: string
  /** Overall score under this. */
  below?: number
  low?: boolean
  /** Given at or after. */
  from?: Date
  /** Given before. */
  to?: Date
}

export type RatingRow = EvaluationRow & { number: string; customer_company: string; worker_name: string | null }

const LIST_COLUMNS = [
  'task.id',
  'task.task_id',
  'task.type',
  'task.device_name',
  'task.purpose',
  'task.description',
  'task.current_step',
  'task.status',
  'task.create_time',
  'task.update_time',
] as const
export type TaskListRow = Pick<
  TaskRow,
  | 'id'
  | 'task_id'
  | 'type'
  | 'device_name'
  | 'purpose'
  | 'description'
  | 'current_step'
  | 'status'
  | 'create_time'
  | 'update_time'
> &
  EngineerColumns

export function createTaskRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  const engineer = ['staff.full_name as engineer_name', 'staff.phone as engineer_phone'] as const

  const ownTasks = (customerId: number, { status, type, q }: TaskFilter) =>
    db
      .selectFrom('task')
      .where('task.customer_id', '=', customerId)
      .$if(status !== undefined, (query) => query.where('task.status', '=', status!))
      .$if(type !== undefined, (query) => query.where('task.type', '=', type!))
      .$if(q !== undefined, (query) =>
        query.where((eb) =>
          eb.or(
            ['task.task_id', 'task.device_name', 'task.purpose', 'task.description'].map((column) =>
              contains(column, q!),
            ),
          ),
        ),
      )

  const ownPage = (customerId: number, filter: TaskFilter, page: { page: number; size: number }) =>
    paged(
      ownTasks(customerId, filter)
        .leftJoin('staff', 'staff.id', 'task.worker_id')
        .select(LIST_COLUMNS)
        .select(engineer)
        .orderBy('task.create_time', 'desc')
        .orderBy('task.id', 'desc'),
      engine,
      page,
    )

  /** The unfiltered list is what every customer opens first. */
  const firstPages = new Map<string, ReturnType<typeof prepareOwnPage>>()
  const prepareOwnPage = (page: { page: number; size: number }) =>
    prepare<{ customerId: number }, TaskListRow>(db, (value) => ownPage(value('customerId'), {}, page))

  const ratedTask = ['task.task_id as number', 'task.customer_company', 'staff.full_name as worker_name'] as const

  const RATING_TEXTS = ['task.task_id', 'task.customer_company', 'staff.full_name', 'rating.comment']
  const ratings = ({ q, below, low, from, to }: EvaluationFilter) =>
    db
      .selectFrom('service_evaluation as rating')
      .innerJoin('task', 'task.id', 'rating.task_id')
      .leftJoin('staff', 'staff.id', 'task.worker_id')
      .$if(q !== undefined, (query) => query.where((eb) => eb.or(RATING_TEXTS.map((column) => contains(column, q!)))))
      .$if(below !== undefined, (query) => query.where('rating.overall_rating', '<', below!))
      .$if(low !== undefined, (query) =>
        query.where((eb) => {
          const isLow = isLowRating(eb as never)
          return low ? isLow : eb.not(isLow)
        }),
      )
      .$if(from !== undefined, (query) => query.where('rating.create_time', '>=', from!))
      .$if(to !== undefined, (query) => query.where('rating.create_time', '<', to!))

  const takeNumber = prepare<{ day: string }, { last_number: number }>(db, (value) => {
    const taken = db
      .updateTable('task_sequence')
      .set((eb) => ({ last_number: eb('last_number', '+', 1) }))
      .where('day', '=', value('day'))
    return engine === 'mssql' ? taken.output('inserted.last_number as last_number') : taken.returning('last_number')
  })
  const touch = prepare<{ id: string; time: Date }, unknown>(db, (value) =>
    db
      .updateTable('task')
      .set({ update_time: value('time') })
      .where('id', '=', value('id')),
  )
  const byId = prepare<{ id: string }, TaskRow>(db, (value) =>
    db.selectFrom('task').selectAll().where('id', '=', value('id')),
  )
  const insertTask = prepareInsert(db, 'task')
  const insertStep = prepareInsert(db, 'step_record')

  return {
    /** Makes the day's counter; of several at once one wins and the others find it. */
    ensureDay: async (day: string): Promise<void> => {
      const found = await db.selectFrom('task_sequence').select('day').where('day', '=', day).executeTakeFirst()
      if (found) return
      try {
        await db.insertInto('task_sequence').values({ day, last_number: 0 }).execute()
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
      }
    },

    /** Takes the day's next number; the row stays locked until the transaction ends, so a rollback leaves no gap. */
    nextNumber: async (day: string, trx: Db): Promise<number> => {
      const [row] = await takeNumber({ day }, trx)
      if (!row) throw new Error(`there is no counter for ${day}`)
      return row.last_number
    },

    insert: (trx: Db, row: Insertable<TaskTable>): Promise<void> => insertTask(row, trx),

    /** Locks the task for this transaction and reads it; null when there is none. */
    lock: async (trx: Db, id: string, time: Date): Promise<TaskRow | null> => {
      await touch({ id, time }, trx)
      return (await byId({ id }, trx))[0] ?? null
    },

    update: async (trx: Db, id: string, changes: Updateable<TaskTable>): Promise<void> => {
      await trx.updateTable('task').set(changes).where('id', '=', id).execute()
    },

    /** Id of a customer's own task by T-number or UUID. */
    ownId: async (customerId: number, reference: string): Promise<string | null> => {
      const column = reference.startsWith('T') ? 'task_id' : 'id'
      const row = await db
        .selectFrom('task')
        .select('id')
        .where(column, '=', reference)
        .where('customer_id', '=', customerId)
        .executeTakeFirst()
      return row?.id ?? null
    },

    /** A customer's own task by T-number or UUID, with its engineer. */
    findOwn: async (customerId: number, reference: string): Promise<(TaskRow & EngineerColumns) | null> => {
      const column = reference.startsWith('T') ? 'task.task_id' : 'task.id'
      const row = await db
        .selectFrom('task')
        .leftJoin('staff', 'staff.id', 'task.worker_id')
        .selectAll('task')
        .select(engineer)
        .where(column, '=', reference)
        .where('task.customer_id', '=', customerId)
        .executeTakeFirst()
      return row ?? null
    },

    /** One page of a customer's own tasks, newest first; the total is counted only when the page does not tell it. */
    listOwn: async (
      customerId: number,
      filter: TaskFilter,
      page: { page: number; size: number },
    ): Promise<{ rows: TaskListRow[]; total: number }> => {
      const rows = await ownRows(customerId, filter, page)
      if (rows.length < page.size && (rows.length > 0 || page.page === 1))
        return { rows, total: (page.page - 1) * page.size + rows.length }
      const { count } = await ownTasks(customerId, filter)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return { rows, total: Number(count) }
    },

    insertStep: (trx: Db, row: StepRecordRow): Promise<void> => insertStep(row, trx),

    steps: (taskId: string): Promise<StepRecordRow[]> =>
      db
        .selectFrom('step_record')
        .selectAll()
        .where('task_id', '=', taskId)
        .orderBy('create_time')
        .orderBy('id')
        .execute(),

    insertEvaluation: async (trx: Db, row: EvaluationRow): Promise<void> => {
      await trx.insertInto('service_evaluation').values(row).execute()
    },

    /** Ratings of all customers, newest first. */
    listEvaluations: async (filter: EvaluationFilter, page: { page: number; size: number }) => {
      const filtered = ratings(filter)
      const rows = await paged(
        filtered
          .selectAll('rating')
          .select(ratedTask)
          .orderBy('rating.create_time', 'desc')
          .orderBy('rating.id', 'desc'),
        engine,
        page,
      ).execute()
      const { count } = await filtered.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
      return { rows, total: Number(count) }
    },

    /** The next rows of an export, newest first: given before it began, and after `cursor` in this order. */
    evaluationBatch: (filter: EvaluationFilter, { before, cursor, count }: Batch): Promise<RatingRow[]> =>
      first(
        ratings(filter)
          .selectAll('rating')
          .select(ratedTask)
          .where('rating.create_time', '<=', cursor?.time ?? before)
          .$if(cursor !== null, (query) =>
            query.where((eb) => eb.or([eb('rating.create_time', '<', cursor!.time), eb('rating.id', '<', cursor!.id)])),
          )
          .orderBy('rating.create_time', 'desc')
          .orderBy('rating.id', 'desc'),
        engine,
        count,
      ).execute(),

    evaluation: async (taskId: string): Promise<EvaluationRow | null> =>
      (await db.selectFrom('service_evaluation').selectAll().where('task_id', '=', taskId).executeTakeFirst()) ?? null,
  }

  function ownRows(customerId: number, filter: TaskFilter, page: { page: number; size: number }) {
    const filtered = filter.q !== undefined || filter.status !== undefined || filter.type !== undefined
    if (filtered || page.page > 1) return ownPage(customerId, filter, page).execute()
    const key = `${page.page}/${page.size}`
    let prepared = firstPages.get(key)
    if (!prepared) firstPages.set(key, (prepared = prepareOwnPage(page)))
    return prepared({ customerId })
  }
}

export type TaskRepository = ReturnType<typeof createTaskRepository>
