import type { AdminStaffRow, AdminTaskRow } from '@shared/api/admin'
import { STEP } from '@shared/task-types'
import { Alert, Button, Empty, Form, Input, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useAct } from '../api/use-act'
import { Refusal, Waiting } from '../show/states'
import { useWorkers } from './worker-choice'

export type Dispatchable = Pick<
  AdminTaskRow,
  'id' | 'task_id' | 'status' | 'current_step' | 'worker_id' | 'worker_name' | 'device_name' | 'customer_company'
>

/** Until it is done a task can be given to somebody, or to somebody else. */
export const mayDispatch = ({ status, current_step }: Dispatchable): boolean =>
  status === 'open' && current_step < STEP.done

/** The worker to begin with is the one the task was dropped on. */
export function DispatchDialog({
  task,
  worker,
  onClose,
}: {
  task: Dispatchable
  worker?: AdminStaffRow
  onClose: () => void
}) {
  const [workerId, setWorkerId] = useState(worker?.id ?? null)
  const [note, setNote] = useState('')
  const { act, running, refusal } = useAct({ done: '已派单', onDone: onClose, silent: true })
  const verb = task.worker_id ? '改派' : '派单'
  return (
    <Modal
      open
      title={`${verb}：${task.task_id} ${task.device_name}`}
      okText={verb}
      okButtonProps={{ disabled: !workerId || workerId === task.worker_id }}
      confirmLoading={running}
      onOk={() =>
        act({
          path: '/homecare/dispatch',
          body: { workOrderId: task.id, workerId, note: note || undefined, formerWorkerId: task.worker_id },
        })
      }
      onCancel={onClose}
      cancelButtonProps={{ disabled: running }}
    >
      {refusal && <Alert type="error" showIcon title={refusal.message} className="form-alert" />}
      <p className="dialog-note">
        {task.customer_company}
        {task.worker_name && `，现由 ${task.worker_name} 负责，改派后会通知双方`}
      </p>
      {worker ? (
        <p>
          派给 <strong>{worker.full_name}</strong>（在办 {worker.load} 单）
        </p>
      ) : (
        <WorkerList task={task} value={workerId} onChange={setWorkerId} />
      )}
      <Form layout="vertical">
        <Form.Item label="派单备注（选填）" htmlFor="dispatch-note">
          <Input.TextArea
            id="dispatch-note"
            value={note}
            maxLength={500}
            showCount
            rows={3}
            onChange={(event) => setNote(event.target.value)}
          />
        </Form.Item>
      </Form>
    </Modal>
  )
}

function WorkerList({
  task,
  value,
  onChange,
}: {
  task: Dispatchable
  value: string | null
  onChange: (id: string) => void
}) {
  const [text, setText] = useState('')
  const { data, error, refetch } = useWorkers(text, true)
  const rows = data?.list ?? []
  return (
    <>
      <Input
        aria-label="搜索服务人员"
        placeholder="搜索姓名、电话"
        allowClear
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="worker-list">
        {!data && (error ? <Refusal error={error} onRetry={() => void refetch()} /> : <Waiting />)}
        {data && rows.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有符合的服务人员" />}
        <Radio.Group aria-label="服务人员" value={value} onChange={(event) => onChange(event.target.value as string)}>
          {rows.map(({ id, full_name, phone, load }) => (
            <Radio key={id} value={id} disabled={id === task.worker_id} className="worker-list__row">
              <span className="worker-list__name">{full_name}</span>
              <span className="soft">{phone}</span>
              <span className="worker-list__load">在办 {load} 单</span>
            </Radio>
          ))}
        </Radio.Group>
        {data && data.total > data.list.length && (
          <p className="soft">还有 {data.total - data.list.length} 人，请搜索</p>
        )}
      </div>
    </>
  )
}

/** Gives a row's task to somebody; nothing where that is over. */
export function DispatchButton({ task, primary = false }: { task: Dispatchable; primary?: boolean }) {
  const [isOpen, setIsOpen] = useState(false)
  if (!mayDispatch(task)) return null
  const verb = task.worker_id ? '改派' : '派单'
  return (
    <>
      <Button
        type={primary ? 'primary' : 'link'}
        size={primary ? 'middle' : 'small'}
        aria-label={`${verb} ${task.task_id}`}
        onClick={() => setIsOpen(true)}
      >
        {verb}
      </Button>
      {isOpen && <DispatchDialog task={task} onClose={() => setIsOpen(false)} />}
    </>
  )
}
