import type { AdminCustomerRow } from '@shared/api/admin'
import type { ExternalImported, ExternalOrderRow } from '@shared/api/admin-external'
import type { Page } from '@shared/api/common'
import { Alert, Form, Modal, Select } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router-dom'
import { useAct } from '../api/use-act'
import { useAnswer } from '../api/use-query'
import { TYPE_OPTIONS } from '../show/task-words'

/** Makes a task of an order of the site; the customer may stay open. */
export function ImportDialog({ order, onClose }: { order: ExternalOrderRow; onClose: () => void }) {
  const go = useNavigate()
  const [form] = Form.useForm<{ customer_id?: number; type: string }>()
  const { act, running, refusal } = useAct<ExternalImported>({
    done: ({ task_id }) => `已导入为任务 ${task_id}`,
    onDone: ({ work_order_id }) => void go(`/tasks/${work_order_id}`),
    silent: true,
  })
  return (
    <Modal
      open
      title={`导入工单 ${order.external_no}`}
      okText="导入为任务"
      confirmLoading={running}
      onOk={form.submit}
      onCancel={onClose}
      cancelButtonProps={{ disabled: running }}
    >
      <p className="dialog-note">
        {order.title}
        <br />
        {order.address}
      </p>
      {refusal && <Alert type="error" showIcon title={refusal.message} className="form-alert" />}
      <Form
        form={form}
        layout="vertical"
        initialValues={{ type: 'repair' }}
        onFinish={(body) => act({ path: `/api/v1/admin/external/work-orders/${order.id}/import`, body })}
      >
        <Form.Item name="type" label="任务类型">
          <Select options={TYPE_OPTIONS} />
        </Form.Item>
        <Form.Item name="customer_id" label="客户（选填，不选时归入“外部工单”）">
          <CustomerChoice />
        </Form.Item>
      </Form>
    </Modal>
  )
}

function CustomerChoice(props: { value?: number; onChange?: (id: number) => void }) {
  const [text, setText] = useState('')
  const { data, isFetching } = useAnswer<Page<AdminCustomerRow>>({
    path: '/api/v1/admin/customers',
    params: { q: text, size: 20 },
  })
  return (
    <Select
      {...props}
      allowClear
      placeholder="搜索单位、联系人、电话"
      showSearch={{ filterOption: false, onSearch: setText }}
      loading={isFetching}
      notFoundContent="没有符合的客户"
      options={(data?.list ?? []).map(({ id, name, contact, phone }) => ({
        value: id,
        label: [name || '未填写单位', contact, phone].filter(Boolean).join(' · '),
      }))}
    />
  )
}
