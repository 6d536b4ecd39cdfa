import { PlusOutlined } from '@ant-design/icons'
import type { AdminSlaRow } from '@shared/api/admin'
import { Button, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { RuleDialog } from '../rules/rule-dialog'
import { KEY_WORDS, NEW_RULE, type RuleInput, SCOPE_WORDS, valueText } from '../rules/rule-words'
import { useIsAdmin } from '../session/session'
import { Page } from '../shell/page'
import { Cut } from '../show/cut'
import { minuteText } from '../show/format'
import { optionsOf } from '../show/options'
import { ActiveTag } from '../show/tag'
import { DataTable } from '../table/data-table'
import { ACTIVE_FILTER, type Filter } from '../table/filters'

const FILTERS: Filter[] = [
  { kind: 'search', name: 'q', label: '搜索范围编号、值' },
  { kind: 'choice', name: 'config_key', label: '规则', options: optionsOf(KEY_WORDS) },
  { kind: 'choice', name: 'scope_type', label: '适用范围', options: optionsOf(SCOPE_WORDS) },
  ACTIVE_FILTER,
]

const COLUMNS: TableColumnsType<AdminSlaRow> = [
  { title: '规则', dataIndex: 'config_key', width: 150, render: (key: string) => KEY_WORDS[key] ?? key },
  { title: '值', width: 240, render: (_, row) => valueText(row) },
  {
    title: '适用范围',
    dataIndex: 'scope_type',
    width: 120,
    render: (scope: AdminSlaRow['scope_type']) => SCOPE_WORDS[scope],
  },
  { title: '范围编号', dataIndex: 'scope_id', render: (id: string) => <Cut>{id}</Cut> },
  {
    title: '状态',
    dataIndex: 'is_active',
    width: 90,
    render: (active: boolean) => <ActiveTag active={active} />,
  },
  { title: '更新时间', dataIndex: 'update_time', width: 160, render: minuteText },
]

export default function RulesPage() {
  const isAdmin = useIsAdmin()
  const [open, setOpen] = useState<{ rule: RuleInput; isNew: boolean } | null>(null)
  const columns: typeof COLUMNS = isAdmin
    ? [
        ...COLUMNS,
        {
          title: '操作',
          width: 90,
          render: (_, row) => (
            <Button
              type="link"
              size="small"
              aria-label={`修改 ${KEY_WORDS[row.config_key] ?? row.config_key} ${SCOPE_WORDS[row.scope_type]}`}
              onClick={() => setOpen({ rule: row, isNew: false })}
            >
              修改
            </Button>
          ),
        },
      ]
    : COLUMNS
  return (
    <Page
      title="签到规则"
      note="同一工单有几条规则时，范围最小的生效：单个工单、组织、团队、全局；都没有时半径为 50 米"
      actions={
        isAdmin && (
          <Button
            type="primary"
            icon={<PlusOutlined aria-hidden />}
            onClick={() => setOpen({ rule: NEW_RULE, isNew: true })}
          >
            新增规则
          </Button>
        )
      }
    >
      <DataTable<AdminSlaRow>
        path="/api/v1/admin/sla-config"
        columns={columns}
        filters={FILTERS}
        none="没有规则；一条都没有时，签到半径为 50 米"
        minWidth={960}
      />
      {open && <RuleDialog {...open} onClose={() => setOpen(null)} />}
    </Page>
  )
}
