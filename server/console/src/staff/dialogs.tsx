import type { AdminNewStaff, AdminStaffRow } from '@shared/api/admin'
import { STAFF_ROLES } from '@shared/api/staff'
import { Alert, Form, Input, Modal, Select } from 'antd'
import { useAct } from '../api/use-act'
import { ROLE_LABELS } from '../session/session'

const PASSWORD_RULE = { required: true, min: 8, max: 128, message: '密码须为 8 到 128 个字符' }

export function NewStaffDialog({ onClose }: { onClose: () => void }) {
  const [form] = Form.useForm<AdminNewStaff>()
  const { act, running, refusal } = useAct({ done: '员工已创建', onDone: onClose, silent: true })
  return (
    <Modal
      open
      title="新增员工"
      okText="创建"
      confirmLoading={running}
      onOk={form.submit}
      onCancel={onClose}
      cancelButtonProps={{ disabled: running }}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ role: 'HOMECARE_WORKER' }}
        onFinish={(body) => act({ path: '/api/v1/admin/staff', body })}
      >
        {refusal && <Alert type="error" showIcon title={refusal.message} className="form-alert" />}
        <Form.Item
          name="full_name"
          label="姓名"
          rules={[{ required: true, max: 50, message: '请输入姓名，最多 50 个字' }]}
        >
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="email" label="邮箱" rules={[{ required: true, type: 'email', message: '请输入正确的邮箱' }]}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="role" label="角色" rules={[{ required: true }]}>
          <Select options={STAFF_ROLES.map((value) => ({ value, label: ROLE_LABELS[value] }))} />
        </Form.Item>
        <Form.Item name="phone" label="电话" rules={[{ max: 20, message: '电话最多 20 个字符' }]}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="password" label="初始密码" rules={[PASSWORD_RULE]} extra="请转告本人，登录后自行修改">
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      </Form>
    </Modal>
  )
}

export function ResetPasswordDialog({ staff, onClose }: { staff: AdminStaffRow; onClose: () => void }) {
  const [form] = Form.useForm<{ password: string }>()
  const { act, running, refusal } = useAct({ done: '密码已重置', onDone: onClose, silent: true })
  return (
    <Modal
      open
      title={`重置“${staff.full_name}”的密码`}
      okText="重置"
      okButtonProps={{ danger: true }}
      confirmLoading={running}
      onOk={form.submit}
      onCancel={onClose}
      cancelButtonProps={{ disabled: running }}
    >
      <Form
        form={form}
        layout="vertical"
        onFinish={(body) => act({ path: `/api/v1/admin/staff/${staff.id}/reset-password`, body })}
      >
        {refusal && <Alert type="error" showIcon title={refusal.message} className="form-alert" />}
        <Form.Item name="password" label="新密码" rules={[PASSWORD_RULE]} extra="此人之前的登录会全部失效">
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      </Form>
    </Modal>
  )
}
