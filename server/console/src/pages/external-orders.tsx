import type { ExternalOrderRow } from '@shared/api/admin-external'
import { Button, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router-dom'
import { ImportDialog } from '../external/import-dialog'
import { SystemFilter } from '../external/system-filter'
import { Page } from '../shell/page'
import { Cut } from '../show/cut'
import { minuteText } from '../show/format'
import { optionsOf } from '../show/options'
import { DataTable } from '../table/data-table'
import type { Filter } from '../table/filters'

const FILTERS: Filter[] = [
  { kind: 'search', name: 'q', label: '搜索单号、标题、地址' },
  { kind: 'custom', name: 'system', label: '系统', render: SystemFilter },
  {
    kind: 'choice',
    name: 'imported',
    label: '导入情况',
    options: optionsOf({ false: '未导入', true: '已导入' }),
  },
]

const COLUMNS: TableColumnsType<ExternalOrderRow> = [
  { title: '单号', dataIndex: 'external_no', width: 130, render: (number: string) => <Cut>{number}</Cut> },
  { title: '系统', dataIndex: 'system_name', width: 120, render: (name: string) => <Cut>{name}</Cut> },
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
  { title: '地址', dataIndex: 'address', render: (address: string | null) => <Cut>{address}</Cut> },
  { title: '状态', dataIndex: 'status', width: 84, render: (status: string | null) => <Cut>{status}</Cut> },
  { title: '对方时间', dataIndex: 'external_time', width: 146, render: minuteText },
]

export default function ExternalOrdersPage() {
  const [open, setOpen] = useState<ExternalOrderRow | null>(null)
  const columns: typeof COLUMNS = [
    ...COLUMNS,
    {
      title: '任务',
      width: 140,
      fixed: 'end',
      render: (_, order) =>
        order.work_order_id ? (
          <Link to={`/tasks/${order.work_order_id}`}>{order.task_id}</Link>
        ) : (
          <Button
            type="link"
            size="small"
            aria-label={`导入为任务 ${order.external_no}`}
            onClick={() => setOpen(order)}
          >
            导入为任务
          </Button>
        ),
    },
  ]
  return (
    <Page title="外部工单" actions={<Link to="/external/pulls">拉取记录</Link>}>
      <DataTable<ExternalOrderRow>
        path="/api/v1/admin/external/work-orders"
        columns={columns}
        filters={FILTERS}
        topics={['pull', 'task']}
        empty="没有符合条件的外部工单"
        minWidth={980}
      />
      {open && <ImportDialog order={open} onClose={() => setOpen(null)} />}
    </Page>
  )
}
