import type { OfflineTicket, WorkOrderDetail, WorkOrderRow } from '../../../types/api/homecare'
import type { Page } from '../../../types/api/common'
import { STEP, STEP_LABELS } from '../../../types/task-types'
import type { Database, Db } from '../../db/database'
import type { Batch } from '../../db/sql-kit'
import { AppError } from '../../errors/app-error'
import type { StaffPrincipal } from '../../http/authenticate'
import { toPage } from '../../http/page'
import { isoTime, shanghaiTime, type TimeText } from '../../time'
import type { AuditService } from '../audit/service'
import { type DispatchService, staffActor } from '../dispatch/service'
import type { FileService } from '../files/service'
import type { Once } from '../idempotency/service'
import type { SlaService } from '../sla/service'
import type { TaskLifecycle } from '../tasks/lifecycle'
import type { TaskRow } from '../tasks/repository'
import type { VisitService } from '../visits/service'
import { siteOf } from '../visits/fixes'
import type { Tickets } from '../visits/tickets'
import type { EventService } from '../work-order-events/service'
import { isStaffMove } from './moves'
import type { WorkOrderFilter, WorkOrderJoined, WorkOrderRepository } from './repository'
import type { AdminTaskFilters, AdminTaskQuery, StepInput, TaskPatch, WorkOrderQuery } from './schema'
import { toAdminRow, toDevice, toEventView, toLinks, toStepRecord, toWorkOrderRow } from './views'

export interface WorkOrderServiceDeps {
  repository: WorkOrderRepository
  lifecycle: TaskLifecycle
  dispatch: DispatchService
  visits: VisitService
  events: EventService
  files: FileService
  sla: SlaService
  audit: AuditService
  tickets: Tickets
  transaction: Database['transaction']
  now: () => Date
}

const isDispatcher = (who: StaffPrincipal) => who.role !== 'HOMECARE_WORKER'
const isPooled = (row: WorkOrderJoined) => row.worker_id === null && row.status === 'open'

export function createWorkOrderService(deps: WorkOrderServiceDeps) {
  const { repository, lifecycle, dispatch, visits, events, files, sla, audit, tickets, transaction, now } = deps

  async function mustFind(id: string): Promise<WorkOrderJoined> {
    const row = await repository.find(id)
    if (!row) throw new AppError('NOT_FOUND', { message: '工单不存在' })
    return row
  }

  /** A worker sees their own orders and the pool; anybody else's is as unknown as none. */
  async function visible(who: StaffPrincipal, id: string): Promise<WorkOrderJoined> {
    const row = await mustFind(id)
    if (!isDispatcher(who) && row.worker_id !== who.id && !isPooled(row))
      throw new AppError('NOT_FOUND', { message: '工单不存在' })
    return row
  }

  async function parts(row: WorkOrderJoined, time: TimeText) {
    const [records, taskFiles, history, visitList, radius] = await Promise.all([
      lifecycle.steps(row.id),
      files.ofTask(row.id),
      events.list(row.id),
      visits.ofWorkOrder(row.id, time),
      sla.inForce(row),
    ])
    return {
      device: toDevice(row),
      submission: toLinks(
        taskFiles.filter((file) => file.owner === 'submission'),
        files.link,
      ),
      step_records: records.map((record) => toStepRecord(record, taskFiles, { link: files.link, time })),
      visits: visitList,
      radius,
      dispatch_note: row.dispatch_note ?? '',
      events: history.map((event) => toEventView(event, time)),
    }
  }

  async function ticketFor(who: StaffPrincipal, row: WorkOrderJoined): Promise<OfflineTicket | null> {
    const site = siteOf(row)
    if (!site || row.status !== 'open' || row.worker_id !== who.id || row.assignment_status !== 'ACCEPTED') return null
    const { radiusMeters } = await sla.inForce(row)
    return tickets.issue({ workOrderId: row.id, workerId: who.id, ...site, radiusMeters })
  }

  /** Who may write to a step: the worker who accepted the order, or a dispatcher. */
  async function assertMayWrite(trx: Db, who: StaffPrincipal, task: TaskRow): Promise<void> {
    if (isDispatcher(who)) return
    const live = await dispatch.live(task.id, trx)
    if (live?.worker_id !== who.id) throw new AppError('WORK_ORDER_NOT_MINE')
    if (live.status !== 'ACCEPTED') throw new AppError('TASK_STEP_MISMATCH', { message: '请先接单' })
  }

  /** `capturedAt`: when it happened by the phone's account, where that was before it came in. */
  async function writeStep(
    trx: Db,
    who: StaffPrincipal,
    input: StepInput & { workOrderId: string },
    capturedAt?: Date,
  ) {
    const task = await lifecycle.lock(trx, input.workOrderId)
    lifecycle.assertOpen(task)
    await assertMayWrite(trx, who, task)
    const moves = input.step !== task.current_step
    if (moves && !isStaffMove(task.current_step, input.step))
      throw new AppError('TASK_STEP_MISMATCH', {
        message: `不能从“${STEP_LABELS[task.current_step]}”直接到“${STEP_LABELS[input.step]}”`,
        details: { currentStep: task.current_step },
      })
    const fileIds = input.fileIds ?? []
    const digests = (await files.byIds(fileIds, trx)).map((file) => file.sha256)
    const recordId = await lifecycle.record(trx, task, {
      step: input.step,
      description: input.description,
      actor: staffActor(who),
      event: moves ? 'STEP_ENTERED' : 'STEP_NOTED',
      payload: { files: digests, ...(capturedAt && { captured_at: capturedAt.toISOString() }) },
    })
    const target = { owner: 'step' as const, task_id: task.id, step_record_id: recordId }
    await files.attach(trx, fileIds, `staff:${who.id}`, { ...target, field: 'fileIds' })
    if (moves && input.step === STEP.done) await dispatch.release(trx, task, 'COMPLETED')
    return { workOrderId: task.id, currentStep: task.current_step, recordId }
  }

  return {
    writeStep,

    async list(who: StaffPrincipal, { page, size, scope, status, q }: WorkOrderQuery): Promise<Page<WorkOrderRow>> {
      const wanted = scope ?? (isDispatcher(who) ? 'all' : 'mine')
      if (wanted === 'all' && !isDispatcher(who)) throw new AppError('FORBIDDEN')
      const hidePhone = wanted === 'pool' && !isDispatcher(who)
      const filter = { ...filterOf(who, { scope: wanted, status, q }), hidePhone }
      const { rows, total } = await repository.list(filter, { page, size })
      const list = rows.map((row) => toWorkOrderRow(row, { hidePhone }))
      return toPage(list, total, { page, size })
    },

    async detail(who: StaffPrincipal, id: string): Promise<WorkOrderDetail> {
      const row = await visible(who, id)
      const hidePhone = !isDispatcher(who) && row.worker_id !== who.id
      const shown = { ...toWorkOrderRow(row, { hidePhone }), ...(await parts(row, isoTime)) }
      return { ...shown, offline_ticket: await ticketFor(who, row) }
    },

    /** Moves a step or adds to it. @throws AppError TASK_STEP_MISMATCH, TASK_CLOSED, WORK_ORDER_NOT_MINE */
    step: (who: StaffPrincipal, input: StepInput & { workOrderId: string }, once: Once) =>
      transaction(async (trx) => {
        const answer = await writeStep(trx, who, input)
        await once.save(trx, answer)
        return answer
      }),

    /** A dispatcher may cancel at any open step. */
    cancel: (who: StaffPrincipal, { workOrderId, reason }: { workOrderId: string; reason: string }, once: Once) =>
      transaction(async (trx) => {
        const task = await lifecycle.lock(trx, workOrderId)
        lifecycle.assertOpen(task)
        await dispatch.release(trx, task, 'CANCELLED')
        const changes = { status: 'cancelled' as const, cancel_reason: reason }
        await lifecycle.note(trx, task, { actor: staffActor(who), event: 'CANCELLED', text: reason, changes })
        await audit.record(trx, who, { action: 'task.cancel', target: task.task_id, detail: { reason } })
        const answer = { message: '工单已取消' }
        await once.save(trx, answer)
        return answer
      }),

    async adminList({ page, size, ...filters }: AdminTaskQuery) {
      const { rows, total } = await repository.list(conditionsOf(filters, now()), { page, size })
      return toPage(
        rows.map((row) => toAdminRow(row, now())),
        total,
        { page, size },
      )
    },

    /** Rows of an export, a part at a time, newest first. */
    async adminBatch(filters: AdminTaskFilters, at: Batch) {
      const rows = await repository.batch(conditionsOf(filters, at.before), at)
      return rows.map((row) => ({ cursor: { time: row.create_time, id: row.id }, row: toAdminRow(row, at.before) }))
    },

    async adminDetail(id: string) {
      const row = await mustFind(id)
      const time = shanghaiTime
      return { ...toWorkOrderRow(row, { time }), ...toAdminRow(row, now()), ...(await parts(row, time)) }
    },

    /** Sets where the service takes place (GCJ02) and whose order it is. */
    async patch(who: StaffPrincipal, id: string, { service_latitude, service_longitude, org_id, team_id }: TaskPatch) {
      await transaction(async (trx) => {
        const task = await lifecycle.lock(trx, id)
        const located =
          service_latitude === undefined ? {} : { service_latitude, service_longitude: service_longitude ?? null }
        const changes = {
          ...located,
          ...(org_id === undefined ? {} : { org_id }),
          ...(team_id === undefined ? {} : { team_id }),
        }
        if (Object.keys(changes).length === 0) return
        await lifecycle.note(trx, task, { actor: staffActor(who), event: 'LOCATION_SET', payload: changes, changes })
        await audit.record(trx, who, { action: 'task.patch', target: task.task_id, detail: changes })
      })
      return toAdminRow(await mustFind(id), now())
    },
  }
}

export type WorkOrderService = ReturnType<typeof createWorkOrderService>

const conditionsOf = ({ unassigned, attention, worker_id, ...rest }: AdminTaskFilters, now: Date): WorkOrderFilter => ({
  ...rest,
  unassigned: unassigned || undefined,
  workerId: worker_id,
  attention: attention && { reason: attention, now },
})

type ListChoice = Required<Pick<WorkOrderQuery, 'scope'>> & Pick<WorkOrderQuery, 'status' | 'q'>

function filterOf(who: StaffPrincipal, { scope, status, q }: ListChoice): WorkOrderFilter {
  const state: WorkOrderFilter =
    status === 'done' ? { done: true } : { status, done: status === 'open' ? false : undefined }
  if (scope === 'pool') return { q, unassigned: true, status: 'open', done: false }
  if (scope === 'mine' && who.role === 'HOMECARE_WORKER') return { ...state, q, workerId: who.id }
  return { ...state, q }
}
