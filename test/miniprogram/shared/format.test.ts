import {
  formatBytes,
  formatDateTime,
  formatDistance,
  formatDuration,
  formatPhone,
  formatRelativeDay,
} from '@/shared/format'

const NOW = Date.parse('2026-11-20T06:00:00Z')

test.each([
  ['2026-11-20 09:30:00', '2026-11-20 09:30'],
  ['2026-11-20T01:30:00.000Z', '2026-11-20 09:30'],
  [null, ''],
  ['nonsense', ''],
])('writes %s as %s in Shanghai', (text, expected) => {
  expect(formatDateTime(text)).toBe(expected)
})

test.each([
  ['2026-11-20 00:05:00', '今天 00:05'],
  ['2026-11-19 23:59:00', '昨天 23:59'],
  ['2026-11-21 08:00:00', '明天 08:00'],
  ['2026-11-03 09:30:00', '11月3日 09:30'],
  ['2025-11-03 09:30:00', '2025年11月3日'],
])('says %s as %s', (text, expected) => {
  expect(formatRelativeDay(text, NOW)).toBe(expected)
})

test('writes distances, durations, sizes and phone numbers', () => {
  expect([7.6, 999, 1234, 25_400, null].map(formatDistance)).toEqual(['8 米', '999 米', '1.2 公里', '25 公里', ''])
  expect([5, 60, 125].map(formatDuration)).toEqual(['5 分钟', '1 小时', '2 小时 5 分钟'])
  expect([820, 348_160, 4_404_019].map(formatBytes)).toEqual(['820 B', '340 KB', '4.2 MB'])
  expect([formatPhone('13800138000'), formatPhone('010-62345678')]).toEqual(['138 0013 8000', '010-62345678'])
})
