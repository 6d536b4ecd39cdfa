import type { CheckinDecision, CheckinResult, CheckoutResult } from '../../../types/api/homecare'
import type { Database, Db } from '../../db/database'
import type { Batch } from '../../db/sql-kit'
import { AppError } from '../../errors/app-error'
import type { StaffPrincipal } from '../../http/authenticate'
import { toPage } from '../../http/page'
import { shanghaiTime, type TimeText } from '../../time'
import type { AuditService } from '../audit/service'
import { staffActor } from '../dispatch/service'
import type { FileService } from '../files/service'
import type { Once } from '../idempotency/service'
import type { SlaService } from '../sla/service'
import type { TaskLifecycle } from '../tasks/lifecycle'
import type { Checkin } from './checkin'
import { measure, standingRefusal } from './decision'
import { type Fixes, isTheirs, siteOf, toFix } from './fixes'
import type { CheckinSubject, VisitFilter, VisitRepository } from './repository'
import type { CheckoutInput, PrecheckInput, SubmitInput } from './schema'
import { toVisitView } from './views'

export interface VisitServiceDeps {
  repository: VisitRepository
  checkin: Checkin
  fixes: Fixes
  lifecycle: TaskLifecycle
  sla: SlaService
  files: FileService
  audit: AuditService
  transaction: Database['transaction']
  now: () => Date
}

export interface Review {
  id: string
  decision: 'confirm' | 'refuse'
  comment: string | null
}

/** A check-out is measured against the visit's own site; it is recorded, not judged. */
const UNJUDGED = { radiusScope: 'DEFAULT', accuracyMode: 'document' } as const

export function createVisitService(deps: VisitServiceDeps) {
  const { repository, checkin, fixes, lifecycle, sla, files, audit, transaction, now } = deps

  async function subjectOf(workOrderId: string, on?: Db): Promise<CheckinSubject> {
    const subject = await repository.subject(workOrderId, on)
    if (!subject) throw new AppError('NOT_FOUND', { message: '工单不存在' })
    return subject
  }

  async function decide(who: StaffPrincipal, subject: CheckinSubject, input: PrecheckInput): Promise<CheckinDecision> {
    const fix = toFix(input)
    const decision = measure(fix, { location: siteOf(subject), rules: await sla.inForce(subject) })
    decision.flags.push(...(await fixes.flags(who, fix, { at: now() })))
    return decision
  }

  /** Ends the open visit on the locked work order. @throws AppError NOT_CHECKED_IN */
  async function attemptCheckout(
    trx: Db,
    who: StaffPrincipal,
    input: CheckoutInput,
    at: Date,
  ): Promise<CheckoutResult> {
    const task = await lifecycle.lock(trx, input.workOrderId)
    const visit = await repository.openVisit(task.id, trx)
    if (visit?.worker_id !== who.id) throw new AppError('NOT_CHECKED_IN')
    const fix = toFix(input)
    const location = { latitude: visit.service_latitude, longitude: visit.service_longitude }
    const decision = measure(fix, { location, rules: { ...UNJUDGED, radiusMeters: visit.radius_meters } })
    await fixes.store(who, { workOrderId: task.id, fix, decision, source: 'checkout', at }, trx)
    const ended = new Date(Math.max(at.getTime(), visit.checkin_at.getTime()))
    const durationMinutes = Math.round((ended.getTime() - visit.checkin_at.getTime()) / 60_000)
    await repository.update(trx, visit.id, {
      status: 'CHECKED_OUT',
      open_key: null,
      checkout_at: ended,
      checkout_latitude: fix.gcj.latitude,
      checkout_longitude: fix.gcj.longitude,
      checkout_distance_meters: decision.distanceMeters,
      summary: input.summary,
    })
    await lifecycle.note(trx, task, {
      actor: staffActor(who),
      event: 'CHECKED_OUT',
      text: input.summary,
      payload: {
        visit_id: visit.id,
        duration_minutes: durationMinutes,
        distance: decision.distanceMeters,
        ...(input.capturedAt && { captured_at: input.capturedAt.toISOString() }),
      },
      changes: { visit_state: 'CHECKED_OUT' },
    })
    return { visitId: visit.id, checkedOutAt: ended.toISOString(), durationMinutes }
  }

  return {
    attemptCheckin: checkin.attempt,
    attemptCheckout,

    /** auth-and-checkin.md 2. @throws AppError NOT_FOUND, CHECKIN_REJECTED with the decision as details */
    async precheck(who: StaffPrincipal, input: PrecheckInput): Promise<CheckinDecision> {
      const subject = await subjectOf(input.workOrderId)
      const live = subject.live_status && { worker_id: subject.live_worker_id!, status: subject.live_status }
      const decision = standingRefusal(subject, live, who.id) ?? (await decide(who, subject, input))
      if (isTheirs(subject, live, who))
        await fixes.store(who, {
          workOrderId: subject.id,
          fix: toFix(input),
          decision,
          source: 'precheck',
          at: now(),
        })
      if (!decision.canCheckin) throw new AppError('CHECKIN_REJECTED', { details: { ...decision } })
      return decision
    },

    /**
     * Re-runs the precheck's rules, then signature and evidence; a visit, its evidence and its event are one transaction.
     * @throws AppError NOT_FOUND, CHECKIN_REJECTED, ALREADY_CHECKED_IN
     */
    async submit(who: StaffPrincipal, input: SubmitInput, once: Once): Promise<CheckinResult> {
      const outcome = await transaction(async (trx) => {
        const made = await checkin.attempt(trx, who, input, { at: now(), late: false })
        if ('result' in made) await once.save(trx, made.result)
        else await once.saveRefusal(trx, made.refusal)
        return made
      })
      if ('refusal' in outcome) throw outcome.refusal
      return outcome.result
    },

    checkout: (who: StaffPrincipal, input: CheckoutInput, once: Once): Promise<CheckoutResult> =>
      transaction(async (trx) => {
        const result = await attemptCheckout(trx, who, input, now())
        await once.save(trx, result)
        return result
      }),

    /** A position reported on the way, from the phone's queue. @throws AppError NOT_FOUND, WORK_ORDER_NOT_MINE */
    async recordFix(trx: Db, who: StaffPrincipal, input: PrecheckInput, at: Date): Promise<void> {
      const subject = await subjectOf(input.workOrderId, trx)
      if ((subject.live_worker_id ?? subject.worker_id) !== who.id) throw new AppError('WORK_ORDER_NOT_MINE')
      const fix = toFix(input)
      const decision = measure(fix, { location: siteOf(subject), rules: await sla.inForce(subject, trx) })
      await fixes.store(who, { workOrderId: subject.id, fix, decision, source: 'fix', at }, trx)
    },

    async ofWorkOrder(workOrderId: string, time: TimeText) {
      const rows = await repository.ofWorkOrder(workOrderId)
      const evidence = await repository.evidenceOf(rows.map((row) => row.id))
      return rows.map((row) => toVisitView(row, evidence, { link: files.link, time }))
    },

    async list({ page, size, ...filter }: VisitFilter & { page: number; size: number }) {
      const { rows, total } = await repository.list(filter, { page, size })
      const evidence = await repository.evidenceOf(rows.map((row) => row.id))
      const list = rows.map((row) => toVisitView(row, evidence, { link: files.link, time: shanghaiTime }))
      return toPage(list, total, { page, size })
    },

    /** Rows of an export, a part at a time, newest first; without their evidence. */
    async batch(filter: VisitFilter, at: Batch) {
      const rows = await repository.batch(filter, at)
      return rows.map((row) => ({ cursor: { time: row.checkin_at, id: row.id }, row }))
    },

    /** A dispatcher's word on a visit, once. @throws AppError VISIT_REVIEWED */
    review: (who: StaffPrincipal, { id, decision, comment }: Review, once: Once) =>
      transaction(async (trx) => {
        const visit = await repository.find(id, trx)
        if (!visit) throw new AppError('NOT_FOUND', { message: '签到记录不存在' })
        const task = await lifecycle.lock(trx, visit.work_order_id)
        if ((await repository.find(id, trx))?.reviewed_at) throw new AppError('VISIT_REVIEWED')
        await repository.update(trx, id, {
          review_decision: decision,
          review_comment: comment,
          reviewer_name: who.name,
          reviewed_at: now(),
        })
        const detail = { visit_id: id, decision, comment }
        await lifecycle.note(trx, task, { actor: staffActor(who), event: 'VISIT_REVIEWED', payload: detail })
        await audit.record(trx, who, { action: 'visit.review', target: id, detail })
        const answer = { message: decision === 'confirm' ? '签到已确认' : '签到已判定无效' }
        await once.save(trx, answer)
        return answer
      }),
  }
}

export type VisitService = ReturnType<typeof createVisitService>
