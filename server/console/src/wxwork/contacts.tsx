import type { WxworkAccount, WxworkListing } from '@shared/api/wxwork'
import { Alert, Button, Empty, Progress, type TableColumnsType, Tabs } from 'antd'
import { useAct } from '../api/use-act'
import { useAnswer } from '../api/use-query'
import { Cut } from '../show/cut'
import { countText, timeText } from '../show/format'
import { Answered } from '../show/states'
import { ListTable } from '../table/list-table'

const WATCH_MS = 2000

interface Contact {
  key: number
  id: string
  name: string
  more: string
}

const textOf = (contact: Record<string, unknown>, names: string[]): string => {
  const name = names.find((one) => contact[one] !== undefined && contact[one] !== '')
  return name ? String(contact[name]) : ''
}

/** Gateways name the same things differently. */
function toContact(raw: unknown, key: number): Contact {
  const contact = (raw ?? {}) as Record<string, unknown>
  return {
    key,
    id: textOf(contact, ['user_id', 'userid', 'userId', 'id', 'vid']),
    name: textOf(contact, ['nickname', 'realname', 'real_name', 'name', 'remark']),
    more: textOf(contact, ['corp_name', 'corpName', 'mobile', 'position', 'job']),
  }
}

const COLUMNS: TableColumnsType<Contact> = [
  { title: '名称', dataIndex: 'name', render: (name: string) => <Cut>{name}</Cut> },
  { title: '编号（发消息用）', dataIndex: 'id', render: (id: string) => <Cut>{id}</Cut> },
  { title: '企业或职务', dataIndex: 'more', render: (text: string) => <Cut>{text}</Cut> },
]

function ContactTable({ list }: { list: unknown[] }) {
  return (
    <ListTable<Contact>
      columns={COLUMNS}
      rowKey="key"
      rows={list.map(toContact)}
      size="small"
      minWidth={600}
      pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
      locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有联系人" /> }}
    />
  )
}

/** Every contact of the account, read page by page by the server; progress while it goes on. */
export function Contacts({ account }: { account: WxworkAccount }) {
  const { act, running } = useAct()
  const answer = useAnswer<{ listing: WxworkListing | null }>({
    path: '/api/contacts/all',
    params: { uuid: account.uuid },
    topics: ['wxwork'],
    everyMs: ({ listing }) => listing?.state === 'running' && WATCH_MS,
  })
  const start = () => act({ path: '/api/contacts/all', body: { uuid: account.uuid } })
  return (
    <Answered answer={answer}>
      {({ listing }) => {
        const isRunning = listing?.state === 'running'
        return (
          <>
            <div className="toolbar">
              <Button loading={running || isRunning} disabled={account.state !== 'ONLINE'} onClick={start}>
                {listing ? '重新读取通讯录' : '读取通讯录'}
              </Button>
              {listing && (
                <span className="soft">
                  同事 {countText(listing.innerCount)}，客户 {countText(listing.externalCount)}，开始于{' '}
                  {timeText(listing.startedAt)}
                </span>
              )}
            </div>
            {isRunning && <Progress percent={99} status="active" showInfo={false} aria-label="正在读取通讯录" />}
            {listing?.error && <Alert type="warning" showIcon title={listing.error} className="form-alert" />}
            {listing && !isRunning && (
              <Tabs
                items={[
                  { key: 'inner', label: '同事', children: <ContactTable list={listing.inner} /> },
                  { key: 'external', label: '客户', children: <ContactTable list={listing.external} /> },
                ]}
              />
            )}
          </>
        )
      }}
    </Answered>
  )
}
