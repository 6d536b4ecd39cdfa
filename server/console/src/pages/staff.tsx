import { PlusOutlined } from '@ant-design/icons'
import type { AdminStaffRow } from '@shared/api/admin'
import { STAFF_ROLES, type StaffRole } from '@shared/api/staff'
import { Button, Popconfirm, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router-dom'
import { useAct } from '../api/use-act'
import { ROLE_LABELS, useIsAdmin, useStaff } from '../session/session'
import { Page } from '../shell/page'
import { NewStaffDialog, ResetPasswordDialog } from '../staff/dialogs'
import { Cut } from '../show/cut'
import { timeText } from '../show/format'
import { NumberDialog, type NumberField } from '../show/number-dialog'
import { optionsOf } from '../show/options'
import { StateTag } from '../show/tag'
import { DataTable } from '../table/data-table'
import type { Filter } from '../table/filters'

const FILTERS: Filter[] = [
  { kind: 'search', name: 'q', label: '搜索姓名、邮箱、电话' },
  {
    kind: 'choice',
    name: 'role',
    label: '角色',
    options: STAFF_ROLES.map((value) => ({ value, label: ROLE_LABELS[value] })),
  },
  { kind: 'choice', name: 'active', label: '状态', options: optionsOf({ true: '在用', false: '已停用' }) },
]

const COLUMNS: TableColumnsType<AdminStaffRow> = [
  { title: '姓名', dataIndex: 'full_name', render: (name: string) => <Cut>{name}</Cut> },
  {
    title: '邮箱与电话',
    width: 184,
    render: (_, { email, phone }) => (
      <div className="two-lines">
        <Cut>{email}</Cut>
        <span className="soft">{phone || '—'}</span>
      </div>
    ),
  },
  { title: '企业微信号', dataIndex: 'wxwork_user_id', width: 110, render: (id: string | null) => <Cut>{id}</Cut> },
  { title: '角色', dataIndex: 'role', width: 88, render: (role: StaffRole) => ROLE_LABELS[role] },
  {
    title: '在办工单',
    dataIndex: 'load',
    width: 88,
    render: (load: number, { id, role }) =>
      role === 'HOMECARE_WORKER' ? <Link to={`/tasks?status=open&done=false&worker_id=${id}`}>{load}</Link> : '—',
  },
  {
    title: '状态',
    dataIndex: 'is_active',
    width: 80,
    render: (active: boolean) =>
      active ? <StateTag tone="green">在用</StateTag> : <StateTag tone="red">已停用</StateTag>,
  },
  { title: '建立日期', dataIndex: 'created_at', width: 108, render: (time: string) => timeText(time).slice(0, 10) },
]

const NUMBERS: NumberField[] = [
  { name: 'wxwork_user_id', label: '企业微信号', max: 100, extra: '网关用它给此人发消息；留空则不发' },
]

function Acts({ row }: { row: AdminStaffRow }) {
  const self = useStaff()
  const [isResetting, setIsResetting] = useState(false)
  const [isNumbering, setIsNumbering] = useState(false)
  const { act, running } = useAct({ done: row.is_active ? '员工已停用' : '员工已启用' })
  const verb = row.is_active ? '停用' : '启用'
  return (
    <>
      <Button type="link" size="small" aria-label={`企业微信号 ${row.full_name}`} onClick={() => setIsNumbering(true)}>
        企业微信号
      </Button>
      <Button type="link" size="small" onClick={() => setIsResetting(true)}>
        重置密码
      </Button>
      {row.id !== self.id && (
        <Popconfirm
          title={`${verb}“${row.full_name}”？`}
          description={row.is_active ? '停用后立即退出登录，不能再派单给此人' : '启用后可以重新登录'}
          okText={verb}
          okButtonProps={{ danger: row.is_active }}
          onConfirm={() => act({ path: `/api/v1/admin/staff/${row.id}/${row.is_active ? 'disable' : 'enable'}` })}
        >
          <Button type="link" size="small" danger={row.is_active} loading={running}>
            {verb}
          </Button>
        </Popconfirm>
      )}
      {isNumbering && (
        <NumberDialog
          title={`${row.full_name}的企业微信号`}
          fields={NUMBERS}
          initial={{ wxwork_user_id: row.wxwork_user_id }}
          path={`/api/v1/admin/staff/${row.id}`}
          onClose={() => setIsNumbering(false)}
        />
      )}
      {isResetting && <ResetPasswordDialog staff={row} onClose={() => setIsResetting(false)} />}
    </>
  )
}

const WITH_ACTS: typeof COLUMNS = [
  ...COLUMNS,
  { title: '操作', width: 226, fixed: 'end', render: (_, row) => <Acts row={row} /> },
]

export default function StaffPage() {
  const isAdmin = useIsAdmin()
  const [isAdding, setIsAdding] = useState(false)
  return (
    <Page
      title="员工"
      actions={
        isAdmin && (
          <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setIsAdding(true)}>
            新增员工
          </Button>
        )
      }
    >
      <DataTable<AdminStaffRow>
        path="/api/v1/admin/staff"
        columns={isAdmin ? WITH_ACTS : COLUMNS}
        filters={FILTERS}
        topics={['task']}
        empty="没有符合条件的员工"
        minWidth={980}
      />
      {isAdding && <NewStaffDialog onClose={() => setIsAdding(false)} />}
    </Page>
  )
}
