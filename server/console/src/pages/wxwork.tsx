import { PlusOutlined } from '@ant-design/icons'
import type { WxworkAccount, WxworkOverview } from '@shared/api/wxwork'
import { Alert, Button, Empty, Switch, Tabs, Tooltip, Typography } from 'antd'
import { useState } from 'react'
import { useSearchParams } from 'react-router-dom'
import { useAct } from '../api/use-act'
import { useAnswer } from '../api/use-query'
import { Page, Panel } from '../shell/page'
import { minuteText } from '../show/format'
import { Answered } from '../show/states'
import { Fact } from '../show/fact'
import { StateTag } from '../show/tag'
import { Contacts } from '../wxwork/contacts'
import { Countdown } from '../wxwork/countdown'
import { Events } from '../wxwork/events'
import { LoginSteps } from '../wxwork/login-steps'
import { Messages, TestMessage } from '../wxwork/messages'
import { NewAccountDialog } from '../wxwork/new-account-dialog'
import { STATE_TONES, STATE_WORDS } from '../wxwork/words'

export default function WxworkPage() {
  const [params, setParams] = useSearchParams()
  const [isAdding, setIsAdding] = useState(false)
  const answer = useAnswer<{ sessions: WxworkAccount[] }>({ path: '/api/sessions', topics: ['wxwork', 'session'] })
  const choose = (uuid: string) => setParams({ uuid }, { replace: true })
  return (
    <Page
      title="企业微信账号"
      actions={
        <>
          <Monitor />
          <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setIsAdding(true)}>
            添加账号
          </Button>
        </>
      }
    >
      <Answered answer={answer}>
        {({ sessions }) => {
          const chosen = sessions.find(({ uuid }) => uuid === params.get('uuid')) ?? sessions[0]
          if (!chosen) return <Empty description="还没有账号，添加后扫码登录" />
          return (
            <div className="accounts">
              <ul className="accounts__list" aria-label="账号">
                {sessions.map((account) => (
                  <li key={account.id}>
                    <button
                      type="button"
                      className={`account-row ${account.id === chosen.id ? 'account-row--chosen' : ''}`}
                      aria-current={account.id === chosen.id}
                      onClick={() => choose(account.uuid)}
                    >
                      <span className="account-row__name">{account.name}</span>
                      <StateTag tone={STATE_TONES[account.state]}>{STATE_WORDS[account.state]}</StateTag>
                    </button>
                  </li>
                ))}
              </ul>
              <Account key={chosen.id} account={chosen} />
            </div>
          )
        }}
      </Answered>
      {isAdding && (
        <NewAccountDialog
          onClose={(uuid) => {
            setIsAdding(false)
            if (uuid) choose(uuid)
          }}
        />
      )}
    </Page>
  )
}

/** The watch over all accounts. */
function Monitor() {
  const { data } = useAnswer<WxworkOverview>({ path: '/api/state', topics: ['wxwork'] })
  const { act, running } = useAct({ done: '监控设置已保存' })
  if (!data) return null
  const { enabled, intervalMs } = data.monitor
  return (
    <Tooltip title={`每 ${Math.round(intervalMs / 1000)} 秒检查一次，掉线自动重连`}>
      <span className="monitor">
        自动监控
        <Switch
          aria-label="自动监控"
          checked={enabled}
          loading={running}
          onChange={(on) => act({ path: `/api/monitor/${on ? 'start' : 'stop'}`, body: {} })}
        />
      </span>
    </Tooltip>
  )
}

function Account({ account }: { account: WxworkAccount }) {
  const { data } = useAnswer<WxworkOverview>({ path: '/api/state', topics: ['wxwork'] })
  return (
    <div className="accounts__one">
      <Panel
        title={account.name}
        extra={<StateTag tone={STATE_TONES[account.state]}>{STATE_WORDS[account.state]}</StateTag>}
      >
        {account.lastError && <Alert type="warning" showIcon title={account.lastError} className="form-alert" />}
        <dl className="facts facts--wide">
          <Fact name="企业">{account.corpName}</Fact>
          <Fact name="vid">{account.vid}</Fact>
          <Fact name="最近在线">{minuteText(account.lastOnlineAt)}</Fact>
          <Fact name="最近检查">{minuteText(account.lastCheckAt)}</Fact>
          <Fact name="下次重连">
            {account.nextTryAt ? <Countdown until={account.nextTryAt} over="即将进行" /> : '—'}
          </Fact>
          <Fact name="排队消息">{account.queued} 条</Fact>
          <Fact name="回调地址" wide>
            {data && (
              <Typography.Text copyable={{ tooltips: ['复制', '已复制'] }} className="digest">
                {data.callbackUrl}
              </Typography.Text>
            )}
          </Fact>
        </dl>
        <LoginSteps account={account} />
      </Panel>
      <Panel>
        <Tabs
          items={[
            { key: 'events', label: '事件', children: <Events uuid={account.uuid} /> },
            { key: 'messages', label: '发送队列', children: <Messages account={account} /> },
            { key: 'test', label: '测试消息', children: <TestMessage account={account} /> },
            { key: 'contacts', label: '通讯录', children: <Contacts account={account} /> },
          ]}
        />
      </Panel>
    </div>
  )
}
