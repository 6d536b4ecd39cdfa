import type { AdminOutboxRow, AdminTaskDetail, OutboxState } from '@shared/api/admin'
import type { Page } from '@shared/api/common'
import type { TableColumnsType } from 'antd'
import { Link } from 'react-router-dom'
import { useAnswer } from '../api/use-query'
import { NgsOrderButton } from '../outbox/ngs-order'
import { hasPage } from '../routes'
import { useIsAdmin } from '../session/session'
import { Panel } from '../shell/page'
import { Cut } from '../show/cut'
import { minuteText } from '../show/format'
import { OUTBOX_WORDS, topicText } from '../show/outbox-words'
import { Answered } from '../show/states'
import { StateTag } from '../show/tag'
import { ListTable } from '../table/list-table'

const COLUMNS: TableColumnsType<AdminOutboxRow> = [
  { title: '内容', dataIndex: 'topic', width: 150, render: (topic: string) => <Cut>{topicText(topic)}</Cut> },
  {
    title: '状态',
    dataIndex: 'state',
    width: 84,
    render: (state: OutboxState) => <StateTag tone={OUTBOX_WORDS[state].tone}>{OUTBOX_WORDS[state].word}</StateTag>,
  },
  { title: '次数', dataIndex: 'attempts', width: 60 },
  {
    title: '说明',
    render: (_, { last_error, note }) => <Cut>{last_error ?? note}</Cut>,
  },
  { title: '更新时间', dataIndex: 'update_time', width: 146, render: minuteText },
]

/** Nothing has gone to ngs: its order may be there without our knowing its ids. */
const mayNeedIds = (list: AdminOutboxRow[]) =>
  list.some(({ topic }) => topic.startsWith('ngs.')) &&
  list.every(({ topic, state }) => !topic.startsWith('ngs.') || state !== 'SENT')

/** What the partners were told of this task, and what they are still owed. */
export function Deliveries({ task: { id, task_id } }: { task: AdminTaskDetail }) {
  const answer = useAnswer<Page<AdminOutboxRow>>({
    path: '/api/v1/admin/outbox',
    params: { q: task_id, page: 1, size: 20 },
    topics: ['outbox', 'task'],
    keep: false,
  })
  const isAdmin = useIsAdmin()
  const list = answer.data?.list ?? []
  const all = `/outbox?q=${task_id}`
  return (
    <Panel
      title="同步到 ngs 与其他系统"
      extra={
        <span className="tags">
          {isAdmin && mayNeedIds(list) && <NgsOrderButton id={id} number={task_id} />}
          {list.length > 0 && hasPage(all) && <Link to={all}>处理</Link>}
        </span>
      }
    >
      <Answered answer={answer}>
        {({ list }) =>
          list.length === 0 ? (
            <span className="soft">这个任务没有要同步的内容</span>
          ) : (
            <ListTable<AdminOutboxRow> columns={COLUMNS} rows={list} size="small" minWidth={580} />
          )
        }
      </Answered>
    </Panel>
  )
}
