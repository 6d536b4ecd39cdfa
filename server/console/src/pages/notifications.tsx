import type {
  AudienceKind,
  Channel,
  ChannelAttempt,
  NotificationChannels,
  NotificationLogRow,
  NotificationOutcome,
} from '@shared/api/notifications'
import type { TableColumnsType } from 'antd'
import { Link } from 'react-router-dom'
import { useAnswer } from '../api/use-query'
import { Page } from '../shell/page'
import { Cut } from '../show/cut'
import { minuteText, timeText } from '../show/format'
import { optionsOf } from '../show/options'
import { StateTag, type Tone } from '../show/tag'
import { DataTable } from '../table/data-table'
import type { Filter } from '../table/filters'

const AUDIENCE_WORDS: Record<AudienceKind, string> = {
  customer: '客户',
  worker: '服务人员',
  dispatcher: '派单员',
  admin: '管理员',
}
const CHANNEL_WORDS: Record<Channel, string> = {
  wechat: '微信订阅消息',
  wxwork: '企业微信',
  inbox: '站内消息',
  console: '管理后台',
}
const OUTCOME_WORDS: Record<NotificationOutcome, string> = { pending: '发送中', sent: '已送达', unknown: '结果不明' }
const OUTCOME_TONES: Record<NotificationOutcome, Tone> = { pending: 'blue', sent: 'green', unknown: 'amber' }
const ATTEMPT_WORDS: Record<ChannelAttempt['outcome'], string> = {
  sent: '送达',
  skipped: '跳过',
  failed: '失败',
  unknown: '结果不明',
}

const filtersOf = (events: NotificationChannels['events']): Filter[] => [
  { kind: 'search', name: 'q', label: '搜索任务号、收件人、内容' },
  {
    kind: 'choice',
    name: 'event',
    label: '事件',
    options: events.map(({ event, label }) => ({ value: event, label })),
  },
  { kind: 'choice', name: 'audience', label: '收件人', options: optionsOf(AUDIENCE_WORDS) },
  { kind: 'choice', name: 'channel', label: '渠道', options: optionsOf(CHANNEL_WORDS) },
  { kind: 'choice', name: 'outcome', label: '结果', options: optionsOf(OUTCOME_WORDS) },
  { kind: 'days', label: '日期' },
]

const COLUMNS: TableColumnsType<NotificationLogRow> = [
  { title: '事件', dataIndex: 'event_label', width: 136, render: (label: string) => <Cut>{label}</Cut> },
  {
    title: '收件人',
    width: 110,
    render: (_, { audience, audience_name }) => (
      <div className="two-lines">
        <Cut>{audience_name}</Cut>
        <span className="soft">{AUDIENCE_WORDS[audience]}</span>
      </div>
    ),
  },
  {
    title: '内容',
    render: (_, { title, content }) => (
      <div className="two-lines">
        <Cut>{title}</Cut>
        <span className="soft">
          <Cut>{content}</Cut>
        </span>
      </div>
    ),
  },
  {
    title: '任务',
    width: 140,
    render: (_, { work_order_id, task_id }) =>
      work_order_id ? <Link to={`/tasks/${work_order_id}`}>{task_id}</Link> : '—',
  },
  { title: '渠道', dataIndex: 'channel', width: 116, render: (channel: Channel) => CHANNEL_WORDS[channel] },
  {
    title: '结果',
    dataIndex: 'outcome',
    width: 88,
    render: (outcome: NotificationOutcome) => (
      <StateTag tone={OUTCOME_TONES[outcome]}>{OUTCOME_WORDS[outcome]}</StateTag>
    ),
  },
  { title: '时间', dataIndex: 'create_time', width: 146, render: minuteText },
]

/** Which ways were tried, and why one was left for the next. */
function Attempts({ row }: { row: NotificationLogRow }) {
  return (
    <ol className="attempts">
      {row.attempts.map(({ channel, outcome, reason_text, time }) => (
        <li key={`${channel} ${time}`}>
          {timeText(time)} {CHANNEL_WORDS[channel]}：{ATTEMPT_WORDS[outcome]}
          {reason_text && `，${reason_text}`}
        </li>
      ))}
      {row.attempts.length === 0 && <li>还没有尝试</li>}
    </ol>
  )
}

export default function NotificationsPage() {
  const { data } = useAnswer<NotificationChannels>({ path: '/api/v1/admin/notifications/channels' })
  return (
    <Page title="通知记录" note={data && data.quiet_hours ? `免打扰时段 ${data.quiet_hours}` : undefined}>
      {data && (
        <ul className="channels">
          {data.channels.map(({ channel, configured, detail }) => (
            <li key={channel} className="panel channels__one">
              <span>{CHANNEL_WORDS[channel]}</span>
              <StateTag tone={configured ? 'green' : 'grey'}>{configured ? '已配置' : '未配置'}</StateTag>
              <span className="soft">
                <Cut>{detail}</Cut>
              </span>
            </li>
          ))}
        </ul>
      )}
      <DataTable<NotificationLogRow>
        path="/api/v1/admin/notifications"
        columns={COLUMNS}
        filters={filtersOf(data?.events ?? [])}
        topics={['notification']}
        empty="没有符合条件的通知"
        minWidth={980}
        expanded={(row) => <Attempts row={row} />}
      />
    </Page>
  )
}
