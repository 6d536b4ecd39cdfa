import type { OutboxState } from '@shared/api/admin'
import type { Tone } from './tag'

/** How a write owed to another system stands. */
export const OUTBOX_WORDS: Record<OutboxState, { word: string; tone: Tone }> = {
  PENDING: { word: '待发送', tone: 'blue' },
  SENDING: { word: '发送中', tone: 'blue' },
  SENT: { word: '已送达', tone: 'green' },
  UNKNOWN: { word: '待核对', tone: 'amber' },
  DEAD: { word: '已停止', tone: 'red' },
}
