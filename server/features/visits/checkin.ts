import type { CheckinDecision, CheckinResult, ReasonCode } from '../../../types/api/homecare'
import type { Db } from '../../db/database'
import { AppError } from '../../errors/app-error'
import type { StaffPrincipal } from '../../http/authenticate'
import { newId } from '../../ids'
import { type DispatchService, staffActor } from '../dispatch/service'
import type { SlaService } from '../sla/service'
import type { TaskLifecycle } from '../tasks/lifecycle'
import type { TaskRow } from '../tasks/repository'
import { SYSTEM } from '../work-order-events/service'
import { measure, type MeasuredFix, type Site, standingRefusal } from './decision'
import { type Fixes, isTheirs, siteOf, toFix } from './fixes'
import type { EvidenceRow, VisitRepository, VisitRow } from './repository'
import type { SubmitInput } from './schema'
import type { Tickets } from './tickets'

const MIN_SIGNATURE = 8
const MAX_ID_LENGTH = 40
/** More photos than anybody takes; each is a parameter of the statement. */
const MAX_EVIDENCE = 100

export interface CheckinDeps {
  repository: VisitRepository
  fixes: Fixes
  lifecycle: TaskLifecycle
  dispatch: DispatchService
  sla: SlaService
  tickets: Tickets
  now: () => Date
}

/** What became of a check-in: a visit, or a refusal whose traces (position, event) are kept all the same. */
export type CheckinOutcome = { result: CheckinResult } | { refusal: AppError }

/** How a check-in came in: live, or later from the phone's queue. */
export interface Arrival {
  /** When it happened by the phone's account; now when live. */
  at: Date
  late: boolean
}

interface Attempt {
  who: StaffPrincipal
  task: TaskRow
  input: SubmitInput
  arrival: Arrival
  fix: MeasuredFix
}

interface Measured {
  decision: CheckinDecision
  site: Site
  /** What is wrong with the ticket. */
  fault: ReasonCode | null
}

/** Decides one check-in on a locked work order and writes the visit, or the traces of its refusal. */
export function createCheckin({ repository, fixes, lifecycle, dispatch, sla, tickets, now }: CheckinDeps) {
  /** Site and rules: those of a valid ticket, else today's. */
  async function siteFor(trx: Db, { who, task, input, arrival }: Attempt) {
    const today = { location: siteOf(task), rules: await sla.inForce(task, trx) }
    const ticket = input.offlineTicket
    if (!ticket) return { site: today, fault: null, late: arrival.late }
    const fault = tickets.fault(ticket, { workOrderId: task.id, workerId: who.id, at: arrival.at })
    if (fault && fault !== 'expired') return { site: today, fault, late: arrival.late }
    if (await repository.isTicketSpent(ticket.nonce, trx))
      return { site: today, fault: 'TICKET_REPLAYED' as const, late: arrival.late }
    if (fault) return { site: today, fault: null, late: true }
    const { latitude, longitude, radiusMeters } = ticket
    return {
      site: { location: { latitude, longitude }, rules: { ...today.rules, radiusMeters } },
      fault: null,
      late: false,
    }
  }

  async function examine(trx: Db, attempt: Attempt): Promise<Measured> {
    const { who, fix, arrival } = attempt
    const { site, fault, late } = await siteFor(trx, attempt)
    const decision = measure(fix, site)
    decision.flags.push(...(await fixes.flags(who, fix, { at: arrival.at, on: trx })))
    if (late) decision.flags.push('LATE_SYNC')
    return { decision, site, fault }
  }

  async function evidenceFor(trx: Db, { who, task, input }: Attempt): Promise<EvidenceRow[] | null> {
    const ids = [...new Set((input.evidenceFileIds ?? []).map((id) => id.toLowerCase()))]
    if (ids.length === 0 || ids.length > MAX_EVIDENCE || ids.some((id) => id.length > MAX_ID_LENGTH)) return null
    const rows = await repository.freeEvidence(ids, { workOrderId: task.id, uploader: `staff:${who.id}` }, trx)
    return rows.length === ids.length ? rows : null
  }

  /** A visit its worker left open before the order went to another ends when that other one arrives. */
  async function endAbandoned(trx: Db, { task, arrival }: Attempt, visit: VisitRow): Promise<void> {
    const summary = '工单已改派，由系统结束'
    const checkout_at = new Date(Math.max(arrival.at.getTime(), visit.checkin_at.getTime()))
    await repository.update(trx, visit.id, { status: 'CHECKED_OUT', open_key: null, checkout_at, summary })
    await lifecycle.note(trx, task, { actor: SYSTEM, event: 'CHECKED_OUT', payload: { visit_id: visit.id, summary } })
  }

  /** Leaves the event of a refused check-in. */
  async function refuse(trx: Db, { who, task }: Attempt, decision: CheckinDecision): Promise<CheckinOutcome> {
    const { reasonCode, distanceMeters, allowedRadiusMeters, flags } = decision
    await lifecycle.note(trx, task, {
      actor: staffActor(who),
      event: 'CHECKIN_REJECTED',
      payload: { reasonCode, distanceMeters, allowedRadiusMeters, flags },
    })
    return { refusal: new AppError('CHECKIN_REJECTED', { details: { ...decision, canCheckin: false } }) }
  }

  async function accept(
    trx: Db,
    attempt: Attempt,
    { decision, site, evidence }: Measured & { evidence: EvidenceRow[] },
  ) {
    const { who, task, input } = attempt
    const digests = evidence.map((file) => file.sha256)
    if (await repository.usedElsewhere(digests, task.id, trx)) decision.flags.push('EVIDENCE_REUSED')
    const visit = toVisit(attempt, {
      decision,
      site,
      visitNo: await repository.nextVisitNo(task.id, trx),
      received: now(),
    })
    await repository.insert(trx, visit)
    await repository.useEvidence(
      evidence.map((file) => file.id),
      visit.id,
      trx,
    )
    const nonce = input.offlineTicket?.nonce
    if (nonce) await repository.spendTicket(trx, { nonce, work_order_id: task.id, create_time: now() })
    await lifecycle.note(trx, task, {
      actor: staffActor(who),
      event: 'CHECKED_IN',
      text: `工程师${who.name}已到达现场`,
      payload: {
        visit_id: visit.id,
        visit_no: visit.visit_no,
        distance: visit.distance_meters,
        radius: visit.radius_meters,
        flags: decision.flags,
        evidence: digests,
      },
      changes: { visit_state: 'CHECKED_IN' },
    })
    return { result: { ...decision, visitId: visit.id } }
  }

  return {
    async attempt(trx: Db, who: StaffPrincipal, input: SubmitInput, arrival: Arrival): Promise<CheckinOutcome> {
      const task = await lifecycle.lock(trx, input.workOrderId)
      const live = await dispatch.live(task.id, trx)
      const attempt: Attempt = { who, task, input, arrival, fix: toFix(input) }
      const keep = (decision: CheckinDecision) =>
        fixes.store(who, { workOrderId: task.id, fix: attempt.fix, decision, source: 'submit', at: arrival.at }, trx)

      const standing = standingRefusal(task, live, who.id)
      if (standing) {
        if (isTheirs(task, live, who)) await keep(standing)
        return refuse(trx, attempt, standing)
      }
      const measured = await examine(trx, attempt)
      const { decision } = measured
      await keep(decision)
      const open = await repository.openVisit(task.id, trx)
      if (open && open.worker_id !== who.id) await endAbandoned(trx, attempt, open)
      else if (open) {
        await refuse(trx, attempt, { ...decision, reasonCode: 'ALREADY_CHECKED_IN' })
        return { refusal: new AppError('ALREADY_CHECKED_IN', { details: { visitId: open.id } }) }
      }
      const fault = measured.fault ?? (decision.canCheckin ? signatureFault(input) : decision.reasonCode)
      if (fault) return refuse(trx, attempt, { ...decision, reasonCode: fault })
      const evidence = await evidenceFor(trx, attempt)
      if (!evidence) return refuse(trx, attempt, { ...decision, reasonCode: 'EVIDENCE_FILE_NOT_EXIST' })
      return accept(trx, attempt, { ...measured, evidence })
    },
  }
}

export type Checkin = ReturnType<typeof createCheckin>

const signatureFault = ({ signature }: SubmitInput): ReasonCode | null =>
  (signature ?? '').trim().length < MIN_SIGNATURE ? 'SIGNATURE_REQUIRED' : null

function toVisit(
  { who, task, input, arrival, fix }: Attempt,
  { decision, site, visitNo, received }: { decision: CheckinDecision; site: Site; visitNo: number; received: Date },
): VisitRow {
  return {
    id: newId(),
    work_order_id: task.id,
    visit_no: visitNo,
    worker_id: who.id,
    status: 'CHECKED_IN',
    open_key: task.id,
    checkin_at: arrival.at,
    checkout_at: null,
    captured_at: input.capturedAt ?? null,
    received_at: received,
    latitude: fix.gcj.latitude,
    longitude: fix.gcj.longitude,
    accuracy_meters: fix.accuracy,
    distance_meters: decision.distanceMeters ?? 0,
    radius_meters: decision.allowedRadiusMeters,
    radius_scope: decision.radiusScope ?? 'DEFAULT',
    decision: decision.decision,
    service_latitude: site.location?.latitude ?? 0,
    service_longitude: site.location?.longitude ?? 0,
    signature: input.signature ?? '',
    flags: JSON.stringify(decision.flags),
    is_flagged: decision.flags.length > 0,
    checkout_latitude: null,
    checkout_longitude: null,
    checkout_distance_meters: null,
    summary: null,
    review_decision: null,
    review_comment: null,
    reviewer_name: null,
    reviewed_at: null,
  }
}
