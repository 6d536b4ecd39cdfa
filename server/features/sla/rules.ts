import type { AccuracyDecision, SlaInForce, SlaScope } from '../../../types/api/homecare'
import type { SlaRule, SlaSubject } from './repository'

export const RADIUS_KEY = 'HOMECARE_CHECKIN_RADIUS_METERS'
export const ACCURACY_KEY = 'HOMECARE_CHECKIN_ACCURACY_MODE'
export const DEFAULT_RADIUS_METERS = 50
export const MAX_RADIUS_METERS = 100_000
const MAX_ACCURACY_METERS = 100

/** The most specific active row wins (auth-and-checkin.md 2.7). */
const SPECIFICITY: readonly SlaScope[] = ['WORK_ORDER', 'ORG', 'TEAM', 'GLOBAL']

const scopeIdOf = (scope: SlaScope, { id, org_id, team_id }: SlaSubject) =>
  ({ WORK_ORDER: id, ORG: org_id, TEAM: team_id, GLOBAL: '' })[scope]

function mostSpecific(rules: SlaRule[], key: string, subject: SlaSubject, usable: (value: string) => boolean) {
  for (const scope of SPECIFICITY) {
    const id = scopeIdOf(scope, subject)
    const found = rules.find(
      (rule) =>
        rule.config_key === key &&
        rule.scope_type === scope &&
        (scope === 'GLOBAL' || rule.scope_id.toLowerCase() === id?.toLowerCase()) &&
        usable(rule.config_value),
    )
    if (found) return found
  }
  return null
}

/** Whether a stored value can be used: rows may also be edited by hand in the database. */
export const isRadius = (value: string) =>
  /^\d{1,6}(\.\d{1,3})?$/.test(value.trim()) && Number(value) > 0 && Number(value) <= MAX_RADIUS_METERS
export const isAccuracyMode = (value: string) => value === 'strict' || value === 'document'

/** Radius and accuracy mode in force for one work order. */
export function inForce(rules: SlaRule[], subject: SlaSubject): SlaInForce {
  const radius = mostSpecific(rules, RADIUS_KEY, subject, isRadius)
  const mode = mostSpecific(rules, ACCURACY_KEY, subject, isAccuracyMode)
  return {
    radiusMeters: radius ? Number(radius.config_value) : DEFAULT_RADIUS_METERS,
    radiusScope: radius?.scope_type ?? 'DEFAULT',
    accuracyMode: mode?.config_value === 'strict' ? 'strict' : 'document',
  }
}

/** What the phone's own accuracy lets us say (field-work.md, accuracy); without one the fix is taken at its word. */
export function accuracyDecision(distance: number, accuracy: number | null, radius: number): AccuracyDecision {
  const error = Math.min(accuracy ?? 0, MAX_ACCURACY_METERS)
  if (distance + error <= radius) return 'INSIDE'
  return distance - error > radius ? 'OUTSIDE' : 'UNCERTAIN'
}

/** Whether a measured fix lets its worker check in. */
export function passes(distance: number, accuracy: number | null, { radiusMeters, accuracyMode }: SlaInForce) {
  if (distance > radiusMeters && accuracyMode === 'document') return 'OUT_OF_RADIUS' as const
  const decision = accuracyDecision(distance, accuracy, radiusMeters)
  if (accuracyMode === 'strict' && decision === 'UNCERTAIN') return 'LOW_ACCURACY' as const
  return distance <= radiusMeters ? ('OK' as const) : ('OUT_OF_RADIUS' as const)
}
