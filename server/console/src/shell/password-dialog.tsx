import { Alert, Form, Input, Modal } from 'antd'
import { useAct } from '../api/use-act'

/** One's own password; every other login of the account ends with it. */
export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const [form] = Form.useForm<{ oldPassword: string; newPassword: string }>()
  const { act, running, refusal } = useAct({ done: '密码已修改', onDone: onClose, silent: true })
  return (
    <Modal
      open
      title="修改密码"
      okText="修改"
      confirmLoading={running}
      onOk={form.submit}
      onCancel={onClose}
      cancelButtonProps={{ disabled: running }}
    >
      <Form form={form} layout="vertical" onFinish={(body) => act({ path: '/auth/password', body })}>
        {refusal && <Alert type="error" showIcon title={refusal.message} className="form-alert" />}
        <Form.Item name="oldPassword" label="当前密码" rules={[{ required: true, message: '请输入当前密码' }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item
          name="newPassword"
          label="新密码"
          extra="8 到 128 个字符；修改后其他设备需要重新登录"
          rules={[{ required: true, min: 8, max: 128, message: '新密码须为 8 到 128 个字符' }]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      </Form>
    </Modal>
  )
}
