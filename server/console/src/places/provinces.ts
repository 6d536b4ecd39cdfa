import type { Position } from '@shared/geo'

/** South, north, west, east in whole degrees, outwards: what lies beyond is certainly not in the province. */
type Box = [south: number, north: number, west: number, east: number]

/** As an address begins: the short name is enough. */
const PROVINCES: Record<string, Box> = {
  北京: [39, 42, 115, 118],
  天津: [38, 41, 116, 119],
  上海: [30, 32, 120, 123],
  重庆: [28, 33, 105, 111],
  河北: [36, 43, 113, 120],
  山西: [34, 41, 110, 115],
  内蒙古: [37, 54, 97, 127],
  辽宁: [38, 44, 118, 126],
  吉林: [40, 47, 121, 132],
  黑龙江: [43, 54, 121, 136],
  江苏: [30, 36, 116, 122],
  浙江: [27, 32, 118, 124],
  安徽: [29, 35, 114, 120],
  福建: [23, 29, 115, 121],
  江西: [24, 31, 113, 119],
  山东: [34, 39, 114, 123],
  河南: [31, 37, 110, 117],
  湖北: [29, 34, 108, 117],
  湖南: [24, 31, 108, 115],
  广东: [20, 26, 109, 118],
  广西: [20, 27, 104, 113],
  海南: [3, 21, 108, 118],
  四川: [26, 35, 97, 109],
  贵州: [24, 30, 103, 110],
  云南: [21, 30, 97, 107],
  西藏: [26, 37, 78, 100],
  陕西: [31, 40, 105, 112],
  甘肃: [32, 43, 92, 109],
  青海: [31, 40, 89, 104],
  宁夏: [35, 40, 104, 108],
  新疆: [34, 50, 73, 97],
  台湾: [21, 26, 119, 123],
  香港: [22, 23, 113, 115],
  澳门: [22, 23, 113, 114],
}

/** The province an address begins with; null where it begins otherwise. */
export function provinceOf(address: string): string | null {
  return Object.keys(PROVINCES).find((name) => address.trim().startsWith(name)) ?? null
}

/** Whether the position may lie in the province; a rough frame, so only a no is certain. */
export function mayLieIn(province: string, { latitude, longitude }: Position): boolean {
  const [south, north, west, east] = PROVINCES[province] ?? [-90, 90, -180, 180]
  return latitude >= south && latitude <= north && longitude >= west && longitude <= east
}
