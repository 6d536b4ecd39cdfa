import type { AdminCustomerRow } from '@shared/api/admin'
import { Button, Popconfirm, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router-dom'
import { useAct } from '../api/use-act'
import { useIsAdmin } from '../session/session'
import { Page } from '../shell/page'
import { Cut } from '../show/cut'
import { minuteText } from '../show/format'
import { NumberDialog, type NumberField } from '../show/number-dialog'
import { StateTag } from '../show/tag'
import { DataTable } from '../table/data-table'
import type { Filter } from '../table/filters'

const FILTERS: Filter[] = [{ kind: 'search', name: 'q', label: '搜索单位、联系人、电话' }]

const COLUMNS: TableColumnsType<AdminCustomerRow> = [
  { title: '单位', dataIndex: 'name', render: (name: string) => <Cut empty="（未填写单位）">{name}</Cut> },
  {
    title: '联系人',
    width: 140,
    render: (_, { contact, phone }) => (
      <div className="two-lines">
        <Cut>{contact}</Cut>
        <span className="soft">{phone || '—'}</span>
      </div>
    ),
  },
  { title: '地址', dataIndex: 'address', render: (address: string) => <Cut>{address}</Cut> },
  {
    title: '合作系统编号',
    width: 150,
    render: (_, { ngs_customer_guid, wxwork_user_id }) => (
      <div className="two-lines">
        {ngs_customer_guid && <Cut>{`ngs ${ngs_customer_guid}`}</Cut>}
        {wxwork_user_id && <Cut>{`企业微信 ${wxwork_user_id}`}</Cut>}
        {!ngs_customer_guid && !wxwork_user_id && '—'}
      </div>
    ),
  },
  {
    title: '微信',
    dataIndex: 'bound',
    width: 82,
    render: (bound: boolean) =>
      bound ? <StateTag tone="green">已绑定</StateTag> : <StateTag tone="grey">未绑定</StateTag>,
  },
  {
    title: '状态',
    dataIndex: 'disabled',
    width: 80,
    render: (disabled: boolean) =>
      disabled ? <StateTag tone="red">已停用</StateTag> : <StateTag tone="green">正常</StateTag>,
  },
  { title: '建立时间', dataIndex: 'create_time', width: 146, render: minuteText },
  { title: '操作', width: 144, fixed: 'end', render: (_, row) => <Acts row={row} /> },
]

const NUMBERS: NumberField[] = [
  { name: 'ngs_customer_guid', label: 'ngs 客户编号', max: 64, extra: '填写后，等待它的写入随即发送到 ngs' },
  { name: 'wxwork_user_id', label: '企业微信号', max: 100, extra: '网关用它给此客户发消息；留空则不发' },
]

const nameOf = ({ id, name, contact }: AdminCustomerRow) => name || contact || String(id)

function Numbers({ row }: { row: AdminCustomerRow }) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <Button type="link" size="small" aria-label={`编号 ${nameOf(row)}`} onClick={() => setIsOpen(true)}>
        编号
      </Button>
      {isOpen && (
        <NumberDialog
          title="客户在合作系统里的编号"
          note={nameOf(row)}
          fields={NUMBERS}
          initial={{ ngs_customer_guid: row.ngs_customer_guid, wxwork_user_id: row.wxwork_user_id }}
          path={`/api/v1/admin/customers/${row.id}`}
          onClose={() => setIsOpen(false)}
        />
      )}
    </>
  )
}

function Acts({ row }: { row: AdminCustomerRow }) {
  const isAdmin = useIsAdmin()
  const { act, running } = useAct({ done: row.disabled ? '客户已启用' : '客户已停用' })
  const verb = row.disabled ? '启用' : '停用'
  return (
    <>
      <Link to={`/tasks?q=${encodeURIComponent(row.name || row.contact)}`}>任务</Link>
      {isAdmin && <Numbers row={row} />}
      {isAdmin && (
        <Popconfirm
          title={`${verb}“${nameOf(row)}”？`}
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
