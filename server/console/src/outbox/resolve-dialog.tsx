import type { AdminOutboxRow } from '@shared/api/admin'
import { Alert, Form, Input, Modal } from 'antd'
import { useAct } from '../api/use-act'
import { topicText } from '../show/outbox-words'

interface Fields {
  oId?: string
  taskId?: string
  note: string
}

/** A person looked at the partner's system and says what is true there. */
export function ResolveDialog({ entry, onClose }: { entry: AdminOutboxRow; onClose: () => void }) {
  const [form] = Form.useForm<Fields>()
  const { act, running, refusal } = useAct({ done: '已处理', onDone: onClose, silent: true })
  const isNgs = entry.topic.startsWith('ngs')
  return (
    <Modal
      open
      title={`人工处理：${topicText(entry.topic)}`}
      okText="按此处理"
      confirmLoading={running}
      onOk={form.submit}
      onCancel={onClose}
      cancelButtonProps={{ disabled: running }}
    >
      <p className="dialog-note">先在对方系统里核对这一笔是否已经办理。处理后本条不再发送，同一任务后面的写入继续。</p>
      {refusal && <Alert type="error" showIcon title={refusal.message} className="form-alert" />}
      <Form
        form={form}
        layout="vertical"
        onFinish={({ oId, taskId, note }) =>
          act({
            path: `/api/v1/admin/outbox/${entry.id}/resolve`,
            body: { note, oId: oId?.trim() || undefined, taskId: taskId?.trim() || undefined },
          })
        }
      >
        {isNgs && (
          <div className="form-row">
            <Form.Item name="oId" label="ngs 工单 oId（已建单时填写）" rules={[{ max: 100 }]}>
              <Input autoComplete="off" />
            </Form.Item>
            <Form.Item name="taskId" label="ngs 工单 taskId" rules={[{ max: 100 }]}>
              <Input autoComplete="off" />
            </Form.Item>
          </div>
        )}
        <Form.Item
          name="note"
          label="处理说明"
          rules={[{ required: true, whitespace: true, max: 500, message: '请写明在对方系统看到了什么' }]}
        >
          <Input.TextArea rows={3} maxLength={500} showCount />
        </Form.Item>
      </Form>
    </Modal>
  )
}
