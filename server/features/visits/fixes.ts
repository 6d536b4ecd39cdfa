import type { CheckinDecision, VisitFlag } from '../../../types/api/homecare'
import type { Position } from '../../../types/geo'
import type { Db } from '../../db/database'
import type { StaffPrincipal } from '../../http/authenticate'
import { newId } from '../../ids'
import { shanghaiDay } from '../../time'
import { toGcj02 } from './gcj02'
import { type Holder, isImpossiblyFast, isStale, type MeasuredFix } from './decision'
import type { LocationRow, VisitRepository } from './repository'
import type { PrecheckInput } from './schema'

export interface StoredFix {
  workOrderId: string
  fix: MeasuredFix
  decision: CheckinDecision
  source: LocationRow['source']
  /** When it was used by the phone's account; now when live. */
  at: Date
}

const toE6 = (degrees: number) => Math.round(degrees * 1e6)

/** Every reported position: what makes one suspicious, and its row (field-work.md, "Nothing is lost"). */
export function createFixes({ repository, now }: { repository: VisitRepository; now: () => Date }) {
  return {
    /** Flags that need the worker's earlier positions. */
    async flags(who: StaffPrincipal, fix: MeasuredFix, { at, on }: { at: Date; on?: Db }): Promise<VisitFlag[]> {
      const flags: VisitFlag[] = []
      if (isStale(fix.reportedAt, at)) flags.push('STALE_FIX')
      if (isImpossiblyFast(await repository.lastAcceptedFix(who.id, on), fix, at)) flags.push('IMPOSSIBLE_SPEED')
      const place = { workerId: who.id, lat: toE6(fix.sent.latitude), lon: toE6(fix.sent.longitude) }
      const earlier = await repository.repeatedBefore({ ...place, day: shanghaiDay(at) }, on)
      if (earlier && (await repository.repeatedBefore({ ...place, day: earlier }, on)))
        flags.push('REPEATED_COORDINATES')
      return flags
    },

    store: (who: StaffPrincipal, { workOrderId, fix, decision, source, at }: StoredFix, on?: Db): Promise<void> =>
      repository.insertLocation(
        {
          id: newId(),
          work_order_id: workOrderId,
          worker_id: who.id,
          source,
          latitude: fix.sent.latitude,
          longitude: fix.sent.longitude,
          coordinate_type: fix.coordinateType,
          gcj_latitude: fix.gcj.latitude,
          gcj_longitude: fix.gcj.longitude,
          latitude_e6: toE6(fix.sent.latitude),
          longitude_e6: toE6(fix.sent.longitude),
          day: shanghaiDay(at),
          accuracy_meters: fix.accuracy,
          reported_at: fix.reportedAt,
          created_at: now(),
          accepted: decision.workerLocationAccepted,
          distance_meters: decision.distanceMeters,
          reason_code: decision.reasonCode,
        },
        on,
      ),
  }
}

export type Fixes = ReturnType<typeof createFixes>

export function toFix({ latitude, longitude, coordinateType, accuracy, reportedAt }: PrecheckInput): MeasuredFix {
  const type = coordinateType ?? 'gcj02'
  const sent = { latitude, longitude }
  return {
    sent,
    coordinateType: type,
    gcj: toGcj02(sent, type),
    accuracy: accuracy ?? null,
    reportedAt: reportedAt ?? null,
  }
}

/** Where the service takes place, once somebody has said so. */
export const siteOf = (task: { service_latitude: number | null; service_longitude: number | null }): Position | null =>
  task.service_latitude === null || task.service_longitude === null
    ? null
    : { latitude: task.service_latitude, longitude: task.service_longitude }

/** Fixes of others are not kept: an order is whose it is assigned to, or last was. */
export const isTheirs = (task: { worker_id: string | null }, live: Holder, who: StaffPrincipal): boolean =>
  (live ? live.worker_id : task.worker_id) === who.id
