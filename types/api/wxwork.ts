/** The gateway's accounts as the console reads them (`/api/*`, wxwork-gateway.md); times ISO 8601. */

export const WXWORK_STATES = [
  'NEW',
  'INITIALISED',
  'QR_WAITING',
  'CODE_NEEDED',
  'ONLINE',
  'OFFLINE',
  'RECONNECTING',
  'HUMAN_NEEDED',
] as const
export type WxworkState = (typeof WXWORK_STATES)[number]

/** A row of `GET /api/sessions`. */
export interface WxworkAccount {
  id: string
  uuid: string
  vid: string
  name: string
  corpName: string
  isLogin: boolean
  state: WxworkState
  /** Address of the QR code at the gateway's site. */
  qrcode: string
  /** The QR code itself as a data URL; empty where the gateway gave only an address. */
  qrcodeImage: string
  qrcodeKey: string
  qrcodeExpiresAt: string | null
  lastEvent: string | null
  lastError: string
  monitored: boolean
  tries: number
  nextTryAt: string | null
  nextCheckAt: string | null
  lastCheckAt: string | null
  lastOnlineAt: string | null
  lastReconnectAt: string | null
  /** Messages that wait for their turn. */
  queued: number
  nextSendAt: string | null
}

/** `GET /api/state`, without the demo's `active`. */
export interface WxworkOverview {
  monitor: { enabled: boolean; running: boolean; lastCheckAt: string | null; intervalMs: number }
  baseUrl: string
  callbackUrl: string
}

export interface WxworkMessageRow {
  id: number | string
  to: string
  isRoom: boolean
  content: string
  state: 'PENDING' | 'SENDING' | 'SENT' | 'FAILED' | 'UNKNOWN'
  error: string | null
  createdAt: string
  startedAt: string | null
  finishedAt: string | null
}

export interface WxworkEventRow {
  id: number | string
  time: string
  /** The action's name, or `callback`. */
  stage: string
  uuid: string
  type: string | null
  payload: unknown
}

/** `GET /api/contacts/all`: how far the listing is, and what it has. */
export interface WxworkListing {
  state: 'running' | 'done' | 'failed'
  innerCount: number
  externalCount: number
  inner: unknown[]
  external: unknown[]
  error: string | null
  startedAt: string
  finishedAt: string | null
}
