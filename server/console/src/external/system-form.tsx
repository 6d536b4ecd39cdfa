import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import type { ExternalSystemRow } from '@shared/api/admin-external'
import { Button, Form, type FormInstance, Input, InputNumber, Select, Switch } from 'antd'
import { Panel } from '../shell/page'
import { PROFILE_OPTIONS } from './words'

export interface SystemFields {
  system_name: string
  base_url: string
  profile: string
  overrides: string
  lock_threshold: number
  check_interval_seconds: number
  pull_interval_seconds: number | null
  is_active: boolean
  endpoints: EndpointFields[]
  accounts: { account: string; password?: string; isSaved?: boolean }[]
}
interface EndpointFields {
  name: string
  endpoint: string
  http_method: string
  require_auth?: boolean
}

export const NEW_SYSTEM: SystemFields = {
  system_name: '',
  base_url: '',
  profile: 'classic-cookie',
  overrides: '{}',
  lock_threshold: 5,
  check_interval_seconds: 300,
  pull_interval_seconds: null,
  is_active: true,
  endpoints: [],
  accounts: [{ account: '', password: '' }],
}

export const toFields = (system: ExternalSystemRow): SystemFields => ({
  ...system,
  overrides: JSON.stringify(system.overrides, null, 2),
  accounts: system.accounts.map(({ account }) => ({ account, isSaved: true })),
})

/** The body of `POST systems`; passwords left blank are those that are saved. */
export const toBody = ({ overrides, accounts, endpoints, ...rest }: SystemFields) => ({
  ...rest,
  overrides: JSON.parse(overrides || '{}') as Record<string, unknown>,
  endpoints: endpoints.map(({ name, endpoint, http_method, require_auth }) => ({
    name,
    endpoint,
    http_method,
    require_auth: require_auth ?? true,
  })),
  accounts: accounts.map(({ account, password }) => (password ? { account, password } : { account })),
})

const isJsonObject = (text: string) => {
  try {
    const value: unknown = JSON.parse(text || '{}')
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

/** How to reach a site, log in to it and read its orders. */
export function SystemForm({
  form,
  initial,
  onFinish,
  onChange,
}: {
  form: FormInstance<SystemFields>
  initial: SystemFields
  onFinish: (fields: SystemFields) => void
  onChange: () => void
}) {
  return (
    <Form form={form} layout="vertical" initialValues={initial} onFinish={onFinish} onValuesChange={onChange}>
      <Panel title="系统">
        <Basics isSaved={initial !== NEW_SYSTEM} />
      </Panel>
      <Panel title="账号">
        <Accounts />
      </Panel>
      <Panel title="接口" extra={<span className="soft">保存时补齐模板的接口，可改路径，也可添加自定义的</span>}>
        <Endpoints />
      </Panel>
      <Panel title="覆盖配置" extra={<span className="soft">JSON，与模板合并，例如验证码种类、字段名、列表映射</span>}>
        <Form.Item
          name="overrides"
          label="覆盖配置（JSON）"
          rules={[
            {
              validator: (_, text: string) =>
                isJsonObject(text) ? Promise.resolve() : Promise.reject(new Error('必须是一个 JSON 对象')),
            },
          ]}
        >
          <Input.TextArea rows={8} className="mono" spellCheck={false} />
        </Form.Item>
      </Panel>
    </Form>
  )
}

function Basics({ isSaved }: { isSaved: boolean }) {
  return (
    <>
      <div className="form-row">
        <Form.Item
          name="system_name"
          label="系统标识"
          rules={[{ required: true, whitespace: true, max: 100, message: '请输入系统标识，最多 100 个字' }]}
        >
          <Input autoComplete="off" disabled={isSaved} />
        </Form.Item>
        <Form.Item name="base_url" label="地址" rules={[{ required: true, message: '请输入 http 或 https 地址' }]}>
          <Input autoComplete="off" placeholder="http://" />
        </Form.Item>
        <Form.Item name="profile" label="模板">
          <Select options={PROFILE_OPTIONS} />
        </Form.Item>
      </div>
      <div className="form-row">
        <Form.Item name="lock_threshold" label="几次密码错误会锁定" rules={[{ required: true }]}>
          <InputNumber min={1} max={100} className="wide" />
        </Form.Item>
        <Form.Item name="check_interval_seconds" label="检查间隔（秒）" rules={[{ required: true }]}>
          <InputNumber min={1} max={86_400} className="wide" />
        </Form.Item>
        <Form.Item name="pull_interval_seconds" label="自动拉取间隔（秒）">
          <InputNumber placeholder="不自动拉取" min={10} max={604_800} className="wide" />
        </Form.Item>
        <Form.Item name="is_active" label="启用" valuePropName="checked">
          <Switch checkedChildren="启用" unCheckedChildren="停用" />
        </Form.Item>
      </div>
    </>
  )
}

function Accounts() {
  return (
    <Form.List name="accounts">
      {(rows, { add, remove }) => (
        <>
          {rows.map(({ key, name }) => (
            <AccountRow key={key} name={name} onRemove={() => remove(name)} />
          ))}
          <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({ account: '', password: '' })}>
            添加账号
          </Button>
        </>
      )}
    </Form.List>
  )
}

/** A saved account is removed where its session is shown, so that nobody loses a login by a slip. */
function AccountRow({ name, onRemove }: { name: number; onRemove: () => void }) {
  const isSaved = Form.useWatch<boolean>(['accounts', name, 'isSaved']) ?? false
  return (
    <div className="form-line">
      <Form.Item name={[name, 'isSaved']} hidden>
        <Input />
      </Form.Item>
      <Form.Item
        name={[name, 'account']}
        label={`账号 ${name + 1}`}
        rules={[{ required: true, whitespace: true, max: 100, message: '请输入登录账号' }]}
      >
        <Input disabled={isSaved} autoComplete="off" />
      </Form.Item>
      <Form.Item
        name={[name, 'password']}
        label="密码"
        rules={[{ required: !isSaved, max: 200, message: '请输入密码' }]}
      >
        <Input.Password autoComplete="new-password" placeholder={isSaved ? '不修改' : ''} />
      </Form.Item>
      {!isSaved && (
        <Button aria-label={`移除账号 ${name + 1}`} icon={<DeleteOutlined aria-hidden />} onClick={onRemove} />
      )}
    </div>
  )
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'].map((value) => ({ value, label: value }))

function Endpoints() {
  return (
    <Form.List name="endpoints">
      {(rows, { add, remove }) => (
        <>
          {rows.map(({ key, name }) => (
            <div key={key} className="form-line">
              <Form.Item name={[name, 'name']} label="名称" rules={[{ required: true, message: '请输入接口名称' }]}>
                <Input autoComplete="off" placeholder="workorder_list" />
              </Form.Item>
              <Form.Item name={[name, 'http_method']} label="方法">
                <Select options={METHODS} />
              </Form.Item>
              <Form.Item
                name={[name, 'endpoint']}
                label="路径"
                rules={[{ required: true, pattern: /^\/(?![/\\])/, message: '路径以一个 / 开头' }]}
              >
                <Input autoComplete="off" placeholder="/workorder/list" />
              </Form.Item>
              <Form.Item name={[name, 'require_auth']} label="需要登录" valuePropName="checked">
                <Switch />
              </Form.Item>
              <Button
                aria-label={`移除接口 ${name + 1}`}
                icon={<DeleteOutlined aria-hidden />}
                onClick={() => remove(name)}
              />
            </div>
          ))}
          <Button
            icon={<PlusOutlined aria-hidden />}
            onClick={() => add({ name: '', endpoint: '', http_method: 'GET', require_auth: true })}
          >
            添加接口
          </Button>
        </>
      )}
    </Form.List>
  )
}
