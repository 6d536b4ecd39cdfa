import type { ExternalPullRow } from '@shared/api/admin-external'
import { Progress, type TableColumnsType } from 'antd'
import { Link } from 'react-router-dom'
import { SystemFilter } from '../external/system-filter'
import { PULL_TONES, PULL_WORDS } from '../external/words'
import { Page } from '../shell/page'
import { Cut } from '../show/cut'
import { countText, timeText } from '../show/format'
import { StateTag } from '../show/tag'
import { DataTable } from '../table/data-table'
import type { Filter } from '../table/filters'

const FILTERS: Filter[] = [{ kind: 'custom', name: 'system', label: '系统', render: SystemFilter }]

function Seen({ run }: { run: ExternalPullRow }) {
  const { seen, total, state } = run
  if (state === 'done') return `${countText(seen)} 条`
  const percent = total ? Math.min(100, Math.round((seen / total) * 100)) : 0
  return (
    <>
      <Progress
        percent={percent}
        size="small"
        status={state === 'failed' ? 'exception' : 'active'}
        showInfo={false}
        aria-label="拉取进度"
      />
      <span className="soft">
        {countText(seen)} / {total === null ? '未知' : countText(total)}
      </span>
    </>
  )
}

const COLUMNS: TableColumnsType<ExternalPullRow> = [
  { title: '系统', dataIndex: 'system_name', width: 140, render: (name: string) => <Cut>{name}</Cut> },
  {
    title: '状态',
    dataIndex: 'state',
    width: 84,
    render: (state: ExternalPullRow['state']) => <StateTag tone={PULL_TONES[state]}>{PULL_WORDS[state]}</StateTag>,
  },
  { title: '进度', width: 130, render: (_, run) => <Seen run={run} /> },
  { title: '新增', dataIndex: 'created', width: 68 },
  { title: '更新', dataIndex: 'updated', width: 68 },
  { title: '未变', dataIndex: 'unchanged', width: 68 },
  { title: '错误', dataIndex: 'error', render: (error: string | null) => <Cut>{error}</Cut> },
  { title: '开始', dataIndex: 'started_at', width: 168, render: timeText },
  { title: '结束', dataIndex: 'finished_at', width: 168, render: timeText },
]

export default function ExternalPullsPage() {
  return (
    <Page title="拉取记录" actions={<Link to="/external/orders">查看已拉取的工单</Link>}>
      <DataTable<ExternalPullRow>
        path="/api/v1/admin/external/pulls"
        columns={COLUMNS}
        rowKey="run_id"
        filters={FILTERS}
        topics={['pull']}
        none="还没有拉取过"
        minWidth={980}
      />
    </Page>
  )
}
