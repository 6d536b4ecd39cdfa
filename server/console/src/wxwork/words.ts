import type { WxworkEventRow, WxworkMessageRow, WxworkState } from '@shared/api/wxwork'
import type { Tone } from '../show/tag'

export const STATE_WORDS: Record<WxworkState, string> = {
  NEW: '新账号',
  INITIALISED: '已初始化',
  QR_WAITING: '等待扫码',
  CODE_NEEDED: '等待验证码',
  ONLINE: '在线',
  OFFLINE: '离线',
  RECONNECTING: '正在重连',
  HUMAN_NEEDED: '需要人工登录',
}
export const STATE_TONES: Record<WxworkState, Tone> = {
  NEW: 'grey',
  INITIALISED: 'blue',
  QR_WAITING: 'amber',
  CODE_NEEDED: 'amber',
  ONLINE: 'green',
  OFFLINE: 'red',
  RECONNECTING: 'amber',
  HUMAN_NEEDED: 'red',
}
export const MESSAGE_WORDS: Record<WxworkMessageRow['state'], string> = {
  PENDING: '排队中',
  SENDING: '发送中',
  SENT: '已发送',
  FAILED: '失败',
  UNKNOWN: '结果不明',
}
export const MESSAGE_TONES: Record<WxworkMessageRow['state'], Tone> = {
  PENDING: 'blue',
  SENDING: 'blue',
  SENT: 'green',
  FAILED: 'red',
  UNKNOWN: 'amber',
}
const STAGES: Record<string, string> = {
  init: '初始化',
  SetCallbackUrl: '设置回调',
  getQrCode: '获取二维码',
  CheckCode: '提交验证码',
  automaticLogin: '自动登录',
  GetRunClient: '查询运行状态',
  GetRunClientByUuid: '查询账号状态',
  SendTextMsg: '发送消息',
  GetInnerContacts: '读取同事',
  GetExternalContacts: '读取客户',
  LoginOut: '退出登录',
  CloseConnent: '断开连接',
  callback: '网关通知',
}
export const stageText = (stage: string): string => STAGES[stage] ?? stage

interface Payload {
  error?: string
  response?: { errcode?: number | string; errmsg?: string } | null
  json?: unknown
}

/** The reason that a notice gives, or all of it. */
function sentenceOf(notice: unknown): string {
  const { reason } = (notice ?? {}) as { reason?: unknown }
  if (typeof reason === 'string' && reason) return reason
  return typeof notice === 'string' ? notice : JSON.stringify(notice)
}

/** What came of it in one line; the whole is behind it. */
export function eventText({ type, payload }: Pick<WxworkEventRow, 'type' | 'payload'>): string {
  const { error, response, json } = (payload ?? {}) as Payload
  if (error) return error
  if (response?.errcode !== undefined)
    return Number(response.errcode) === 0 ? '成功' : `网关返回 ${response.errcode}：${response.errmsg ?? ''}`
  const text = sentenceOf(json ?? payload)
  return type ? `类型 ${type}：${text}` : text
}
