const SHANGHAI_OFFSET_MS = 8 * 3600_000
const PLAIN_TIME = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?$/

/** Instant of `YYYY-MM-DD HH:mm[:ss]` (Asia/Shanghai) or ISO 8601; NaN when it is neither. */
export function parseTime(text: string): number {
  const plain = PLAIN_TIME.exec(text)
  if (!plain) return Date.parse(text)
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = plain
    .slice(1)
    .map((part) => Number(part ?? 0))
  return Date.UTC(year, month - 1, day, hour, minute, second) - SHANGHAI_OFFSET_MS
}

const two = (value: number) => String(value).padStart(2, '0')

function shanghaiParts(atMs: number) {
  const date = new Date(atMs + SHANGHAI_OFFSET_MS)
  return {
    year: date.getUTCFullYear(),
    month: two(date.getUTCMonth() + 1),
    day: two(date.getUTCDate()),
    clock: `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`,
    dayNumber: Math.floor((atMs + SHANGHAI_OFFSET_MS) / 86400_000),
  }
}

/** `2026-11-20 09:30` in Asia/Shanghai; '' for nothing or an unreadable time. */
export function formatDateTime(text: string | null | undefined): string {
  const atMs = text ? parseTime(text) : NaN
  if (Number.isNaN(atMs)) return ''
  const { year, month, day, clock } = shanghaiParts(atMs)
  return `${year}-${month}-${day} ${clock}`
}

/** `今天 09:30`, `昨天 18:00`, `11月3日 09:30` or `2025年11月3日`. */
export function formatRelativeDay(text: string | null | undefined, nowMs = Date.now()): string {
  const atMs = text ? parseTime(text) : NaN
  if (Number.isNaN(atMs)) return ''
  const then = shanghaiParts(atMs)
  const now = shanghaiParts(nowMs)
  const days = now.dayNumber - then.dayNumber
  if (days === 0) return `今天 ${then.clock}`
  if (days === 1) return `昨天 ${then.clock}`
  if (days === -1) return `明天 ${then.clock}`
  const date = `${Number(then.month)}月${Number(then.day)}日`
  return then.year === now.year ? `${date} ${then.clock}` : `${then.year}年${date}`
}

/** `8 米`, `350 米`, `1.2 公里`; '' when the distance is not known. */
export function formatDistance(meters: number | null | undefined): string {
  if (meters === null || meters === undefined || !Number.isFinite(meters)) return ''
  if (meters < 1000) return `${Math.round(meters)} 米`
  return `${(meters / 1000).toFixed(meters < 10_000 ? 1 : 0)} 公里`
}

/** `45 分钟`, `2 小时 5 分钟`. */
export function formatDuration(minutes: number): string {
  const whole = Math.max(0, Math.round(minutes))
  const hours = Math.floor(whole / 60)
  const rest = whole % 60
  if (hours === 0) return `${rest} 分钟`
  return rest === 0 ? `${hours} 小时` : `${hours} 小时 ${rest} 分钟`
}

/** `820 B`, `340 KB`, `4.2 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}

/** `138 0013 8000` for reading aloud; other numbers pass unchanged. */
export function formatPhone(phone: string): string {
  return /^1\d{10}$/.test(phone) ? phone.replace(/^(\d{3})(\d{4})(\d{4})$/, '$1 $2 $3') : phone
}
