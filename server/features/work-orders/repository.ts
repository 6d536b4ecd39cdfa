import type { Selectable } from 'kysely'
import type { AssignmentStatus } from '../../../types/api/homecare'
import type { TaskStatus } from '../../../types/task-types'
import type { Database } from '../../db/database'
import type { TaskTable } from '../../db/schema'
import { contains, paged } from '../../db/sql-kit'

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
  type?: string
  q?: string
  /** Who may not see the phone may not find by it either. */
  hidePhone?: boolean
}

export function createWorkOrderRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  const filtered = ({ workerId, unassigned, status, done, type, q, hidePhone }: WorkOrderFilter) =>
    db
      .selectFrom('task')
      .$if(workerId !== undefined, (query) => query.where('task.worker_id', '=', workerId!))
      .$if(unassigned === true, (query) => query.where('task.worker_id', 'is', null))
      .$if(status !== undefined, (query) => query.where('task.status', '=', status!))
      .$if(done !== undefined, (query) => query.where('task.current_step', done ? '>=' : '<', 6))
      .$if(type !== undefined, (query) => query.where('task.type', '=', type as TaskTable['type']))
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
      .leftJoin('hc_dispatch_assignments as live', 'live.live_key', 'task.id')
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
  }
}

export type WorkOrderRepository = ReturnType<typeof createWorkOrderRepository>
