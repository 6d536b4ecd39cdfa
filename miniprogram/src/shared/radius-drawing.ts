import { offsetMeters, type Position } from '@shared/geo'

export interface RadiusDrawing {
  /** Everything below is a percentage of the square's side; the site is at 50/50. */
  radius: number
  fix: { left: number; top: number; accuracy: number } | null
  /** A round number of metres for the scale bar, and its length. */
  bar: { meters: number; width: number }
}

const NICE = [1, 2, 5]

/** The largest 1-2-5 number of metres that is not above `limit`. */
export function niceMeters(limit: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(limit, 1)))
  const step = NICE.filter((candidate) => candidate * power <= limit).pop() ?? 1
  return step * power
}

/**
 * Scale of a square drawing with the site in the middle: radius, position and accuracy circle all fit.
 * A position without a site, or the other way round, draws what is known.
 */
export function radiusDrawing(input: {
  site: Position | null
  radiusMeters: number
  fix: (Position & { accuracy?: number | null }) | null
}): RadiusDrawing {
  const { site, radiusMeters, fix } = input
  const accuracy = Math.min(fix?.accuracy ?? 0, 1000)
  const offset = site && fix ? offsetMeters(site, fix) : null
  const reach = offset ? Math.max(Math.abs(offset.east), Math.abs(offset.north)) + Math.min(accuracy, radiusMeters) : 0
  const halfMeters = Math.max(radiusMeters, reach, 10) * 1.18
  const percent = (meters: number) => (meters / halfMeters) * 50
  const bar = niceMeters(halfMeters / 2)
  return {
    radius: percent(radiusMeters),
    fix: offset && {
      left: 50 + percent(offset.east),
      top: 50 - percent(offset.north),
      accuracy: percent(accuracy),
    },
    bar: { meters: bar, width: percent(bar) },
  }
}
