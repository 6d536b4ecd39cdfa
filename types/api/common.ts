/** Page of a list; every list endpoint answers this shape (`page` from 1). */
export interface Page<T> {
  total: number
  pages: number
  current: number
  size: number
  list: T[]
}

/** Envelope of `/api/v1` (miniprogram-api.md): `code` repeats the HTTP status. */
export interface CustomerEnvelope<T> {
  code: number
  message: string
  data: T
  traceId?: string
}

/** Envelope of `/auth` and `/homecare` (auth-and-checkin.md). */
export interface StaffEnvelope<T> {
  code: string
  msg: string
  data: T
  traceId: string
}
