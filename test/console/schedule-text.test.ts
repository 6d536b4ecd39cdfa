import { scheduleText } from '../../server/console/src/show/schedule-text'

test.each([
  ['* * * * * *', '每秒'],
  ['*/5 * * * * *', '每 5 秒'],
  ['0 * * * * *', '每分钟'],
  ['0 7 * * * *', '每小时 07 分'],
  ['30 7 3 * * *', '每天 03:07'],
  ['0 0 3 * * 1', '0 0 3 * * 1'],
  ['0 */5 * * * *', '0 */5 * * * *'],
  ['@daily', '@daily'],
])('%s is %s', (pattern, words) => {
  expect(scheduleText(pattern)).toBe(words)
})
