import type { WxworkAccount } from '@shared/api/wxwork'
import { Alert, Button, Form, Input, Popconfirm, Space } from 'antd'
import { useAct } from '../api/use-act'
import { Countdown } from './countdown'

/** What a person does to bring an account online, in the order it has to be done. */
export function LoginSteps({ account }: { account: WxworkAccount }) {
  const { uuid, state, vid } = account
  const qr = useAct({ done: '二维码已更新，请尽快扫码' })
  const automatic = useAct({ done: '已请求自动登录，稍候刷新状态' })
  const refresh = useAct({ done: '状态已刷新' })
  const out = useAct({ done: '已退出登录' })
  if (state === 'ONLINE')
    return (
      <Popconfirm
        title="退出这个账号的登录？"
        description="退出后不会自动重连，需要重新登录"
        okText="退出"
        okButtonProps={{ danger: true }}
        onConfirm={() => out.act({ path: '/api/login-out', body: { uuid } })}
      >
        <Button danger loading={out.running}>
          退出登录
        </Button>
      </Popconfirm>
    )
  return (
    <div className="login-steps">
      {(state === 'QR_WAITING' || state === 'CODE_NEEDED' || state === 'HUMAN_NEEDED') && <QrCode account={account} />}
      <Space wrap>
        {vid && (
          <Button
            loading={automatic.running}
            onClick={() => automatic.act({ path: '/api/automatic-login', body: { uuid } })}
          >
            自动登录
          </Button>
        )}
        <Popconfirm
          title="获取新的二维码？"
          description="频繁取码登录可能导致企业微信账号被冻结"
          okText="获取"
          onConfirm={() => qr.act({ path: '/api/get-qrcode', body: { uuid } })}
        >
          <Button type={account.qrcode ? 'default' : 'primary'} loading={qr.running}>
            {account.qrcode ? '换一个二维码' : '获取二维码'}
          </Button>
        </Popconfirm>
        <Button
          loading={refresh.running}
          onClick={() => refresh.act({ path: '/api/refresh-run-client', body: { uuid } })}
        >
          刷新状态
        </Button>
      </Space>
    </div>
  )
}

function QrCode({ account }: { account: WxworkAccount }) {
  if (!account.qrcode && !account.qrcodeImage) return null
  return (
    <div className="qr">
      {account.qrcodeImage ? (
        <img className="qr__picture" src={account.qrcodeImage} alt="登录二维码" />
      ) : (
        <a href={account.qrcode} target="_blank" rel="noreferrer">
          在新窗口打开二维码
        </a>
      )}
      <div className="qr__facts">
        <p>
          用企业微信手机端扫码
          {account.qrcodeExpiresAt && (
            <>
              ，剩余 <Countdown until={account.qrcodeExpiresAt} over="已过期，请换一个二维码" />
            </>
          )}
        </p>
        <CodeForm account={account} />
      </div>
    </div>
  )
}

/** The six digits the phone shows when the gateway is new to it. */
function CodeForm({ account }: { account: WxworkAccount }) {
  const [form] = Form.useForm<{ code: string }>()
  const { act, running, refusal } = useAct({ done: '验证码已提交', onDone: () => form.resetFields(), silent: true })
  return (
    <Form
      form={form}
      layout="vertical"
      onFinish={({ code }) => act({ path: '/api/check-code', body: { uuid: account.uuid, code } })}
    >
      {refusal && <Alert type="error" showIcon title={refusal.message} className="form-alert" />}
      <Form.Item label="手机上显示验证码时，在此输入" required>
        <Space.Compact>
          <Form.Item name="code" noStyle rules={[{ required: true, pattern: /^\d{6}$/, message: '请输入 6 位数字' }]}>
            <Input
              inputMode="numeric"
              maxLength={6}
              autoComplete="one-time-code"
              aria-label="6 位验证码"
              placeholder="6 位数字"
            />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={running}>
            提交
          </Button>
        </Space.Compact>
      </Form.Item>
    </Form>
  )
}
