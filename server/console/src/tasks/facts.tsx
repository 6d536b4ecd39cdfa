import type { AdminTaskDetail } from '@shared/api/admin'
import { DEVICE_FIELDS, type DeviceFieldName, STEP_LABELS } from '@shared/task-types'
import { Alert, Steps } from 'antd'
import type { ReactNode } from 'react'
import { Link } from 'react-router-dom'
import { Panel } from '../shell/page'
import { minuteText } from '../show/format'
import { ASSIGNMENT_WORDS, ORIGIN_WORDS, VISIT_WORDS } from '../show/task-words'

/** Where the task stands among its eight steps. */
export function Progress({ task: { status, current_step, events } }: { task: AdminTaskDetail }) {
  if (status === 'cancelled') {
    const cancelled = events.find(({ type }) => type === 'CANCELLED')
    return (
      <Alert
        type="warning"
        showIcon
        title={`已取消${cancelled ? `：${cancelled.description}` : ''}`}
        description={cancelled && `${cancelled.actor} ${minuteText(cancelled.created_at)}`}
      />
    )
  }
  return (
    <Panel className="progress">
      <Steps
        size="small"
        titlePlacement="vertical"
        responsive={false}
        current={status === 'closed' ? STEP_LABELS.length : current_step}
        items={STEP_LABELS.map((title) => ({ title }))}
      />
    </Panel>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function CustomerFacts({ task }: { task: AdminTaskDetail }) {
  return (
    <dl className="facts">
      <Fact label="单位">
        <Link to={`/tasks?q=${encodeURIComponent(task.customer_company)}`}>{task.customer_company || '—'}</Link>
      </Fact>
      <Fact label="联系人">{task.customer_name || '—'}</Fact>
      <Fact label="电话">{task.customer_phone || '—'}</Fact>
      <Fact label="地址">{task.customer_address || '—'}</Fact>
    </dl>
  )
}

function WorkFacts({ task }: { task: AdminTaskDetail }) {
  return (
    <dl className="facts">
      <Fact label="服务人员">
        {task.worker_name || '未派单'}
        {task.assignment_status && `（${ASSIGNMENT_WORDS[task.assignment_status]}）`}
      </Fact>
      <Fact label="派单备注">{task.dispatch_note || '—'}</Fact>
      <Fact label="到场">{VISIT_WORDS[task.visit_state]}</Fact>
      <Fact label="预约时间">{minuteText(task.appointment_time)}</Fact>
      <Fact label="来源">{ORIGIN_WORDS[task.origin]}</Fact>
      <Fact label="提交时间">{minuteText(task.create_time)}</Fact>
    </dl>
  )
}

function DeviceFacts({ device }: { device: AdminTaskDetail['device'] }) {
  const shown = Object.entries(device).filter(([name]) => name !== 'appointment_time')
  return (
    <dl className="facts">
      {shown.map(([name, value]) => (
        <Fact key={name} label={DEVICE_FIELDS[name as DeviceFieldName]?.label ?? name}>
          {value}
        </Fact>
      ))}
    </dl>
  )
}

/** Who asked, for what, and who does it. */
export function Facts({ task }: { task: AdminTaskDetail }) {
  return (
    <div className="grid grid--two">
      <Panel title="客户">
        <CustomerFacts task={task} />
      </Panel>
      <Panel title="服务">
        <WorkFacts task={task} />
      </Panel>
      <Panel title="设备" className="grid__wide">
        <DeviceFacts device={task.device} />
      </Panel>
    </div>
  )
}
