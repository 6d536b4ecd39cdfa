const SHANGHAI_OFFSET_MS = 8 * 3600 * 1000 // no daylight saving since 1991

/** `YYYY-MM-DD HH:mm:ss` in Asia/Shanghai, as /api/v1 shows times (miniprogram-api.md). */
export const shanghaiTime = (instant: Date): string =>
  new Date(instant.getTime() + SHANGHAI_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ')

/** How a family of routes writes an instant: `shanghaiTime` under /api/v1, `isoTime` for the home-care API. */
export type TimeText = (instant: Date) => string

export const isoTime: TimeText = (instant) => instant.toISOString()

/** `YYYYMMDD` in Asia/Shanghai. */
export const shanghaiDay = (instant: Date): string => shanghaiTime(instant).slice(0, 10).replaceAll('-', '')

const DAY_MS = 24 * 3600 * 1000

/** The instant at which the day of this one began in Asia/Shanghai, or a day some days before it. */
export const shanghaiMidnight = (instant: Date, daysBefore = 0): Date =>
  new Date(Math.floor((instant.getTime() + SHANGHAI_OFFSET_MS) / DAY_MS - daysBefore) * DAY_MS - SHANGHAI_OFFSET_MS)

/** `YYYY-MM-DD` in Asia/Shanghai. */
export const shanghaiDate = (instant: Date): string => shanghaiTime(instant).slice(0, 10)
