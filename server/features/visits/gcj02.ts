import gcoord from 'gcoord'
import type { CoordinateType } from '../../../types/api/homecare'
import type { Position } from '../../../types/geo'

const SYSTEMS = { gcj02: gcoord.GCJ02, wgs84: gcoord.WGS84, bd09: gcoord.BD09 } as const

/** A position of another coordinate system in GCJ02 degrees; outside China the systems agree. */
export function toGcj02({ latitude, longitude }: Position, type: CoordinateType): Position {
  if (type === 'gcj02') return { latitude, longitude }
  const [lng, lat] = gcoord.transform([longitude, latitude], SYSTEMS[type], gcoord.GCJ02)
  return { latitude: lat, longitude: lng }
}
