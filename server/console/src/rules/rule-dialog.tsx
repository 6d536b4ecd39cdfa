import type { AdminSlaRehearsal } from '@shared/api/admin'
import { Alert, Button, Form, Input, InputNumber, Modal, Select, Switch } from 'antd'
import { useState } from 'react'
import { useAct } from '../api/use-act'
import { optionsOf } from '../show/options'
import { Rehearsal } from './rehearsal'
import { ACCURACY_KEY, KEY_WORDS, MODE_WORDS, RADIUS_KEY, type RuleInput, SCOPE_WORDS } from './rule-words'

const MAX_RADIUS_METERS = 100_000
const REHEARSED_DAYS = 30

interface Fields extends Omit<RuleInput, 'config_value'> {
  radius?: number
  mode?: string
}

const toFields = ({ config_value, ...rest }: RuleInput): Fields => ({
  ...rest,
  radius: rest.config_key === RADIUS_KEY ? Number(config_value) : undefined,
  mode: rest.config_key === ACCURACY_KEY ? config_value : 'document',
})
const toInput = ({ radius, mode, ...rest }: Fields): RuleInput => ({
  ...rest,
  scope_id: rest.scope_type === 'GLOBAL' ? '' : (rest.scope_id ?? '').trim(),
  config_value: rest.config_key === RADIUS_KEY ? String(radius) : (mode ?? 'document'),
})

/** A rule is tried on the last days' fixes first; only what was tried can be saved. */
export function RuleDialog({ rule, isNew, onClose }: { rule: RuleInput; isNew: boolean; onClose: () => void }) {
  const [form] = Form.useForm<Fields>()
  const [tried, setTried] = useState<{ input: RuleInput; result: AdminSlaRehearsal } | null>(null)
  const [pending, setPending] = useState<RuleInput | null>(null)
  const rehearse = useAct<AdminSlaRehearsal>({
    silent: true,
    onDone: (result) => pending && setTried({ input: pending, result }),
  })
  const save = useAct({ done: '规则已保存，立即生效', onDone: onClose, silent: true })
  const refusal = rehearse.refusal ?? save.refusal
  const start = (fields: Fields) => {
    const input = toInput(fields)
    setPending(input)
    rehearse.act({ path: '/api/v1/admin/sla-config/rehearse', body: { ...input, days: REHEARSED_DAYS } })
  }
  return (
    <Modal
      open
      width={760}
      title={isNew ? '新增签到规则' : '修改签到规则'}
      onCancel={onClose}
      footer={[
        <Button key="try" type={tried ? 'default' : 'primary'} loading={rehearse.running} onClick={form.submit}>
          用近 {REHEARSED_DAYS} 天的定位预演
        </Button>,
        <Button
          key="save"
          type="primary"
          disabled={!tried}
          loading={save.running}
          onClick={() => tried && save.act({ path: '/api/v1/admin/sla-config', body: tried.input })}
        >
          保存
        </Button>,
      ]}
    >
      {refusal && <Alert type="error" showIcon title={refusal.message} className="form-alert" />}
      <Form
        form={form}
        layout="vertical"
        initialValues={toFields(rule)}
        onFinish={start}
        onValuesChange={() => {
          setTried(null)
          setPending(null) // what is being tried is no longer what stands here
        }}
      >
        <RuleFields isNew={isNew} />
      </Form>
      {tried ? <Rehearsal result={tried.result} /> : <p className="soft">先预演，看清影响后才能保存</p>}
    </Modal>
  )
}

/** What identifies a rule stays once it is there; the value and whether it counts may change. */
function RuleFields({ isNew }: { isNew: boolean }) {
  const key = Form.useWatch<string>('config_key')
  const scope = Form.useWatch<RuleInput['scope_type']>('scope_type')
  return (
    <>
      <div className="form-row">
        <Form.Item name="config_key" label="规则">
          <Select options={optionsOf(KEY_WORDS)} disabled={!isNew} />
        </Form.Item>
        <Form.Item name="scope_type" label="适用范围">
          <Select options={optionsOf(SCOPE_WORDS)} disabled={!isNew} />
        </Form.Item>
        {scope !== 'GLOBAL' && (
          <Form.Item
            name="scope_id"
            label={`${scope ? SCOPE_WORDS[scope] : ''}编号`}
            rules={[{ required: true, whitespace: true, max: 36, message: '请输入编号，最多 36 个字符' }]}
          >
            <Input disabled={!isNew} autoComplete="off" />
          </Form.Item>
        )}
      </div>
      <div className="form-row">
        {key === ACCURACY_KEY ? (
          <Form.Item name="mode" label="精度模式">
            <Select options={optionsOf(MODE_WORDS)} />
          </Form.Item>
        ) : (
          <Form.Item
            name="radius"
            label="半径（米）"
            rules={[{ required: true, message: `请输入大于 0、不超过 ${MAX_RADIUS_METERS} 的米数` }]}
          >
            <InputNumber min={0.001} max={MAX_RADIUS_METERS} className="wide" />
          </Form.Item>
        )}
        <Form.Item name="is_active" label="启用" valuePropName="checked">
          <Switch checkedChildren="启用" unCheckedChildren="停用" />
        </Form.Item>
      </div>
    </>
  )
}
