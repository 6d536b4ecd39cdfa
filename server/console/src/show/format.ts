const SHANGHAI = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'medium',
})

/** `2026-11-20 16:45:04` in Asia/Shanghai; the server's own texts of that form stay as they are. */
export function timeText(value: string | null | undefined): string {
  if (!value) return '—'
  return value.includes('T') ? SHANGHAI.format(new Date(value)) : value
}

/** Without seconds. */
export const minuteText = (value: string | null | undefined): string => timeText(value).slice(0, 16)

/** Today in Asia/Shanghai, or so many days away, as `YYYY-MM-DD`. */
export const dayText = (days = 0): string => SHANGHAI.format(Date.now() + days * 86_400_000).slice(0, 10)

/** `12 米`, `3.4 公里`. */
export function metersText(meters: number): string {
  if (meters < 1000) return `${Math.round(meters)} 米`
  return meters < 100_000 ? `${(meters / 1000).toFixed(1)} 公里` : `${Math.round(meters / 1000)} 公里`
}

export const countText = (count: number): string => count.toLocaleString('zh-CN')

/** A mean of scores: `4.6`, or a dash without any. */
export const scoreText = (score: number | null): string => (score === null ? '—' : score.toFixed(1))

/** `450 毫秒`, `3.2 秒`, `5 分钟`. */
export function durationText(ms: number | null): string {
  if (ms === null) return '—'
  if (ms < 1000) return `${Math.round(ms)} 毫秒`
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} 秒` : `${Math.round(ms / 60_000)} 分钟`
}
