import type { Generated } from 'kysely'

export type WxworkState =
  'NEW' | 'INITIALISED' | 'QR_WAITING' | 'CODE_NEEDED' | 'ONLINE' | 'OFFLINE' | 'RECONNECTING' | 'HUMAN_NEEDED'

/** One account at the gateway; columns as in wxwork-gateway.md, the others ours. */
export interface WxworkSessionTable {
  id: string
  /** The gateway's handle; a reconnect brings a new one. */
  uuid: string
  vid: string
  is_login: boolean
  qrcode: string | null
  /** The code itself as a data URL, where the gateway gave it. */
  qrcode_picture: string | null
  qrcode_key: string
  qrcode_expires_at: Date | null
  last_event: string
  last_error: string | null
  state: WxworkState
  nickname: string
  corp_name: string
  /** What `init` was called with beside the vid; sealed. */
  init_options: string | null
  /** False: logged out on purpose; nobody brings it back. */
  monitored: boolean
  /** The uuid for which our callback was registered last. */
  callback_uuid: string
  /** Reconnects of this outage so far. */
  tries: number
  next_try_at: Date | null
  /** Whether this outage had its one QR code. */
  qr_fetched: boolean
  next_check_at: Date
  last_check_at: Date | null
  last_reconnect_at: Date | null
  last_online_at: Date | null
  /** When the console last chose it; the newest is the active one. */
  active_at: Date | null
  /** Earliest time of the next message. */
  next_send_at: Date | null
  send_owner: string | null
  send_until: Date | null
  /** Counts changes: what was decided on an older row is not written. */
  version: number
  created_at: Date
  updated_at: Date
}

export interface WxworkEventTable {
  id: string
  /** Empty where no session was known. */
  session_id: string
  session_uuid: string
  stage: string
  event_type: string
  /** JSON. */
  payload: string
  created_at: Date
}

/** A callback as it came; outlives the events so that a late repeat is known. */
export interface WxworkNoticeTable {
  id: string
  digest: string
  body: string
  received_at: Date
  processed_at: Date | null
}

export type WxworkMessageState = 'PENDING' | 'SENDING' | 'SENT' | 'FAILED' | 'UNKNOWN'

/** The queue of one account leaves in the order of `id`. */
export interface WxworkMessageTable {
  id: Generated<number>
  session_id: string
  receiver: string
  kf_id: number
  is_room: boolean
  content: string
  state: WxworkMessageState
  /** Waits for its account to be online rather than being refused. */
  patient: boolean
  /** JSON of the gateway's answer. */
  result: string | null
  error: string | null
  created_at: Date
  started_at: Date | null
  finished_at: Date | null
  /** Of `notification_log`, where it tells somebody about an event. */
  notification_id: string | null
}

/** How far the listing of an account's contacts is. */
export interface WxworkListingTable {
  session_id: string
  state: 'running' | 'done' | 'failed'
  /** What is being listed: colleagues first, then customers. */
  kind: 'inner' | 'external'
  /** Where the next page begins. */
  str_seq: string
  page_no: number
  inner_count: number
  external_count: number
  error: string | null
  owner: string | null
  owned_until: Date | null
  started_at: Date
  finished_at: Date | null
}

export interface WxworkContactPageTable {
  id: string
  session_id: string
  kind: 'inner' | 'external'
  page_no: number
  /** JSON list, as the gateway gave it. */
  contacts: string
}

/** Whether the monitor is on; one row. */
export interface WxworkMonitorTable {
  id: string
  enabled: boolean
  updated_at: Date
}

export interface WxworkSchema {
  wxwork_session: WxworkSessionTable
  wxwork_event: WxworkEventTable
  wxwork_notice: WxworkNoticeTable
  wxwork_message: WxworkMessageTable
  wxwork_monitor: WxworkMonitorTable
  wxwork_listing: WxworkListingTable
  wxwork_contact_page: WxworkContactPageTable
}
