import type { OutboxState } from '@shared/api/admin'
import type { Tone } from './tag'

/** How a write owed to another system stands. */
export const OUTBOX_WORDS: Record<OutboxState, { word: string; tone: Tone }> = {
  PENDING: { word: '待发送', tone: 'blue' },
  SENDING: { word: '发送中', tone: 'blue' },
  SENT: { word: '已送达', tone: 'green' },
  UNKNOWN: { word: '结果不明', tone: 'amber' },
  DEAD: { word: '已放弃', tone: 'red' },
}

const TOPICS: Record<string, string> = {
  'ngs.send': 'ngs 新建并发送',
  'ngs.reminder': 'ngs 催办',
  'ngs.close': 'ngs 关闭',
  'ngs.failedClose': 'ngs 撤销关闭',
  'wechat.message': '微信订阅消息',
  'wxwork.text': '企业微信消息',
}
export const topicText = (topic: string): string => TOPICS[topic] ?? topic
