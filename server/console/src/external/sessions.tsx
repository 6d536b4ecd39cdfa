import type { ExternalSessionRow } from '@shared/api/admin-external'
import type { Page } from '@shared/api/common'
import { Button, Popconfirm, Space } from 'antd'
import { Link } from 'react-router-dom'
import { useAct } from '../api/use-act'
import { useAnswer } from '../api/use-query'
import { Fact } from '../show/fact'
import { minuteText } from '../show/format'
import { Answered } from '../show/states'
import { StateTag } from '../show/tag'
import { accountPath, SESSION_TONES, SESSION_WORDS, systemPath } from './words'

/** The logins of one system: how they are, and what a person can do with them. */
export function Sessions({ system }: { system: string }) {
  const answer = useAnswer<Page<ExternalSessionRow>>({
    path: '/api/v1/admin/external/sessions',
    params: { system, size: 50 },
    topics: ['session', 'challenge'],
  })
  return (
    <Answered answer={answer}>
      {({ list }) =>
        list.length === 0 ? (
          <p className="soft">还没有账号</p>
        ) : (
          <div className="partner__rows">
            {list.map((session) => (
              <Session key={session.id} session={session} />
            ))}
          </div>
        )
      }
    </Answered>
  )
}

function Session({ session }: { session: ExternalSessionRow }) {
  const { system_name: system, account, state } = session
  return (
    <article className="panel session" aria-label={account}>
      <header className="session__head">
        <h3 className="session__title">{account}</h3>
        <StateTag tone={SESSION_TONES[state]}>{SESSION_WORDS[state]}</StateTag>
      </header>
      <dl className="facts">
        <Fact name="最近登录">{minuteText(session.last_login_at)}</Fact>
        <Fact name="有效至">{minuteText(session.expire_at)}</Fact>
        <Fact name="剩余尝试">{`${session.attempts_left} 次`}</Fact>
        <Fact name="系统接下来">{session.next_action}</Fact>
        <Fact name="最近的错误">{session.last_error}</Fact>
      </dl>
      <SessionActs system={system} account={account} challengeId={session.challenge_id} />
    </article>
  )
}

function SessionActs({
  system,
  account,
  challengeId,
}: {
  system: string
  account: string
  challengeId: string | null
}) {
  const check = useAct({ done: '登录有效' })
  const out = useAct({ done: '已退出登录' })
  const remove = useAct({ done: '账号已删除' })
  return (
    <Space wrap>
      {challengeId ? (
        <Link to="/external/challenges">输入验证码</Link>
      ) : (
        <Button
          size="small"
          loading={check.running}
          onClick={() => check.act({ path: `${accountPath(system, account)}/check` })}
        >
          立即检查并登录
        </Button>
      )}
      <Popconfirm
        title="退出这个账号的登录？"
        description="下次使用时会重新登录"
        okText="退出"
        onConfirm={() => out.act({ path: `${accountPath(system, account)}/logout` })}
      >
        <Button size="small" loading={out.running}>
          退出登录
        </Button>
      </Popconfirm>
      <Popconfirm
        title={`删除账号“${account}”？`}
        description="保存的密码和登录会一起删除"
        okText="删除"
        okButtonProps={{ danger: true }}
        onConfirm={() =>
          remove.act({ method: 'DELETE', path: `${systemPath(system)}/accounts/${encodeURIComponent(account)}` })
        }
      >
        <Button size="small" danger loading={remove.running}>
          删除
        </Button>
      </Popconfirm>
    </Space>
  )
}
