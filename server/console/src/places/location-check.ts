import { distanceMeters, type Position } from '@shared/geo'
import { metersText } from '../show/format'
import { isChina } from './coordinates'
import { mayLieIn, provinceOf } from './provinces'

export interface Remark {
  tone: 'warning' | 'success'
  text: string
}

/** A service site moved farther than this is more likely a slip than a correction. */
const FAR_MOVE_METERS = 2_000
/** Instruments of one customer are rarely farther apart than this where the address is the same. */
const FAR_NEIGHBOUR_METERS = 5_000

interface Facts {
  position: Position
  address: string
  /** Where the task's service took place until now. */
  previous: Position | null
  /** Located tasks of the same customer; `same` where the address is the very same. */
  others: (Position & { label: string; same: boolean })[]
}

/** What may be wrong about a position, from what is known here alone: no map service is asked. */
export function checkLocation({ position, address, previous, others }: Facts): Remark[] {
  if (!isChina(position)) return [warning('坐标不在中国境内，请检查经纬度是否写反或缺位')]
  const remarks = [checkProvince(position, address), checkMove(position, previous), checkOthers(position, others)]
  return remarks.filter((remark) => remark !== null)
}

const warning = (text: string): Remark => ({ tone: 'warning', text })
const success = (text: string): Remark => ({ tone: 'success', text })

function checkProvince(position: Position, address: string): Remark | null {
  const province = provinceOf(address)
  if (!province) return null
  if (!mayLieIn(province, position)) return warning(`地址在${province}，坐标不在${province}范围内`)
  return success(`坐标在${province}范围内，与地址相符`)
}

function checkMove(position: Position, previous: Position | null): Remark | null {
  if (!previous) return null
  const meters = distanceMeters(previous, position)
  return meters > FAR_MOVE_METERS ? warning(`与原服务地点相距 ${metersText(meters)}，请确认`) : null
}

function checkOthers(position: Position, others: Facts['others']): Remark | null {
  const same = others.filter((other) => other.same)
  const near = (same.length > 0 ? same : others)
    .map((other) => ({ ...other, meters: distanceMeters(other, position) }))
    .toSorted((a, b) => a.meters - b.meters)[0]
  if (!near) return null
  const where = near.same ? '同一地址的任务' : '该客户最近的任务'
  const distance = `${where} ${near.label} 相距 ${metersText(near.meters)}`
  return near.meters > FAR_NEIGHBOUR_METERS ? warning(`与${distance}，请确认`) : success(`与${distance}`)
}
