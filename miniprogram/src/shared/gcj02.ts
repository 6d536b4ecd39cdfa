import type { Position } from '@shared/geo'

const SEMI_MAJOR_AXIS = 6378245
const ECCENTRICITY_SQUARED = 0.006693421622965943
const CHINA = { south: 0.8293, north: 55.8271, west: 72.004, east: 137.8347 }

const inChina = ({ latitude, longitude }: Position) =>
  latitude >= CHINA.south && latitude <= CHINA.north && longitude >= CHINA.west && longitude <= CHINA.east

/** The wave both axes share. */
const wave = (x: number) => ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3
const waves = (x: number, far: [number, number], near: [number, number]) =>
  ((20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * 2) / 3 +
  ((far[0] * Math.sin((x / far[1]) * Math.PI) + near[0] * Math.sin((x / near[1]) * Math.PI)) * 2) / 3

function shiftNorth(x: number, y: number): number {
  const plane = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x))
  return plane + wave(x) + waves(y, [160, 12], [320, 30])
}

function shiftEast(x: number, y: number): number {
  const plane = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x))
  return plane + wave(x) + waves(x, [150, 12], [300, 30])
}

/** A browser's WGS84 position as GCJ02, the system of service locations; unchanged outside China. */
export function gcj02FromWgs84(position: Position): Position {
  if (!inChina(position)) return position
  const { latitude, longitude } = position
  const radians = (latitude / 180) * Math.PI
  const root = 1 - ECCENTRICITY_SQUARED * Math.sin(radians) ** 2
  const meridian = (SEMI_MAJOR_AXIS * (1 - ECCENTRICITY_SQUARED)) / (root * Math.sqrt(root))
  const parallel = (SEMI_MAJOR_AXIS / Math.sqrt(root)) * Math.cos(radians)
  const [x, y] = [longitude - 105, latitude - 35]
  return {
    latitude: latitude + (shiftNorth(x, y) * 180) / (meridian * Math.PI),
    longitude: longitude + (shiftEast(x, y) * 180) / (parallel * Math.PI),
  }
}
