import type { CheckinDecision, CoordinateType, ReasonCode, SlaInForce, VisitFlag } from '../../../types/api/homecare'
import { distanceMeters, type Position } from '../../../types/geo'
import type { AssignmentRow } from '../dispatch/repository'
import { toGcj02 } from './gcj02'
import { accuracyDecision, passes } from '../sla/rules'
import type { TaskRow } from '../tasks/repository'

/** A position as reported, and the same in GCJ02. */
export interface MeasuredFix {
  sent: Position
  coordinateType: CoordinateType
  gcj: Position
  accuracy: number | null
  reportedAt: Date | null
}

/** The site and the rules a fix is measured against: today's, or those of an offline ticket. */
export interface Site {
  location: Position | null
  rules: SlaInForce
}

/** What is the same for every refusal before a distance can be measured. */
function refused(reasonCode: ReasonCode): CheckinDecision {
  return {
    distanceMeters: null,
    allowedRadiusMeters: 0,
    canCheckin: false,
    reasonCode,
    workerLocationAccepted: false,
    serviceLocationReady: false,
    decision: null,
    accuracyMeters: null,
    radiusScope: null,
    flags: [],
  }
}

export type Standing = Pick<TaskRow, 'status'>
export type Holder = Pick<AssignmentRow, 'worker_id' | 'status'> | null

/** Whether this worker may check in on this order at all, in the document's order of checks; null: go on to measure. */
export function standingRefusal(task: Standing, live: Holder, workerId: string): CheckinDecision | null {
  if (task.status === 'cancelled') return refused('WORK_ORDER_CANCELLED')
  if (!live || live.status !== 'ACCEPTED') return refused('WORK_ORDER_NOT_ASSIGNABLE')
  if (live.worker_id !== workerId) return refused('WORKER_NOT_MATCHED')
  return null
}

/** Measures a fix against the site (auth-and-checkin.md 2.4; field-work.md, accuracy). */
export function measure(fix: MeasuredFix, { location, rules }: Site): CheckinDecision {
  if (!location) return { ...refused('SERVICE_LOCATION_MISSING'), accuracyMeters: fix.accuracy }
  const distance = distanceMeters(fix.gcj, location)
  const reasonCode = passes(distance, fix.accuracy, rules)
  const flags: VisitFlag[] = []
  if (looksLikeWgs84(fix, distance, { location, rules })) flags.push('COORDINATE_SYSTEM_SUSPECT')
  return {
    distanceMeters: distance,
    allowedRadiusMeters: rules.radiusMeters,
    canCheckin: reasonCode === 'OK',
    reasonCode,
    workerLocationAccepted: true,
    serviceLocationReady: true,
    decision: accuracyDecision(distance, fix.accuracy, rules.radiusMeters),
    accuracyMeters: fix.accuracy,
    radiusScope: rules.radiusScope,
    flags,
  }
}

/** Outside as sent, inside when the numbers are read as WGS84: the phone probably named the wrong system. */
function looksLikeWgs84(fix: MeasuredFix, distance: number, { location, rules }: Site): boolean {
  if (!location || fix.coordinateType !== 'gcj02' || distance <= rules.radiusMeters) return false
  return distanceMeters(toGcj02(fix.sent, 'wgs84'), location) <= rules.radiusMeters
}

const STALE_MS = 2 * 60 * 1000
const CLOCK_SKEW_MS = 5000
const MAX_SPEED_METERS_PER_SECOND = 150_000 / 3600

/** Reported more than two minutes before it was used, or in the future. */
export function isStale(reportedAt: Date | null, used: Date): boolean {
  if (!reportedAt) return false
  const age = used.getTime() - reportedAt.getTime()
  return age > STALE_MS || age < -CLOCK_SKEW_MS
}

export interface PastFix {
  gcj_latitude: number
  gcj_longitude: number
  reported_at: Date | null
  created_at: Date
}

/** Faster than 150 km/h since the last accepted fix. */
export function isImpossiblyFast(last: PastFix | null, fix: MeasuredFix, used: Date): boolean {
  if (!last) return false
  const meters = distanceMeters({ latitude: last.gcj_latitude, longitude: last.gcj_longitude }, fix.gcj)
  const from = (last.reported_at ?? last.created_at).getTime()
  const seconds = Math.abs((fix.reportedAt ?? used).getTime() - from) / 1000
  return meters > MAX_SPEED_METERS_PER_SECOND * Math.max(seconds, 1)
}
