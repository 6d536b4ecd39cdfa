const SHANGHAI_OFFSET_MS = 8 * 3600 * 1000 // no daylight saving since 1991

/** `YYYY-MM-DD HH:mm:ss` in Asia/Shanghai, as /api/v1 shows times (miniprogram-api.md). */
export const shanghaiTime = (instant: Date): string =>
  new Date(instant.getTime() + SHANGHAI_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ')

/** `YYYYMMDD` in Asia/Shanghai. */
export const shanghaiDay = (instant: Date): string => shanghaiTime(instant).slice(0, 10).replaceAll('-', '')
