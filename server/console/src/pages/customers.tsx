import type { AdminCustomerRow } from '@shared/api/admin'
import { Button, Popconfirm, type TableColumnsType } from 'antd'
import { Link } from 'react-router-dom'
import { useAct } from '../api/use-act'
import { useIsAdmin } from '../session/session'
import { Page } from '../shell/page'
import { Cut } from '../show/cut'
import { minuteText } from '../show/format'
import { StateTag } from '../show/tag'
import { DataTable } from '../table/data-table'
import type { Filter } from '../table/filters'

const FILTERS: Filter[] = [{ kind: 'search', name: 'q', label: '搜索单位、联系人、电话' }]

const COLUMNS: TableColumnsType<AdminCustomerRow> = [
  { title: '单位', dataIndex: 'name', render: (name: string) => <Cut empty="（未填写单位）">{name}</Cut> },
  { title: '联系人', dataIndex: 'contact', width: 110, render: (name: string) => <Cut>{name}</Cut> },
  { title: '电话', dataIndex: 'phone', width: 140, render: (phone: string) => phone || '—' },
  { title: '地址', dataIndex: 'address', render: (address: string) => <Cut>{address}</Cut> },
  {
    title: '微信',
    dataIndex: 'bound',
    width: 90,
    render: (bound: boolean) =>
      bound ? <StateTag tone="green">已绑定</StateTag> : <StateTag tone="grey">未绑定</StateTag>,
  },
  {
    title: '状态',
    dataIndex: 'disabled',
    width: 84,
    render: (disabled: boolean) =>
      disabled ? <StateTag tone="red">已停用</StateTag> : <StateTag tone="green">正常</StateTag>,
  },
  { title: '建立时间', dataIndex: 'create_time', width: 150, render: minuteText },
  { title: '操作', width: 112, fixed: 'end', render: (_, row) => <Acts row={row} /> },
]

function Acts({ row }: { row: AdminCustomerRow }) {
  const isAdmin = useIsAdmin()
  const { act, running } = useAct({ done: row.disabled ? '客户已启用' : '客户已停用' })
  const verb = row.disabled ? '启用' : '停用'
  return (
    <>
      <Link to={`/tasks?q=${encodeURIComponent(row.name || row.contact)}`}>任务</Link>
      {isAdmin && (
        <Popconfirm
          title={`${verb}“${row.name || row.contact || row.id}”？`}
          description={row.disabled ? '恢复后可以重新登录' : '停用后立即退出登录，且不能再登录'}
          okText={verb}
          okButtonProps={{ danger: !row.disabled }}
          onConfirm={() => act({ path: `/api/v1/admin/customers/${row.id}/${row.disabled ? 'enable' : 'disable'}` })}
        >
          <Button type="link" size="small" danger={!row.disabled} loading={running}>
            {verb}
          </Button>
        </Popconfirm>
      )}
    </>
  )
}

export default function CustomersPage() {
  return (
    <Page title="客户">
      <DataTable<AdminCustomerRow>
        path="/api/v1/admin/customers"
        columns={COLUMNS}
        filters={FILTERS}
        empty="没有符合条件的客户"
        minWidth={980}
      />
    </Page>
  )
}
