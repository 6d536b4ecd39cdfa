import type { Selectable } from 'kysely'
import type { TaskMoment, TaskOrigin } from '../../../types/api/admin'
import type { AssignmentStatus } from '../../../types/api/homecare'
import type { TaskAttention } from '../../../types/api/overview'
import type { TaskStatus, TaskType } from '../../../types/task-types'
import type { Database } from '../../db/database'
import type { TaskTable } from '../../db/schema'
import { type Batch, contains, first, paged } from '../../db/sql-kit'
import { needs } from './attention'

export type WorkOrderJoined = Selectable<TaskTable> & {
  worker_name: string | null
  assignment_status: AssignmentStatus | null
  dispatch_note: string | null
  assigned_at: Date | null
}

export interface WorkOrderFilter {
  /** Orders of this worker. */
  workerId?: string
  /** Orders nobody has. */
  unassigned?: boolean
  status?: TaskStatus
  /** True: the work is done (step 6 on); false: it is not. */
  done?: boolean
  type?: TaskType
  step?: number
  origin?: TaskOrigin
  /** What happened at or after `from` and before `to`; a submission, if nothing is said. */
  by?: TaskMoment
  from?: Date
  to?: Date
  attention?: { reason: TaskAttention; now: Date }
  q?: string
  /** Who may not see the phone may not find by it either. */
  hidePhone?: boolean
}

export function createWorkOrderRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  /** Tasks to which it happened in that time, in the ways the overview counts them. */
  const happened = (by: 'completed' | 'cancelled', { from, to }: Pick<WorkOrderFilter, 'from' | 'to'>) =>
    by === 'completed'
      ? db
          .selectFrom('hc_dispatch_assignments as ended')
          .select('ended.work_order_id')
          .where('ended.status', '=', 'COMPLETED')
          .$if(from !== undefined, (query) => query.where('ended.ended_at', '>=', from!))
          .$if(to !== undefined, (query) => query.where('ended.ended_at', '<', to!))
      : db
          .selectFrom('hc_work_order_events as event')
          .select('event.work_order_id')
          .where('event.event_type', '=', 'CANCELLED')
          .$if(from !== undefined, (query) => query.where('event.created_at', '>=', from!))
          .$if(to !== undefined, (query) => query.where('event.created_at', '<', to!))

  const inTime = ({ by = 'created', from, to }: Pick<WorkOrderFilter, 'by' | 'from' | 'to'>) =>
    by === 'created'
      ? db
          .selectFrom('task')
          .$if(from !== undefined, (query) => query.where('task.create_time', '>=', from!))
          .$if(to !== undefined, (query) => query.where('task.create_time', '<', to!))
      : db.selectFrom('task').where('task.id', 'in', happened(by, { from, to }))

  const ofTask = ({ type, step, origin, attention, ...time }: WorkOrderFilter) =>
    inTime(time)
      .$if(type !== undefined, (query) => query.where('task.type', '=', type!))
      .$if(step !== undefined, (query) => query.where('task.current_step', '=', step!))
      .$if(origin !== undefined, (query) => query.where('task.origin', '=', origin!))
      .$if(attention !== undefined, (query) => query.where((eb) => needs(eb, attention!.reason, attention!.now)))

  const filtered = ({ workerId, unassigned, status, done, q, hidePhone, ...rest }: WorkOrderFilter) =>
    ofTask(rest)
      .$if(workerId !== undefined, (query) => query.where('task.worker_id', '=', workerId!))
      .$if(unassigned === true, (query) => query.where('task.worker_id', 'is', null))
      .$if(status !== undefined, (query) => query.where('task.status', '=', status!))
      .$if(done !== undefined, (query) => query.where('task.current_step', done ? '>=' : '<', 6))
      .$if(q !== undefined, (query) =>
        query.where((eb) =>
          eb.or(
            [
              'task.task_id',
              'task.device_name',
              'task.customer_name',
              'task.customer_company',
              ...(hidePhone ? [] : ['task.customer_phone']),
            ].map((column) => contains(column, q!)),
          ),
        ),
      )

  const joined = (filter: WorkOrderFilter) =>
    filtered(filter)
      .leftJoin('staff', 'staff.id', 'task.worker_id')
      .leftJoin('hc_dispatch_assignments as live', (join) =>
        // SQL Server takes a filtered index only where the query says the filter.
        join.onRef('live.live_key', '=', 'task.id').on('live.live_key', 'is not', null),
      )
      .selectAll('task')
      .select([
        'staff.full_name as worker_name',
        'live.status as assignment_status',
        'live.note as dispatch_note',
        'live.created_at as assigned_at',
      ])

  return {
    find: async (id: string): Promise<WorkOrderJoined | null> =>
      (await joined({}).where('task.id', '=', id).executeTakeFirst()) ?? null,

    list: async (
      filter: WorkOrderFilter,
      page: { page: number; size: number },
    ): Promise<{ rows: WorkOrderJoined[]; total: number }> => {
      const rows = await paged(
        joined(filter).orderBy('task.create_time', 'desc').orderBy('task.id', 'desc'),
        engine,
        page,
      ).execute()
      if (rows.length < page.size && (rows.length > 0 || page.page === 1))
        return { rows, total: (page.page - 1) * page.size + rows.length }
      const { count } = await filtered(filter)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return { rows, total: Number(count) }
    },

    /** The next rows of an export, newest first: submitted before it began, and after `cursor` in this order. */
    batch: (filter: WorkOrderFilter, { before, cursor, count }: Batch): Promise<WorkOrderJoined[]> =>
      first(
        joined(filter)
          .where('task.create_time', '<=', cursor?.time ?? before)
          .$if(cursor !== null, (query) =>
            query.where((eb) => eb.or([eb('task.create_time', '<', cursor!.time), eb('task.id', '<', cursor!.id)])),
          )
          .orderBy('task.create_time', 'desc')
          .orderBy('task.id', 'desc'),
        engine,
        count,
      ).execute(),
  }
}

export type WorkOrderRepository = ReturnType<typeof createWorkOrderRepository>
