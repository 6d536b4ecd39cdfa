import type { OutboxState } from '@shared/api/admin'
import type { Tone } from '../show/tag'

export const OUTBOX_WORDS: Record<OutboxState, string> = {
  PENDING: '待发送',
  SENDING: '发送中',
  SENT: '已送达',
  UNKNOWN: '结果不明',
  DEAD: '已放弃',
}
export const OUTBOX_TONES: Record<OutboxState, Tone> = {
  PENDING: 'blue',
  SENDING: 'blue',
  SENT: 'green',
  UNKNOWN: 'amber',
  DEAD: 'red',
}
const TOPICS: Record<string, string> = {
  'ngs.send': 'ngs 新建并发送',
  'ngs.reminder': 'ngs 催办',
  'ngs.close': 'ngs 关闭',
  'ngs.failedClose': 'ngs 撤销关闭',
}
export const topicText = (topic: string): string => TOPICS[topic] ?? topic
