import type { WxworkAccount, WxworkEventRow, WxworkMessageRow } from '../../../types/api/wxwork'
import { accountName } from './machine'
import type { WxworkEvent, WxworkMessage, WxworkSession } from './repository'

const iso = (instant: Date | null) => instant?.toISOString() ?? null

/** As the demo's page reads it. */
export const activeView = (session: WxworkSession | null) =>
  session && {
    uuid: session.uuid,
    vid: session.vid,
    isLogin: session.is_login,
    qrcode: session.qrcode ?? '',
    qrcodeKey: session.qrcode_key,
    lastEvent: session.last_event,
    lastError: session.last_error ?? '',
  }

export const eventView = ({
  created_at,
  stage,
  session_uuid,
  event_type,
  payload,
  id,
}: WxworkEvent): WxworkEventRow => ({
  id,
  time: created_at.toISOString(),
  stage,
  uuid: session_uuid,
  type: event_type,
  payload: JSON.parse(payload) as unknown,
})

/** For our own console: every account with its state, countdown and queue. */
export const sessionView = (session: WxworkSession, queued: number): WxworkAccount => ({
  ...activeView(session)!,
  qrcodeImage: session.qrcode ? (session.qrcode_picture ?? '') : '',
  id: session.id,
  name: accountName(session),
  corpName: session.corp_name,
  state: session.state,
  monitored: session.monitored,
  tries: session.tries,
  qrcodeExpiresAt: iso(session.qrcode_expires_at),
  nextTryAt: iso(session.next_try_at),
  nextCheckAt: iso(session.next_check_at),
  lastCheckAt: iso(session.last_check_at),
  lastOnlineAt: iso(session.last_online_at),
  lastReconnectAt: iso(session.last_reconnect_at),
  queued,
  nextSendAt: iso(session.next_send_at),
})

export const messageView = (message: WxworkMessage): WxworkMessageRow => ({
  id: message.id,
  to: message.receiver,
  isRoom: message.is_room,
  content: message.content,
  state: message.state,
  error: message.error,
  createdAt: message.created_at.toISOString(),
  startedAt: iso(message.started_at),
  finishedAt: iso(message.finished_at),
})
