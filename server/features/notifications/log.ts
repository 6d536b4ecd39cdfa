import type { NotificationChannels, NotificationLogRow } from '../../../types/api/notifications'
import type { Config } from '../../config/config'
import { toPage } from '../../http/page'
import { shanghaiTime } from '../../time'
import { entryOf, NOTICE_EVENTS, type NoticeEvent } from './catalog'
import type { Attempt } from './courier'
import { REASONS } from './reasons'
import type { LogFilter, LogRow, NotificationRepository } from './repository'

export interface NotificationLogDeps {
  repository: NotificationRepository
  config: Pick<Config, 'wechat' | 'quietHours'>
  /** Base addresses of the partners that carry messages; empty where there is none. */
  addresses: Record<'wechat' | 'wxwork', string>
}

/** Who was told what and how it went, for the console. */
export function createNotificationLog({ repository, config, addresses }: NotificationLogDeps) {
  return {
    async list({ page, size, ...filter }: LogFilter & { page: number; size: number }) {
      const { rows, total } = await repository.listLog(filter, { page, size })
      return toPage(rows.map(toLogRow), total, { page, size })
    },

    channels(): NotificationChannels {
      const templates = Object.keys(config.wechat?.templates ?? {}).length
      const outside = (channel: 'wechat' | 'wxwork', detail: string) => ({
        channel,
        configured: addresses[channel] !== '',
        address: addresses[channel],
        detail: addresses[channel] ? detail : '未启用',
      })
      const here = (channel: 'inbox' | 'console', detail: string) => ({
        channel,
        configured: true,
        address: '',
        detail,
      })
      return {
        channels: [
          outside('wechat', templates > 0 ? `${templates} 类事件配置了模板` : '没有配置模板（WECHAT_TEMPLATES）'),
          outside('wxwork', '由在线的企业微信账号发送'),
          here('inbox', '站内消息，每条通知都有'),
          here('console', '管理台的通知记录'),
        ],
        quiet_hours: quietText(config.quietHours),
        events: NOTICE_EVENTS.map((event) => ({ event, label: entryOf(event).label })),
      }
    },
  }
}

export type NotificationLog = ReturnType<typeof createNotificationLog>

const clock = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
const quietText = (hours: Config['quietHours']) => (hours ? `${clock(hours.from)}-${clock(hours.to)}` : '')

const toLogRow = (row: LogRow): NotificationLogRow => ({
  id: row.id,
  event: row.event,
  event_label: Object.hasOwn(LABELS, row.event) ? LABELS[row.event]! : row.event,
  audience: row.audience_kind,
  audience_id: row.audience,
  audience_name: row.audience_name,
  title: row.title,
  content: row.content,
  channel: row.channel,
  outcome: row.outcome,
  attempts: (JSON.parse(row.attempts) as Attempt[]).map(({ channel, outcome, reason, time }) => ({
    channel,
    outcome,
    reason,
    reason_text: reason ? REASONS[reason] : '',
    time: shanghaiTime(new Date(time)),
  })),
  task_id: row.task_id,
  work_order_id: row.work_order_id,
  create_time: shanghaiTime(row.create_time),
  update_time: shanghaiTime(row.update_time),
})

const LABELS: Record<string, string> = Object.fromEntries(
  NOTICE_EVENTS.map((event: NoticeEvent) => [event, entryOf(event).label]),
)
