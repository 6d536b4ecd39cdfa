import type { WxworkAccount, WxworkMessageRow } from '@shared/api/wxwork'
import { Alert, Button, Empty, Form, Input, Switch, type TableColumnsType } from 'antd'
import { useAct } from '../api/use-act'
import { useAnswer } from '../api/use-query'
import { Cut } from '../show/cut'
import { timeText } from '../show/format'
import { Answered } from '../show/states'
import { StateTag } from '../show/tag'
import { ListTable } from '../table/list-table'
import { MESSAGE_TONES, MESSAGE_WORDS } from './words'

interface Fields {
  send_userid: string
  isRoom: boolean
  content: string
}

/** A message by hand; it waits for its turn like every other. */
export function TestMessage({ account }: { account: WxworkAccount }) {
  const [form] = Form.useForm<Fields>()
  const { act, running, refusal } = useAct({
    done: '消息已发送',
    onDone: () => form.resetFields(['content']),
    silent: true,
  })
  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={{ isRoom: false }}
      onFinish={(body) => act({ path: '/api/send-text', body: { uuid: account.uuid, kf_id: 0, ...body } })}
    >
      {refusal && <Alert type="error" showIcon title={refusal.message} className="form-alert" />}
      <div className="form-row">
        <Form.Item
          name="send_userid"
          label="接收者编号（人或群）"
          rules={[{ required: true, whitespace: true, max: 100, message: '请输入接收者编号' }]}
        >
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="isRoom" label="是群" valuePropName="checked">
          <Switch checkedChildren="群" unCheckedChildren="人" />
        </Form.Item>
      </div>
      <Form.Item
        name="content"
        label="内容"
        rules={[{ required: true, whitespace: true, max: 4000, message: '请输入内容' }]}
      >
        <Input.TextArea rows={3} maxLength={4000} showCount />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={running} disabled={account.state !== 'ONLINE'}>
        {running ? '正在排队发送' : '发送测试消息'}
      </Button>
      {account.state !== 'ONLINE' && <span className="soft"> 账号在线后才能发送</span>}
    </Form>
  )
}

const COLUMNS: TableColumnsType<WxworkMessageRow> = [
  { title: '接收者', width: 120, render: (_, { to, isRoom }) => <Cut>{`${isRoom ? '群 ' : ''}${to}`}</Cut> },
  { title: '内容', dataIndex: 'content', render: (text: string) => <Cut>{text}</Cut> },
  {
    title: '状态',
    width: 88,
    render: (_, { state }) => (
      <StateTag tone={MESSAGE_TONES[state] ?? 'grey'}>{MESSAGE_WORDS[state] ?? state}</StateTag>
    ),
  },
  { title: '错误', dataIndex: 'error', width: 100, render: (error: string | null) => <Cut>{error}</Cut> },
  { title: '提交', dataIndex: 'createdAt', width: 108, render: timeText },
  { title: '完成', dataIndex: 'finishedAt', width: 108, render: timeText },
]

/** The account's queue and the newest messages. */
export function Messages({ account }: { account: WxworkAccount }) {
  const answer = useAnswer<{ messages: WxworkMessageRow[] }>({
    path: '/api/messages',
    params: { uuid: account.uuid },
    topics: ['wxwork'],
  })
  return (
    <Answered answer={answer}>
      {({ messages }) => (
        <ListTable<WxworkMessageRow>
          columns={COLUMNS}
          rows={messages}
          size="small"
          minWidth={640}
          pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }}
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="还没有发送过消息" /> }}
        />
      )}
    </Answered>
  )
}
