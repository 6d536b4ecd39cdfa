import type { AdminTaskDetail } from '@shared/api/admin'
import { Alert, Form, Input, Modal } from 'antd'
import { useAct } from '../api/use-act'

export function CancelDialog({ task, onClose }: { task: AdminTaskDetail; onClose: () => void }) {
  const [form] = Form.useForm<{ reason: string }>()
  const { act, running, refusal } = useAct({ done: '任务已取消', onDone: onClose, silent: true })
  return (
    <Modal
      open
      title={`取消任务 ${task.task_id}？`}
      okText="取消任务"
      cancelText="不取消"
      okButtonProps={{ danger: true }}
      confirmLoading={running}
      onOk={form.submit}
      onCancel={onClose}
      cancelButtonProps={{ disabled: running }}
    >
      <p className="dialog-note">取消后不能恢复，客户{task.worker_name && `和${task.worker_name}`}会收到通知。</p>
      <Form
        form={form}
        layout="vertical"
        onFinish={({ reason }) => act({ path: '/homecare/cancel', body: { workOrderId: task.id, reason } })}
      >
        {refusal && <Alert type="error" showIcon title={refusal.message} className="form-alert" />}
        <Form.Item
          name="reason"
          label="取消原因"
          rules={[{ required: true, whitespace: true, message: '请填写取消原因' }]}
        >
          <Input.TextArea maxLength={500} showCount rows={3} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
