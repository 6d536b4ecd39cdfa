import type { ExternalLogRow } from '@shared/api/admin-external'
import type { TableColumnsType } from 'antd'
import { LoggedCall } from '../external/replay'
import { PartnerFilter } from '../external/system-filter'
import { Page } from '../shell/page'
import { Cut } from '../show/cut'
import { durationText, timeText } from '../show/format'
import { optionsOf } from '../show/options'
import { StateTag } from '../show/tag'
import { DataTable } from '../table/data-table'
import type { Filter } from '../table/filters'

const FILTERS: Filter[] = [
  { kind: 'search', name: 'q', label: '搜索接口、错误、追踪编号' },
  { kind: 'custom', name: 'system', label: '系统', render: PartnerFilter },
  {
    kind: 'choice',
    name: 'success',
    label: '结果',
    options: optionsOf({ false: '失败', true: '成功' }),
  },
  { kind: 'days', label: '调用日期' },
]

const COLUMNS: TableColumnsType<ExternalLogRow> = [
  { title: '时间', dataIndex: 'create_time', width: 168, render: timeText },
  {
    title: '系统',
    width: 150,
    render: (_, { system_name, account }) => <Cut>{[system_name, account].filter(Boolean).join(' / ')}</Cut>,
  },
  { title: '接口', render: (_, { request_method, api_endpoint }) => <Cut>{`${request_method} ${api_endpoint}`}</Cut> },
  {
    title: '结果',
    width: 80,
    render: (_, { success }) =>
      success ? <StateTag tone="green">成功</StateTag> : <StateTag tone="red">失败</StateTag>,
  },
  { title: '状态码', dataIndex: 'response_status', width: 80, render: (status: number | null) => status ?? '—' },
  { title: '用时', dataIndex: 'response_time_ms', width: 90, render: durationText },
  { title: '错误', dataIndex: 'error_message', render: (error: string | null) => <Cut>{error}</Cut> },
]

export default function ExternalLogsPage() {
  return (
    <Page title="调用记录" note="对合作系统的每次调用，敏感内容已隐去，保留 30 天">
      <DataTable<ExternalLogRow>
        path="/api/v1/admin/external/logs"
        columns={COLUMNS}
        filters={FILTERS}
        empty="没有符合条件的调用"
        minWidth={980}
        expanded={(row) => <LoggedCall row={row} />}
      />
    </Page>
  )
}
