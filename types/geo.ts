/** Degrees, of one coordinate system. */
export interface Position {
  latitude: number
  longitude: number
}

/** Mean radius of the earth (auth-and-checkin.md 2.6). */
const EARTH_RADIUS_METERS = 6_371_000
const toRadians = (degrees: number) => (degrees * Math.PI) / 180

/** Central angle by the haversine formula (auth-and-checkin.md 2.6), radians. */
function haversine(a: Position, b: Position): number {
  const dLat = toRadians(b.latitude - a.latitude)
  const dLon = toRadians(b.longitude - a.longitude)
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(toRadians(a.latitude)) * Math.cos(toRadians(b.latitude)) * Math.sin(dLon / 2) ** 2
  return 2 * Math.atan2(Math.sqrt(h), Math.sqrt(Math.max(0, 1 - h)))
}

/** Great-circle distance in metres, to the centimetre: beyond that a phone's coordinates are noise. */
export function distanceMeters(a: Position, b: Position): number {
  const angle = haversine(a, b)
  // Near the antipode the formula loses digits; the distance to the antipode does not.
  const exact = angle > 3 ? Math.PI - haversine(a, { latitude: -b.latitude, longitude: b.longitude + 180 }) : angle
  return Math.round(exact * EARTH_RADIUS_METERS * 100) / 100
}

/** Metres east and north of `origin`; flat approximation for drawings, good to some hundred kilometres. */
export function offsetMeters(origin: Position, point: Position): { east: number; north: number } {
  const north = toRadians(point.latitude - origin.latitude) * EARTH_RADIUS_METERS
  const east =
    toRadians(point.longitude - origin.longitude) * EARTH_RADIUS_METERS * Math.cos(toRadians(origin.latitude))
  return { east, north }
}
