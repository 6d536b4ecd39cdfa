import type { AdminJobRow } from '@shared/api/admin'
import { Empty, type TableColumnsType } from 'antd'
import { useAnswer } from '../api/use-query'
import { Page } from '../shell/page'
import { Cut } from '../show/cut'
import { durationText, timeText } from '../show/format'
import { Answered } from '../show/states'
import { scheduleText } from '../show/schedule-text'
import { StateTag } from '../show/tag'
import { ListTable } from '../table/list-table'

function Outcome({ job }: { job: AdminJobRow }) {
  if (job.running) return <StateTag tone="blue">运行中</StateTag>
  if (job.last_result === null) return <StateTag tone="grey">未运行</StateTag>
  return job.last_result === 'ok' ? <StateTag tone="green">成功</StateTag> : <StateTag tone="red">失败</StateTag>
}

const COLUMNS: TableColumnsType<AdminJobRow> = [
  { title: '任务', dataIndex: 'title', width: 220 },
  { title: '周期', dataIndex: 'schedule', width: 116, render: scheduleText },
  { title: '最近结果', width: 92, render: (_, job) => <Outcome job={job} /> },
  { title: '说明', dataIndex: 'last_detail', render: (text: string | null) => <Cut>{text}</Cut> },
  { title: '最近运行', dataIndex: 'last_run_at', width: 168, render: timeText },
  { title: '用时', dataIndex: 'duration_ms', width: 88, render: durationText },
  { title: '下次运行', dataIndex: 'next_run_at', width: 168, render: timeText },
]

const EVERY_MS = 15_000

export default function JobsPage() {
  const answer = useAnswer<{ list: AdminJobRow[] }>({
    path: '/api/v1/admin/jobs',
    params: { size: 100 },
    everyMs: () => EVERY_MS,
  })
  return (
    <Page title="定时任务">
      <section className="panel panel--list">
        <Answered answer={answer}>
          {({ list }) => (
            <ListTable<AdminJobRow>
              columns={COLUMNS}
              rows={list}
              rowKey="name"
              minWidth={960}
              locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有定时任务" /> }}
            />
          )}
        </Answered>
      </section>
    </Page>
  )
}
