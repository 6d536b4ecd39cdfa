import type { AdminTaskRow } from '@shared/api/admin'
import { TASK_TYPE_RULES } from '@shared/task-types'
import type { TableColumnsType } from 'antd'
import { Link } from 'react-router-dom'
import { Page } from '../shell/page'
import { Cut } from '../show/cut'
import { ExportButton } from '../show/export-button'
import { minuteText } from '../show/format'
import { optionsOf } from '../show/options'
import {
  ASSIGNMENT_WORDS,
  ATTENTION_OPTIONS,
  AttentionTags,
  MOMENT_OPTIONS,
  ORIGIN_OPTIONS,
  STATUS_OPTIONS,
  STEP_OPTIONS,
  TaskState,
  TYPE_OPTIONS,
} from '../show/task-words'
import { DataTable } from '../table/data-table'
import type { Filter } from '../table/filters'
import { DispatchButton } from '../tasks/dispatch-dialog'
import { WorkerFilter } from '../tasks/worker-choice'

const FILTERS: Filter[] = [
  { kind: 'search', name: 'q', label: '搜索任务号、单位、设备、电话' },
  { kind: 'choice', name: 'status', label: '状态', options: STATUS_OPTIONS },
  { kind: 'choice', name: 'type', label: '类型', options: TYPE_OPTIONS },
  { kind: 'choice', name: 'step', label: '步骤', options: STEP_OPTIONS },
  { kind: 'choice', name: 'done', label: '服务进度', options: optionsOf({ false: '未完成', true: '已完成' }) },
  { kind: 'choice', name: 'attention', label: '需要关注', options: ATTENTION_OPTIONS },
  { kind: 'choice', name: 'origin', label: '来源', options: ORIGIN_OPTIONS },
  { kind: 'custom', name: 'worker_id', label: '服务人员', render: WorkerFilter },
  { kind: 'choice', name: 'by', label: '按提交日期', options: MOMENT_OPTIONS },
  { kind: 'days', label: '日期' },
]

const COLUMNS: TableColumnsType<AdminTaskRow> = [
  {
    title: '任务',
    width: 146,
    render: (_, { id, task_id, task_type }) => (
      <div className="two-lines">
        <Link to={`/tasks/${id}`}>{task_id}</Link>
        <div className="soft">{TASK_TYPE_RULES[task_type].label}</div>
      </div>
    ),
  },
  {
    title: '客户',
    render: (_, { customer_company, customer_name, customer_phone }) => (
      <div className="two-lines">
        <Cut>{customer_company}</Cut>
        <span className="soft">
          <Cut>{`${customer_name} ${customer_phone}`}</Cut>
        </span>
      </div>
    ),
  },
  {
    title: '设备与描述',
    render: (_, { device_name, description }) => (
      <div className="two-lines">
        <Cut>{device_name}</Cut>
        <span className="soft">
          <Cut>{description}</Cut>
        </span>
      </div>
    ),
  },
  {
    title: '步骤',
    width: 128,
    render: (_, { status, current_step, attention }) => (
      <div className="tags">
        <TaskState status={status} step={current_step} />
        <AttentionTags reasons={attention} />
      </div>
    ),
  },
  {
    title: '服务人员',
    width: 104,
    render: (_, { worker_name, assignment_status }) => (
      <div className="two-lines">
        <Cut>{worker_name}</Cut>
        <span className="soft">{assignment_status && ASSIGNMENT_WORDS[assignment_status]}</span>
      </div>
    ),
  },
  { title: '提交时间', dataIndex: 'create_time', width: 150, render: minuteText },
  { title: '操作', width: 72, fixed: 'end', render: (_, row) => <DispatchButton task={row} /> },
]

export default function TasksPage() {
  return (
    <Page title="任务">
      <DataTable<AdminTaskRow>
        path="/api/v1/admin/tasks"
        columns={COLUMNS}
        filters={FILTERS}
        topics={['task', 'visit']}
        empty="没有符合条件的任务"
        minWidth={880}
        extra={(filters) => <ExportButton of="tasks" filters={filters} />}
      />
    </Page>
  )
}
