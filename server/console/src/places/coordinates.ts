import { COORDINATE_TYPES, type CoordinateType } from '@shared/api/homecare'
import type { Position } from '@shared/geo'
import gcoord from 'gcoord'

export const SYSTEM_WORDS: Record<CoordinateType, string> = {
  gcj02: 'GCJ-02（高德、腾讯地图）',
  wgs84: 'WGS-84（GPS、手机定位）',
  bd09: 'BD-09（百度地图）',
}
export const SYSTEM_OPTIONS = COORDINATE_TYPES.map((value) => ({ value, label: SYSTEM_WORDS[value] }))

/** China's mainland and islands, generously. */
export const isChina = ({ latitude, longitude }: Position): boolean =>
  latitude >= 3 && latitude <= 54 && longitude >= 73 && longitude <= 136

/** `31°13′48″N`, `31.23`, `-31.2`; a minus, S or W turns the sign. */
const NUMBER =
  /([+-]?\d+(?:\.\d+)?)\s*(?:°\s*(?:(\d+(?:\.\d+)?)\s*['′]\s*)?(?:(\d+(?:\.\d+)?)\s*["″]\s*)?)?\s*([NSEW])?/giu

interface Angle {
  degrees: number
  axis: 'latitude' | 'longitude' | null
}

function angles(text: string): Angle[] {
  return [...text.matchAll(NUMBER)].map(([, whole, minutes = '0', seconds = '0', letter = '']) => {
    const size = Math.abs(Number(whole)) + Number(minutes) / 60 + Number(seconds) / 3600
    const isNegative = whole!.startsWith('-') || /[SW]/i.test(letter)
    const axis = /[NS]/i.test(letter) ? 'latitude' : /[EW]/i.test(letter) ? 'longitude' : null
    return { degrees: isNegative ? -size : size, axis }
  })
}

const isPosition = ({ latitude, longitude }: Position): boolean =>
  Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180

const NAMED = /(纬度|lat(?:itude)?)|(经度|lng|lon(?:gitude)?)/iu

/** Which of two numbers is the latitude, where the text says it. */
function firstAxis(text: string, [first, second]: [Angle, Angle]): Angle['axis'] {
  if (first.axis) return first.axis
  if (second.axis) return second.axis === 'latitude' ? 'longitude' : 'latitude'
  const [, latitude, longitude] = NAMED.exec(text) ?? []
  if (latitude) return 'latitude'
  return longitude ? 'longitude' : null
}

/**
 * The position in a text as people paste it: "31.23, 121.47" in either order, with full-width marks, labels, letters,
 * or degrees and minutes. Where nothing names the axes, the order that lies in China is meant, else latitude first.
 * @returns null where there are not exactly two numbers that make a position
 */
export function parseCoordinates(text: string): Position | null {
  const plain = text.normalize('NFKC').replace(/[()[\]{}]/g, ' ')
  const [first, second, ...more] = angles(plain)
  if (!first || !second || more.length > 0) return null
  const axis = firstAxis(plain, [first, second])
  const orders: Position[] = []
  if (axis !== 'longitude') orders.push({ latitude: first.degrees, longitude: second.degrees })
  if (axis !== 'latitude') orders.push({ latitude: second.degrees, longitude: first.degrees })
  const possible = orders.filter(isPosition)
  return possible.find(isChina) ?? possible[0] ?? null
}

const SYSTEMS = { gcj02: gcoord.GCJ02, wgs84: gcoord.WGS84, bd09: gcoord.BD09 } as const

/** The same place in GCJ02, which the server keeps, to about 10 cm. */
export function toGcj02({ latitude, longitude }: Position, from: CoordinateType): Position {
  const [east, north] = gcoord.transform([longitude, latitude], SYSTEMS[from], gcoord.GCJ02)
  return { latitude: Number(north.toFixed(6)), longitude: Number(east.toFixed(6)) }
}

export const positionText = ({ latitude, longitude }: Position): string =>
  `${latitude.toFixed(6)}, ${longitude.toFixed(6)}`
