import type { AdminEvaluationRow } from '@shared/api/admin'
import type { TableColumnsType } from 'antd'
import { Link } from 'react-router-dom'
import { Page } from '../shell/page'
import { Cut } from '../show/cut'
import { ExportButton } from '../show/export-button'
import { minuteText } from '../show/format'
import { StateTag } from '../show/tag'
import { DataTable } from '../table/data-table'
import type { Filter } from '../table/filters'

const FILTERS: Filter[] = [
  { kind: 'search', name: 'q', label: '搜索任务号、单位、人员、评语' },
  {
    kind: 'choice',
    name: 'low',
    label: '评分',
    options: [{ value: 'true', label: '低分（有一项不高于 2 分）' }],
  },
  { kind: 'days', label: '评价日期' },
]

function toneOf(score: number) {
  if (score >= 4) return 'green' as const
  return score === 3 ? ('amber' as const) : ('red' as const)
}
const score = (value: number) => <StateTag tone={toneOf(value)}>{value} 分</StateTag>

const COLUMNS: TableColumnsType<AdminEvaluationRow> = [
  {
    title: '任务',
    dataIndex: 'task_id',
    width: 150,
    render: (number: string, row) => <Link to={`/tasks/${row.work_order_id}`}>{number}</Link>,
  },
  { title: '客户', dataIndex: 'customer_company', render: (name: string) => <Cut>{name}</Cut> },
  { title: '服务人员', dataIndex: 'worker_name', width: 130, render: (name: string) => <Cut>{name}</Cut> },
  { title: '态度', dataIndex: 'serviceAttitude', width: 80, render: score },
  { title: '质量', dataIndex: 'serviceQuality', width: 80, render: score },
  { title: '总体', dataIndex: 'overallRating', width: 80, render: score },
  { title: '评语', dataIndex: 'comment', render: (text: string) => <Cut>{text}</Cut> },
  { title: '评价时间', dataIndex: 'create_time', width: 150, render: minuteText },
]

export default function EvaluationsPage() {
  return (
    <Page title="服务评价">
      <DataTable<AdminEvaluationRow>
        path="/api/v1/admin/evaluations"
        columns={COLUMNS}
        filters={FILTERS}
        topics={['task']}
        empty="没有符合条件的评价"
        minWidth={1000}
        extra={(filters) => <ExportButton of="evaluations" filters={filters} />}
      />
    </Page>
  )
}
