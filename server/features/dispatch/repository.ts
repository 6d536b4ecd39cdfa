import type { Selectable } from 'kysely'
import type { AssignmentStatus } from '../../../types/api/homecare'
import type { Db } from '../../db/database'
import type { DispatchAssignmentTable } from '../../db/field-work-schema'
import { prepare } from '../../db/sql-kit'

export type AssignmentRow = Selectable<DispatchAssignmentTable>

export function createDispatchRepository(db: Db) {
  const live = prepare<{ workOrderId: string }, AssignmentRow>(db, (value) =>
    db.selectFrom('hc_dispatch_assignments').selectAll().where('live_key', '=', value('workOrderId')),
  )

  return {
    /** The live assignment of a work order. */
    live: async (workOrderId: string, on?: Db): Promise<AssignmentRow | null> =>
      (await live({ workOrderId }, on))[0] ?? null,

    insert: async (on: Db, row: AssignmentRow): Promise<void> => {
      await on.insertInto('hc_dispatch_assignments').values(row).execute()
    },

    accept: async (on: Db, id: string, time: Date): Promise<void> => {
      await on
        .updateTable('hc_dispatch_assignments')
        .set({ status: 'ACCEPTED', accepted_at: time })
        .where('id', '=', id)
        .execute()
    },

    /** Ends a live assignment. */
    end: async (
      on: Db,
      id: string,
      how: { status: AssignmentStatus; reason: string | null; time: Date },
    ): Promise<void> => {
      await on
        .updateTable('hc_dispatch_assignments')
        .set({ status: how.status, reason: how.reason, ended_at: how.time, live_key: null })
        .where('id', '=', id)
        .execute()
    },

    /** Whether this worker ever had this order. */
    hadOnce: async (workOrderId: string, workerId: string, on: Db): Promise<boolean> =>
      (
        await on
          .selectFrom('hc_dispatch_assignments')
          .select('id')
          .where('work_order_id', '=', workOrderId)
          .where('worker_id', '=', workerId)
          .execute()
      ).length > 0,
  }
}

export type DispatchRepository = ReturnType<typeof createDispatchRepository>
