import type { AdminVisitRow } from '@shared/api/admin'
import { Button, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router-dom'
import { Page } from '../shell/page'
import { Cut } from '../show/cut'
import { ExportButton } from '../show/export-button'
import { metersText, minuteText } from '../show/format'
import { StateTag } from '../show/tag'
import { DataTable } from '../table/data-table'
import type { Filter } from '../table/filters'
import { WorkerFilter } from '../tasks/worker-choice'
import { VisitDrawer } from '../visits/visit-drawer'
import { FlagTags, ReviewState } from '../visits/visit-words'

const FILTERS: Filter[] = [
  { kind: 'search', name: 'q', label: '搜索任务号、服务人员' },
  {
    kind: 'choice',
    name: 'flagged',
    label: '疑点',
    options: [
      { value: 'true', label: '有疑点' },
      { value: 'false', label: '无疑点' },
    ],
  },
  {
    kind: 'choice',
    name: 'reviewed',
    label: '审核',
    options: [
      { value: 'false', label: '未审核' },
      { value: 'true', label: '已审核' },
    ],
  },
  {
    kind: 'choice',
    name: 'status',
    label: '到场状态',
    options: [
      { value: 'CHECKED_IN', label: '现场中' },
      { value: 'CHECKED_OUT', label: '已离场' },
    ],
  },
  { kind: 'custom', name: 'worker_id', label: '服务人员', render: WorkerFilter },
  { kind: 'days', label: '签到日期' },
]

const COLUMNS: TableColumnsType<AdminVisitRow> = [
  {
    title: '任务',
    dataIndex: 'task_id',
    width: 140,
    render: (number: string, row) => <Link to={`/tasks/${row.work_order_id}`}>{number}</Link>,
  },
  { title: '服务人员', dataIndex: 'worker_name', width: 100, render: (name: string) => <Cut>{name}</Cut> },
  { title: '签到', dataIndex: 'checkin_at', width: 146, render: minuteText },
  {
    title: '离场',
    dataIndex: 'checkout_at',
    width: 146,
    render: (time: string | null) => (time ? minuteText(time) : <StateTag tone="teal">现场中</StateTag>),
  },
  {
    title: '距离 / 允许',
    width: 120,
    render: (_, row) => `${metersText(row.distance_meters)} / ${metersText(row.radius_meters)}`,
  },
  { title: '疑点', dataIndex: 'flags', render: (flags: AdminVisitRow['flags']) => <FlagTags flags={flags} /> },
  { title: '审核', width: 92, render: (_, row) => <ReviewState {...row} /> },
]

export default function VisitsPage() {
  const [open, setOpen] = useState<AdminVisitRow | null>(null)
  const columns: typeof COLUMNS = [
    ...COLUMNS,
    {
      title: '操作',
      width: 76,
      fixed: 'end',
      render: (_, row) => {
        const verb = row.flags.length > 0 && !row.review ? '审核' : '查看'
        return (
          <Button
            type="link"
            size="small"
            aria-label={`${verb} ${row.task_id} 第 ${row.visit_no} 次到场`}
            onClick={() => setOpen(row)}
          >
            {verb}
          </Button>
        )
      },
    },
  ]
  return (
    <Page title="签到记录" note="带疑点的签到需要人工确认；没有疑点的也可随时查看依据">
      <DataTable<AdminVisitRow>
        path="/api/v1/admin/visits"
        columns={columns}
        filters={FILTERS}
        topics={['visit']}
        empty="没有符合条件的签到"
        minWidth={980}
        extra={(filters) => <ExportButton of="visits" filters={filters} />}
      />
      {open && <VisitDrawer visit={open} onClose={() => setOpen(null)} />}
    </Page>
  )
}
