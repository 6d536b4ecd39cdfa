import type { AdminAuditRow } from '@shared/api/admin'
import type { TableColumnsType } from 'antd'
import { Page } from '../shell/page'
import { auditText } from '../show/audit-words'
import { Cut } from '../show/cut'
import { timeText } from '../show/format'
import { DataTable } from '../table/data-table'
import type { Filter } from '../table/filters'

const FILTERS: Filter[] = [
  { kind: 'search', name: 'q', label: '搜索操作人、操作、对象' },
  { kind: 'days', label: '操作日期' },
]

const COLUMNS: TableColumnsType<AdminAuditRow> = [
  { title: '时间', dataIndex: 'create_time', width: 180, render: timeText },
  { title: '操作人', dataIndex: 'staff_name', width: 150, render: (name: string) => <Cut>{name}</Cut> },
  {
    title: '操作',
    dataIndex: 'action',
    width: 200,
    render: (action: string) => (
      <div className="two-lines">
        {auditText(action)}
        <div className="soft digest">{action}</div>
      </div>
    ),
  },
  { title: '对象', dataIndex: 'target', render: (target: string) => <Cut>{target}</Cut> },
  {
    title: '内容',
    dataIndex: 'detail',
    render: (detail: AdminAuditRow['detail']) => (
      <Cut>{Object.keys(detail).length > 0 ? JSON.stringify(detail) : ''}</Cut>
    ),
  },
]

const whole = ({ detail }: AdminAuditRow) => <pre className="json">{JSON.stringify(detail, null, 2)}</pre>

export default function AuditPage() {
  return (
    <Page title="操作记录" note="谁在什么时候做了什么；只增不改">
      <DataTable<AdminAuditRow>
        path="/api/v1/admin/audit"
        columns={COLUMNS}
        filters={FILTERS}
        expanded={whole}
        empty="没有符合条件的操作记录"
      />
    </Page>
  )
}
