import type { CheckinDecision, ReasonCode, WorkOrderDetail } from '@shared/api/homecare'
import { reasonText } from '@/shared/error-text'
import { formatDistance } from '@/shared/format'
import { distanceMeters, type Position } from '@shared/geo'
import { bearingText } from '@/shared/bearing'
import { CHECKIN_TEXTS as T } from './texts'

/** What stands for a check-in here and now, as far as is known. */
export interface Standing {
  reasonCode: ReasonCode
  distanceMeters: number | null
  radiusMeters: number
  accuracyMeters: number | null
}

export interface Advice {
  tone: 'ok' | 'warn' | 'danger'
  title: string
  text: string
}

type Site = Pick<WorkOrderDetail, 'service_latitude' | 'service_longitude' | 'offline_ticket' | 'radius'>

/** What stands against a check-in wherever one is, as far as the phone knows; null when nothing does. */
export function standingRefusal(order: Pick<WorkOrderDetail, 'status' | 'assignment_status'>): ReasonCode | null {
  if (order.status === 'cancelled') return 'WORK_ORDER_CANCELLED'
  return order.assignment_status === 'ACCEPTED' ? null : 'WORK_ORDER_NOT_ASSIGNABLE'
}

/** Site and radius to measure against: those of the ticket when there is no network, because it is judged by them. */
export function rulesOf(order: Site, online: boolean): { site: Position | null; radiusMeters: number } {
  const { offline_ticket: ticket, service_latitude: latitude, service_longitude: longitude, radius } = order
  if (!online && ticket) return { site: ticket, radiusMeters: ticket.radiusMeters }
  const site = latitude === null || longitude === null ? null : { latitude, longitude }
  return { site, radiusMeters: radius.radiusMeters }
}

const MAX_COUNTED_ACCURACY = 100

/** The document's rule, measured on the phone: what the server will say as long as nothing else stands against it. */
export function measureHere(order: Site, fix: Position & { accuracy?: number | null }, online: boolean): Standing {
  const { site, radiusMeters } = rulesOf(order, online)
  const accuracyMeters = fix.accuracy ?? null
  if (!site) return { reasonCode: 'SERVICE_LOCATION_MISSING', distanceMeters: null, radiusMeters, accuracyMeters }
  const distance = distanceMeters(site, fix)
  const within = (accuracyMeters ?? 0) > 0 ? Math.min(accuracyMeters ?? 0, MAX_COUNTED_ACCURACY) : 0
  const strict = order.radius.accuracyMode === 'strict'
  const uncertain = distance + within > radiusMeters && distance - within <= radiusMeters
  const passes = strict ? distance + within <= radiusMeters : distance <= radiusMeters
  const reasonCode = passes ? 'OK' : strict && uncertain ? 'LOW_ACCURACY' : 'OUT_OF_RADIUS'
  return { reasonCode, distanceMeters: distance, radiusMeters, accuracyMeters }
}

const MEASURED: ReasonCode[] = ['OK', 'OUT_OF_RADIUS', 'LOW_ACCURACY']
const STILL_METERS = 3

/**
 * The server's word, except that a distance it measured for an earlier position gives way to the present one: reasons
 * that do not depend on where one stands (not accepted, somebody else's, cancelled) always hold.
 */
export function standingNow(
  here: Standing,
  answer: { decision: CheckinDecision; movedMeters: number } | null,
): Standing {
  if (!answer) return here
  const { reasonCode, distanceMeters: measured, allowedRadiusMeters, accuracyMeters } = answer.decision
  if (MEASURED.includes(reasonCode) && answer.movedMeters > STILL_METERS) return here
  return {
    reasonCode,
    distanceMeters: measured ?? here.distanceMeters,
    radiusMeters: allowedRadiusMeters || here.radiusMeters,
    accuracyMeters: accuracyMeters ?? here.accuracyMeters,
  }
}

/** The standing in words that say what to do next. `fix` and `site` in the same coordinate system. */
export function adviceFor(standing: Standing, fix: Position, site: Position | null): Advice {
  const { reasonCode, distanceMeters: distance, radiusMeters, accuracyMeters } = standing
  if (reasonCode === 'OK') {
    const unsure = (accuracyMeters ?? 0) + (distance ?? 0) > radiusMeters
    return { tone: 'ok', title: T.inside, text: unsure ? T.uncertain(accuracyMeters ?? 0) : '' }
  }
  if (reasonCode === 'OUT_OF_RADIUS' && distance !== null && site) {
    const left = formatDistance(Math.max(distance - radiusMeters, 1))
    const text = T.outside(formatDistance(distance), bearingText(fix, site), left)
    return { tone: 'warn', title: T.outsideTitle, text }
  }
  if (reasonCode === 'LOW_ACCURACY')
    return { tone: 'warn', title: T.lowAccuracyTitle, text: T.lowAccuracy(accuracyMeters ?? 0) }
  return { tone: 'danger', title: T.refusedTitle, text: reasonText(reasonCode) }
}
