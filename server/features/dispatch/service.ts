import type { AssignmentStatus } from '../../../types/api/homecare'
import { STEP } from '../../../types/task-types'
import type { Database, Db } from '../../db/database'
import { AppError } from '../../errors/app-error'
import type { StaffPrincipal } from '../../http/authenticate'
import { newId } from '../../ids'
import type { Once } from '../idempotency/service'
import type { StaffService } from '../staff/service'
import type { TaskLifecycle } from '../tasks/lifecycle'
import type { TaskRow } from '../tasks/repository'
import type { Actor } from '../work-order-events/service'
import type { AssignmentRow, DispatchRepository } from './repository'

export interface DispatchServiceDeps {
  repository: DispatchRepository
  lifecycle: TaskLifecycle
  staff: StaffService
  transaction: Database['transaction']
  now: () => Date
}

export interface AssignmentAnswer {
  workOrderId: string
  assignmentId: string
  workerId: string
  status: AssignmentStatus
  currentStep: number
}

interface Assignment {
  workerId: string
  dispatcherId: string | null
  status: 'ASSIGNED' | 'ACCEPTED'
  note: string | null
}

export const staffActor = (who: StaffPrincipal): Actor => ({ kind: 'staff', id: who.id, name: who.name })

/** Who works on an order. Every act locks the work order first, so of two at once the second sees the first's result. */
export function createDispatchService(deps: DispatchServiceDeps) {
  const { repository, lifecycle, staff, transaction, now } = deps

  /** Runs `work` on the locked order and its live assignment, and stores the answer for repeats. */
  function onOrder(
    workOrderId: string,
    once: Once,
    work: (trx: Db, task: TaskRow, live: AssignmentRow | null) => Promise<AssignmentRow>,
  ): Promise<AssignmentAnswer> {
    return transaction(async (trx) => {
      const task = await lifecycle.lock(trx, workOrderId)
      lifecycle.assertOpen(task)
      const row = await work(trx, task, await repository.live(task.id, trx))
      const answer = toAnswer(row, task)
      await once.save(trx, answer)
      return answer
    })
  }

  async function assign(
    trx: Db,
    task: TaskRow,
    { workerId, dispatcherId, status, note }: Assignment,
  ): Promise<AssignmentRow> {
    const time = now()
    const row: AssignmentRow = {
      id: newId(),
      work_order_id: task.id,
      worker_id: workerId,
      dispatcher_id: dispatcherId,
      status,
      live_key: task.id,
      note,
      reason: null,
      created_at: time,
      accepted_at: status === 'ACCEPTED' ? time : null,
      ended_at: null,
    }
    await repository.insert(trx, row)
    return row
  }

  /** The worker's own live assignment; one that was taken away has its own answer. */
  async function ownLive(
    trx: Db,
    task: TaskRow,
    live: AssignmentRow | null,
    who: StaffPrincipal,
  ): Promise<AssignmentRow> {
    if (live?.worker_id === who.id) return live
    if (await repository.hadOnce(task.id, who.id, trx)) throw new AppError('ASSIGNMENT_GONE')
    throw new AppError('WORK_ORDER_NOT_MINE')
  }

  return {
    /** Assigns (step 0 → 1) or reassigns (step kept). @throws AppError WORKER_DISABLED, ALREADY_ASSIGNED, TASK_CLOSED */
    dispatch: (
      who: StaffPrincipal,
      input: { workOrderId: string; workerId: string; note: string | null; formerWorkerId?: string | null },
      once: Once,
    ) =>
      onOrder(input.workOrderId, once, async (trx, task, live) => {
        if (task.current_step >= STEP.done)
          throw new AppError('TASK_STEP_MISMATCH', { message: '服务已完成，不能派单' })
        const worker = await staff.activeWorker(input.workerId, trx)
        if (live?.worker_id === worker.id)
          throw new AppError('ALREADY_ASSIGNED', { message: '该工单已派给这位服务人员' })
        assertUnchanged(live, input.formerWorkerId)
        if (live) await repository.end(trx, live.id, { status: 'CANCELLED', reason: '改派', time: now() })
        const row = await assign(trx, task, {
          workerId: worker.id,
          dispatcherId: who.id,
          status: 'ASSIGNED',
          note: input.note,
        })
        const former = live ? { former_worker_id: live.worker_id } : {}
        const entry = {
          actor: staffActor(who),
          payload: { worker_id: worker.id, ...former },
          changes: { worker_id: worker.id },
        }
        if (task.current_step === STEP.submitted)
          await lifecycle.record(trx, task, {
            ...entry,
            step: STEP.dispatched,
            event: 'DISPATCHED',
            description: `已安排工程师${worker.full_name}`,
          })
        else
          await lifecycle.note(trx, task, {
            ...entry,
            event: live ? 'REASSIGNED' : 'DISPATCHED',
            text: `已安排工程师${worker.full_name}`,
          })
        return row
      }),

    /** Accepting twice is accepting once. @throws AppError ASSIGNMENT_GONE, WORK_ORDER_NOT_MINE */
    accept: (who: StaffPrincipal, workOrderId: string, once: Once) =>
      onOrder(workOrderId, once, async (trx, task, live) => {
        const own = await ownLive(trx, task, live, who)
        if (own.status === 'ACCEPTED') return own
        await repository.accept(trx, own.id, now())
        await lifecycle.note(trx, task, { actor: staffActor(who), event: 'ACCEPTED', text: `工程师${who.name}已接单` })
        return { ...own, status: 'ACCEPTED' }
      }),

    /** Returns the order to the dispatcher; one that had just been dispatched goes back to step 0. */
    reject: (who: StaffPrincipal, { workOrderId, reason }: { workOrderId: string; reason: string }, once: Once) =>
      onOrder(workOrderId, once, async (trx, task, live) => {
        const own = await ownLive(trx, task, live, who)
        await repository.end(trx, own.id, { status: 'REJECTED', reason, time: now() })
        const entry = {
          actor: staffActor(who),
          event: 'REJECTED' as const,
          payload: { reason },
          changes: { worker_id: null },
        }
        if (task.current_step === STEP.dispatched)
          await lifecycle.record(trx, task, { ...entry, step: STEP.submitted, description: '等待重新安排工程师' })
        else await lifecycle.note(trx, task, { ...entry, text: '等待重新安排工程师' })
        return { ...own, status: 'REJECTED' }
      }),

    /** Takes an order from the pool: dispatched and accepted in one. @throws AppError ALREADY_ASSIGNED */
    claim: (who: StaffPrincipal, workOrderId: string, once: Once) =>
      onOrder(workOrderId, once, async (trx, task, live) => {
        if (live) throw new AppError('ALREADY_ASSIGNED')
        if (task.current_step >= STEP.done)
          throw new AppError('TASK_STEP_MISMATCH', { message: '服务已完成，不能接单' })
        const row = await assign(trx, task, { workerId: who.id, dispatcherId: null, status: 'ACCEPTED', note: null })
        const entry = { actor: staffActor(who), event: 'CLAIMED' as const, changes: { worker_id: who.id } }
        if (task.current_step === STEP.submitted)
          await lifecycle.record(trx, task, { ...entry, step: STEP.dispatched, description: `工程师${who.name}已接单` })
        else await lifecycle.note(trx, task, { ...entry, text: `工程师${who.name}已接单` })
        return row
      }),

    live: repository.live,

    /** Ends the live assignment of an order that ends. */
    async release(trx: Db, task: TaskRow, status: 'CANCELLED' | 'COMPLETED'): Promise<void> {
      const live = await repository.live(task.id, trx)
      if (live) await repository.end(trx, live.id, { status, reason: null, time: now() })
    },
  }
}

export type DispatchService = ReturnType<typeof createDispatchService>

/** Of two dispatchers at one order the second decides by what the first did, not over it. */
function assertUnchanged(live: AssignmentRow | null, former: string | null | undefined): void {
  if (former === undefined || former === (live?.worker_id ?? null)) return
  const message = live
    ? '该工单刚刚已由他人派给另一位服务人员，请按最新情况再决定'
    : '该工单刚刚已被退回，请按最新情况再决定'
  throw new AppError('ALREADY_ASSIGNED', { message })
}

function toAnswer(row: AssignmentRow, task: TaskRow): AssignmentAnswer {
  return {
    workOrderId: task.id,
    assignmentId: row.id,
    workerId: row.worker_id,
    status: row.status,
    currentStep: task.current_step,
  }
}
