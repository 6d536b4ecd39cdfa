import { Alert, Collapse, Form, Input, InputNumber, Modal } from 'antd'
import { useAct } from '../api/use-act'

interface Fields {
  vid?: string
  ip?: string
  port?: string
  proxyType?: string
  userName?: string
  passward?: string
  proxySituation?: number
}

/** First login of an account: initialise, register the callback, then log in by itself or by QR code. */
export function NewAccountDialog({ onClose }: { onClose: (uuid?: string) => void }) {
  const [form] = Form.useForm<Fields>()
  const { act, running, refusal } = useAct<{ uuid: string }>({ onDone: ({ uuid }) => onClose(uuid), silent: true })
  return (
    <Modal
      open
      title="添加企业微信账号"
      okText="开始登录"
      confirmLoading={running}
      onOk={form.submit}
      onCancel={() => onClose()}
      cancelButtonProps={{ disabled: running }}
    >
      <p className="dialog-note">登录过的账号填写 vid，可以免扫码自动登录；新账号留空，下一步扫码。</p>
      {refusal && <Alert type="error" showIcon title={refusal.message} className="form-alert" />}
      <Form form={form} layout="vertical" onFinish={(body) => act({ path: '/api/start-login', body })}>
        <Form.Item name="vid" label="vid（选填）" rules={[{ max: 64 }]}>
          <Input autoComplete="off" />
        </Form.Item>
        <Collapse
          ghost
          items={[
            {
              key: 'proxy',
              label: '代理设置（选填）',
              forceRender: true,
              children: <ProxyFields />,
            },
          ]}
        />
      </Form>
    </Modal>
  )
}

function ProxyFields() {
  return (
    <div className="form-row">
      <Form.Item name="proxyType" label="代理类型">
        <Input autoComplete="off" placeholder="例如 http" />
      </Form.Item>
      <Form.Item name="ip" label="代理地址">
        <Input autoComplete="off" />
      </Form.Item>
      <Form.Item name="port" label="代理端口">
        <Input autoComplete="off" inputMode="numeric" />
      </Form.Item>
      <Form.Item name="userName" label="代理用户名">
        <Input autoComplete="off" />
      </Form.Item>
      <Form.Item name="passward" label="代理密码">
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item name="proxySituation" label="代理方式">
        <InputNumber min={0} max={9} className="wide" placeholder="0" />
      </Form.Item>
    </div>
  )
}
