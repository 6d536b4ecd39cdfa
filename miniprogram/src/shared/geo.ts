/** Mean radius of the earth in metres, as the check-in document measures with it. */
export const EARTH_RADIUS_METERS = 6_371_000

export interface Position {
  latitude: number
  longitude: number
}

const radians = (degrees: number) => (degrees * Math.PI) / 180

/** Haversine distance in metres between two positions of the same coordinate system. */
export function distanceMeters(from: Position, to: Position): number {
  const dLat = radians(to.latitude - from.latitude)
  const dLon = radians(to.longitude - from.longitude)
  const a =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * Math.sin(dLon / 2) ** 2
  return EARTH_RADIUS_METERS * 2 * Math.atan2(Math.sqrt(a), Math.sqrt(1 - a))
}

/** Metres east and north of `origin`; flat approximation, good to a few kilometres. */
export function offsetMeters(origin: Position, point: Position): { east: number; north: number } {
  const north = radians(point.latitude - origin.latitude) * EARTH_RADIUS_METERS
  const east = radians(point.longitude - origin.longitude) * EARTH_RADIUS_METERS * Math.cos(radians(origin.latitude))
  return { east, north }
}

const COMPASS = ['北', '东北', '东', '东南', '南', '西南', '西', '西北']

/** Compass word of the way from one position to another. */
export function bearingText(from: Position, to: Position): string {
  const { east, north } = offsetMeters(from, to)
  const degrees = (Math.atan2(east, north) * 180) / Math.PI
  return COMPASS[Math.round(((degrees + 360) % 360) / 45) % 8] ?? ''
}

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
