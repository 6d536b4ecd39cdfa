import { offsetMeters, type Position } from '@shared/geo'

const COMPASS = ['北', '东北', '东', '东南', '南', '西南', '西', '西北']

/** Compass word of the way from one position to another. */
export function bearingText(from: Position, to: Position): string {
  const { east, north } = offsetMeters(from, to)
  const degrees = (Math.atan2(east, north) * 180) / Math.PI
  return COMPASS[Math.round(((degrees + 360) % 360) / 45) % 8] ?? ''
}
