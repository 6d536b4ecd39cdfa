import type { Selectable, Updateable } from 'kysely'
import type { StaffRole } from '../../../types/api/staff'
import type { Database, Db } from '../../db/database'
import type { StaffTable } from '../../db/schema'
import { contains, paged, prepare } from '../../db/sql-kit'

export type StaffRow = Selectable<StaffTable>

export interface StaffFilter {
  role?: StaffRole
  active?: boolean
  q?: string
}

export function createStaffRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  const byId = prepare<{ id: string }, StaffRow>(db, (value) =>
    db.selectFrom('staff').selectAll().where('id', '=', value('id')),
  )

  const filtered = ({ role, active, q }: StaffFilter) =>
    db
      .selectFrom('staff')
      .$if(role !== undefined, (query) => query.where('role', '=', role!))
      .$if(active !== undefined, (query) => query.where('is_active', '=', active!))
      .$if(q !== undefined, (query) =>
        query.where((eb) => eb.or(['full_name', 'email', 'phone'].map((column) => contains(column, q!)))),
      )

  return {
    find: async (id: string, on?: Db): Promise<StaffRow | null> => (await byId({ id }, on))[0] ?? null,

    /** `email` in lower case, as it is stored. */
    findByEmail: async (email: string): Promise<StaffRow | null> =>
      (await db.selectFrom('staff').selectAll().where('email', '=', email).executeTakeFirst()) ?? null,

    insert: async (row: StaffRow, on: Db = db): Promise<void> => {
      await on.insertInto('staff').values(row).execute()
    },

    update: async (id: string, changes: Updateable<StaffTable>, on: Db): Promise<boolean> => {
      const { numUpdatedRows } = await on.updateTable('staff').set(changes).where('id', '=', id).executeTakeFirst()
      return numUpdatedRows === 1n
    },

    /** One page with each worker's number of open work orders. */
    list: async (filter: StaffFilter, page: { page: number; size: number }) => {
      const rows = await paged(
        filtered(filter)
          .selectAll()
          .select((eb) =>
            eb
              .selectFrom('task')
              .select((task) => task.fn.countAll<number>().as('count'))
              .whereRef('task.worker_id', '=', 'staff.id')
              .where('task.status', '=', 'open')
              .where('task.current_step', '<', 6)
              .as('load'),
          )
          .orderBy('role')
          .orderBy('full_name')
          .orderBy('id'),
        engine,
        page,
      ).execute()
      const { count } = await filtered(filter)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return { rows, total: Number(count) }
    },

    isEmpty: async (): Promise<boolean> => (await db.selectFrom('staff').select('id').executeTakeFirst()) === undefined,
  }
}

export type StaffRepository = ReturnType<typeof createStaffRepository>
