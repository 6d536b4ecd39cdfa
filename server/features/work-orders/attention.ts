import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import { TASK_ATTENTIONS, type TaskAttention } from '../../../types/api/overview'
import { STEP } from '../../../types/task-types'
import type { AssignmentStatus } from '../../../types/api/homecare'
import type { Schema, TaskTable } from '../../db/schema'

const HOUR_MS = 3600 * 1000
/** A submitted task nobody has been given for longer. */
export const UNDISPATCHED_AFTER_MS = 2 * HOUR_MS
/** A dispatched task its worker has not answered for longer. */
export const UNACCEPTED_AFTER_MS = HOUR_MS
/** An appointment nearer than this without a check-in. */
export const APPOINTMENT_SOON_MS = 24 * HOUR_MS

const before = (now: Date, ms: number) => new Date(now.getTime() - ms)

type Judged = Pick<TaskTable, 'status' | 'current_step' | 'create_time' | 'appointment_time' | 'visit_state'> & {
  /** Of the live assignment. */
  assignment_status: AssignmentStatus | null
  assigned_at: Date | null
}

/** Why a task needs somebody's eye; the same rules as `needs`, for a row in hand. */
export function attentionOf(row: Judged, now: Date): TaskAttention[] {
  if (row.status !== 'open') return []
  const { appointment_time: appointment, assigned_at: assigned } = row
  const awaited = appointment && row.visit_state === null && row.current_step < STEP.done
  const holds: Record<TaskAttention, unknown> = {
    undispatched: row.current_step === STEP.submitted && row.create_time < before(now, UNDISPATCHED_AFTER_MS),
    unaccepted: row.assignment_status === 'ASSIGNED' && assigned && assigned < before(now, UNACCEPTED_AFTER_MS),
    appointment_soon: awaited && appointment >= now && appointment < before(now, -APPOINTMENT_SOON_MS),
    appointment_missed: awaited && appointment < now,
  }
  return TASK_ATTENTIONS.filter((attention) => holds[attention])
}

/** The condition under which a task needs somebody's eye. */
export function needs(eb: ExpressionBuilder<Schema, 'task'>, attention: TaskAttention, now: Date): Expression<SqlBool> {
  const open = eb('task.status', '=', 'open')
  const awaited = [open, eb('task.visit_state', 'is', null), eb('task.current_step', '<', STEP.done)]
  switch (attention) {
    case 'undispatched':
      return eb.and([
        open,
        eb('task.current_step', '=', STEP.submitted),
        eb('task.create_time', '<', before(now, UNDISPATCHED_AFTER_MS)),
      ])
    case 'unaccepted':
      return eb.and([
        open,
        eb(
          'task.id',
          'in',
          eb
            .selectFrom('hc_dispatch_assignments as live')
            .select('live.live_key')
            .where('live.status', '=', 'ASSIGNED')
            .where('live.created_at', '<', before(now, UNACCEPTED_AFTER_MS))
            .where('live.live_key', 'is not', null)
            .$castTo<{ live_key: string }>(),
        ),
      ])
    case 'appointment_soon':
      return eb.and([
        ...awaited,
        eb('task.appointment_time', '>=', now),
        eb('task.appointment_time', '<', before(now, -APPOINTMENT_SOON_MS)),
      ])
    case 'appointment_missed':
      return eb.and([...awaited, eb('task.appointment_time', '<', now)])
  }
}
