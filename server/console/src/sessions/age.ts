const UNITS = [
  [86_400, '天'],
  [3600, '小时'],
  [60, '分钟'],
] as const

/** `3 天`, `2 小时`, `5 分钟`, `40 秒`: the largest unit that is full. */
export function ageText(seconds: number): string {
  const unit = UNITS.find(([size]) => seconds >= size)
  return unit ? `${Math.floor(seconds / unit[0])} ${unit[1]}` : `${Math.floor(seconds)} 秒`
}
