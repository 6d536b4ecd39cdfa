import type { AdminDriftRow } from '@shared/api/admin'
import type { TableColumnsType } from 'antd'
import { Link } from 'react-router-dom'
import { NgsOrderButton } from '../outbox/ngs-order'
import { useIsAdmin } from '../session/session'
import { Page } from '../shell/page'
import { Cut } from '../show/cut'
import { minuteText } from '../show/format'
import { topicText } from '../show/outbox-words'
import { TaskState } from '../show/task-words'
import { DataTable } from '../table/data-table'
import type { Filter } from '../table/filters'

const REASONS: Record<string, string> = {
  NEVER_SENT: '从未发送',
  UNKNOWN: '结果不明',
  DEAD: '已放弃发送',
  LATE: '发送滞后',
  WAITING_ORDER_IDS: '缺 ngs 工单编号',
  WAITING_MAP_ID: '任务类型没有配置 mapId',
  WAITING_CUSTOMER_GUID: '缺 ngs 客户编号',
  WAITING_CONFIGURATION: 'ngs 尚未配置',
}

/** Where it is missing, an admin may know it. */
function OrderNumber({ row: { id, task_id, ngs_oid } }: { row: AdminDriftRow }) {
  const isAdmin = useIsAdmin()
  return ngs_oid || !isAdmin ? <Cut>{ngs_oid}</Cut> : <NgsOrderButton id={id} number={task_id} />
}

const COLUMNS: TableColumnsType<AdminDriftRow> = [
  {
    title: '任务',
    dataIndex: 'task_id',
    width: 140,
    render: (number: string, { id }) => <Link to={`/tasks/${id}`}>{number}</Link>,
  },
  { title: '我方状态', width: 110, render: (_, row) => <TaskState status={row.status} step={row.current_step} /> },
  { title: '原因', dataIndex: 'reason', width: 150, render: (reason: string) => REASONS[reason] ?? reason },
  { title: '说明', dataIndex: 'detail', render: (detail: string | null) => <Cut>{detail}</Cut> },
  {
    title: '未送达',
    dataIndex: 'unsent',
    width: 130,
    render: (unsent: string[]) => <Cut>{unsent.map(topicText).join('、')}</Cut>,
  },
  { title: 'ngs 编号', width: 140, render: (_, row) => <OrderNumber row={row} /> },
  { title: '自', dataIndex: 'since', width: 146, render: minuteText },
]

const FILTERS: Filter[] = [{ kind: 'search', name: 'q', label: '搜索任务号、单位、ngs 编号' }]

export default function DriftPage() {
  return (
    <Page title="ngs 对账" note="ngs 里的状态可能与我方不一致的任务；处理办法在“待发写入”里">
      <DataTable<AdminDriftRow>
        path="/api/v1/admin/ngs/drift"
        columns={COLUMNS}
        filters={FILTERS}
        topics={['outbox']}
        none="两边一致，没有差异"
        minWidth={980}
      />
    </Page>
  )
}
