const two = (text: string) => text.padStart(2, '0')

/** `每 5 秒`, `每小时 17 分`, `每天 03:07`; a pattern (six fields, seconds first) of any other form stays as it is. */
export function scheduleText(pattern: string): string {
  const [second = '', minute = '', hour = '', ...days] = pattern.split(' ')
  if (days.join(' ') !== '* * *') return pattern
  const times = [second, minute, hour].map((field) => (/^\d+$/.test(field) ? 'at' : field)).join(' ')
  const every = /^\*\/(\d+) \* \*$/.exec(times)
  if (every) return `每 ${every[1]} 秒`
  if (times === '* * *') return '每秒'
  if (times === 'at * *') return '每分钟'
  if (times === 'at at *') return `每小时 ${two(minute)} 分`
  return times === 'at at at' ? `每天 ${two(hour)}:${two(minute)}` : pattern
}
