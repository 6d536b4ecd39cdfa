import { Alert, Form, Input, Modal } from 'antd'
import { type Act, useAct } from '../api/use-act'

export interface NumberField {
  name: string
  label: string
  max: number
  extra?: string
  /** May not be left empty. */
  required?: boolean
}

interface Props {
  title: string
  note?: string
  fields: NumberField[]
  initial: Record<string, string | null>
  path: string
  method?: Act['method']
  onClose: () => void
}

/** How partners know somebody or something here. An optional number that is emptied is taken away. */
export function NumberDialog({ title, note, fields, initial, path, method = 'PATCH', onClose }: Props) {
  const [form] = Form.useForm<Record<string, string | null | undefined>>()
  const { act, running, refusal } = useAct({ done: '编号已保存', onDone: onClose, silent: true })
  const save = (values: Record<string, string | null | undefined>) =>
    act({
      method,
      path,
      body: Object.fromEntries(fields.map(({ name }) => [name, values[name]?.trim() || null])),
    })
  return (
    <Modal
      open
      title={title}
      okText="保存"
      confirmLoading={running}
      onOk={form.submit}
      onCancel={onClose}
      cancelButtonProps={{ disabled: running }}
    >
      {note && <p className="dialog-note">{note}</p>}
      {refusal && <Alert type="error" showIcon title={refusal.message} className="form-alert" />}
      <Form form={form} layout="vertical" initialValues={initial} onFinish={save}>
        {fields.map(({ name, label, max, extra, required }) => (
          <Form.Item
            key={name}
            name={name}
            label={label}
            extra={extra}
            rules={[
              { required, whitespace: required, max, message: `${required ? '请输入，' : ''}最多 ${max} 个字符` },
            ]}
          >
            <Input autoComplete="off" spellCheck={false} />
          </Form.Item>
        ))}
      </Form>
    </Modal>
  )
}
