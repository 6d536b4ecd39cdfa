import type { WxworkEventRow } from '@shared/api/wxwork'
import { Empty, type TableColumnsType } from 'antd'
import { useAnswer } from '../api/use-query'
import { Code } from '../show/code'
import { Cut } from '../show/cut'
import { timeText } from '../show/format'
import { Answered } from '../show/states'
import { ListTable } from '../table/list-table'
import { eventText, stageText } from './words'

const COLUMNS: TableColumnsType<WxworkEventRow> = [
  { title: '时间', dataIndex: 'time', width: 175, render: timeText },
  { title: '事件', dataIndex: 'stage', width: 140, render: stageText },
  { title: '结果', render: (_, event) => <Cut>{eventText(event)}</Cut> },
]

/** What happened with the account, newest first, as it happens. */
export function Events({ uuid }: { uuid: string }) {
  const answer = useAnswer<{ events: WxworkEventRow[] }>({ path: '/api/events', topics: ['wxwork'] })
  return (
    <Answered answer={answer}>
      {({ events }) => (
        <ListTable<WxworkEventRow>
          columns={COLUMNS}
          rows={events.filter((event) => event.uuid === uuid)}
          size="small"
          minWidth={640}
          pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }}
          expandable={{
            expandedRowRender: ({ payload }) => <Code value={payload} />,
          }}
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="还没有事件" /> }}
        />
      )}
    </Answered>
  )
}
