import type { Position } from '@shared/geo'

const PAIR = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，;；\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/
const DIGITS = 6

/**
 * Two degrees as they are pasted from a map: latitude and longitude in either order where only one order is possible,
 * else latitude first. Null when it is anything else.
 */
export function parseCoordinates(text: string): Position | null {
  const [, first, second] = PAIR.exec(text) ?? []
  if (first === undefined || second === undefined) return null
  const [a, b] = [Number(first), Number(second)]
  const position = Math.abs(a) > 90 ? { latitude: b, longitude: a } : { latitude: a, longitude: b }
  return Math.abs(position.latitude) <= 90 && Math.abs(position.longitude) <= 180 ? position : null
}

export function formatCoordinates({ latitude, longitude }: Position): string {
  return `${Number(latitude.toFixed(DIGITS))}, ${Number(longitude.toFixed(DIGITS))}`
}
