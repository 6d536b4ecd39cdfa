import { type AdminOutboxRow, OUTBOX_STATES, type OutboxState } from '@shared/api/admin'
import { Button, Popconfirm, Space, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router-dom'
import { useAct } from '../api/use-act'
import { ResolveDialog } from '../outbox/resolve-dialog'
import { useIsAdmin } from '../session/session'
import { Page } from '../shell/page'
import { Code } from '../show/code'
import { Cut } from '../show/cut'
import { minuteText, timeText } from '../show/format'
import { OUTBOX_WORDS, topicText } from '../show/outbox-words'
import { StateTag } from '../show/tag'
import { DataTable } from '../table/data-table'
import type { Filter } from '../table/filters'

const FILTERS: Filter[] = [
  { kind: 'search', name: 'q', label: '搜索任务号、错误' },
  {
    kind: 'choice',
    name: 'state',
    label: '状态',
    options: OUTBOX_STATES.map((value) => ({ value, label: OUTBOX_WORDS[value].word })),
  },
  { kind: 'choice', name: 'waiting', label: '等人处理', options: [{ value: 'true', label: '等人处理' }] },
]

/** A notice to staff can be about something else. */
const isTask = (subject: string) => /^T\d+$/.test(subject)

const COLUMNS: TableColumnsType<AdminOutboxRow> = [
  { title: '写入', dataIndex: 'topic', width: 140, render: (topic: string) => <Cut>{topicText(topic)}</Cut> },
  {
    title: '任务',
    dataIndex: 'task_id',
    width: 140,
    render: (subject: string) =>
      isTask(subject) ? <Link to={`/tasks?q=${encodeURIComponent(subject)}`}>{subject}</Link> : '—',
  },
  {
    title: '状态',
    dataIndex: 'state',
    width: 92,
    render: (state: OutboxState) => <StateTag tone={OUTBOX_WORDS[state].tone}>{OUTBOX_WORDS[state].word}</StateTag>,
  },
  { title: '次数', dataIndex: 'attempts', width: 60 },
  {
    title: '等待或错误',
    render: (_, { last_error, note }) => <Cut>{last_error ?? note}</Cut>,
  },
  {
    title: '下次发送',
    width: 146,
    render: (_, { state, next_attempt_at }) => (state === 'PENDING' ? minuteText(next_attempt_at) : '—'),
  },
]

const isOpen = ({ state }: AdminOutboxRow) => state === 'PENDING' || state === 'UNKNOWN' || state === 'DEAD'

function Acts({ entry }: { entry: AdminOutboxRow }) {
  const [isResolving, setIsResolving] = useState(false)
  const { act, running } = useAct({ done: '已安排重试' })
  if (!isOpen(entry)) return <span className="soft">—</span>
  return (
    <Space size={0}>
      <Popconfirm
        title="重新发送这一笔？"
        description={
          entry.state === 'UNKNOWN'
            ? '上次的结果不明：对方可能已经办理，重发会办两次。请先核对。'
            : '会按次序立即再发一次'
        }
        okText="重新发送"
        okButtonProps={{ danger: entry.state === 'UNKNOWN' }}
        onConfirm={() => act({ path: `/api/v1/admin/outbox/${entry.id}/retry` })}
      >
        <Button type="link" size="small" loading={running}>
          重试
        </Button>
      </Popconfirm>
      <Button type="link" size="small" onClick={() => setIsResolving(true)}>
        人工处理
      </Button>
      {isResolving && <ResolveDialog entry={entry} onClose={() => setIsResolving(false)} />}
    </Space>
  )
}

/** What will be, or was, sent. */
function Content({ entry }: { entry: AdminOutboxRow }) {
  return (
    <div className="two-lines">
      <div className="soft">
        序号 {entry.seq} · 建立 {timeText(entry.create_time)} · 更新 {timeText(entry.update_time)}
        {entry.sent_at && ` · 送达 ${timeText(entry.sent_at)}`}
        {entry.note && ` · ${entry.note}`}
      </div>
      {entry.last_error && <p>{entry.last_error}</p>}
      <Code value={entry.payload} />
    </div>
  )
}

const WITH_ACTS: typeof COLUMNS = [
  ...COLUMNS,
  { title: '操作', width: 144, fixed: 'end', render: (_, entry) => <Acts entry={entry} /> },
]

export default function OutboxPage() {
  const isAdmin = useIsAdmin()
  return (
    <Page title="待发写入" note="欠合作系统的每一笔写入；同一任务的按次序发送，前一笔没有结果时后面的等待">
      <DataTable<AdminOutboxRow>
        path="/api/v1/admin/outbox"
        columns={isAdmin ? WITH_ACTS : COLUMNS}
        filters={FILTERS}
        topics={['outbox']}
        empty="没有符合条件的写入"
        minWidth={980}
        expanded={(entry) => <Content entry={entry} />}
      />
    </Page>
  )
}
