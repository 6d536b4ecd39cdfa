import type { QuietHours } from '../../config/messages'

const MINUTE_MS = 60_000
const DAY_MINUTES = 24 * 60
/** China has one zone and no summer time. */
const SHANGHAI_OFFSET_MINUTES = 8 * 60

/** When the quiet hours that `now` lies in are over; null where it lies in none. */
export function quietUntil(now: Date, hours: QuietHours): Date | null {
  if (!hours) return null
  const minute = (Math.floor(now.getTime() / MINUTE_MS) + SHANGHAI_OFFSET_MINUTES) % DAY_MINUTES
  const length = (hours.to - hours.from + DAY_MINUTES) % DAY_MINUTES
  const since = (minute - hours.from + DAY_MINUTES) % DAY_MINUTES
  if (since >= length) return null
  return new Date((Math.floor(now.getTime() / MINUTE_MS) + length - since) * MINUTE_MS)
}
