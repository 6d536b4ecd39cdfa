import type { ExternalChallengeRow } from '@shared/api/admin-external'
import type { Page as Rows } from '@shared/api/common'
import { Alert, Button, Empty, Form, Input } from 'antd'
import { useAct } from '../api/use-act'
import { useAnswer } from '../api/use-query'
import { Page } from '../shell/page'
import { Answered } from '../show/states'
import { Countdown } from '../wxwork/countdown'

export default function ChallengesPage() {
  const answer = useAnswer<Rows<ExternalChallengeRow>>({
    path: '/api/v1/admin/external/challenges',
    params: { size: 50 },
    topics: ['challenge', 'session'],
  })
  return (
    <Page title="验证码待办" note="答对后，等待这个登录的调用会一起继续">
      <Answered answer={answer}>
        {({ list }) =>
          list.length === 0 ? (
            <Empty description="没有等待输入的验证码；过期的可在外部系统里“立即检查并登录”，换一张" />
          ) : (
            <div className="partner__rows">
              {list.map((challenge) => (
                <Challenge key={challenge.id} challenge={challenge} />
              ))}
            </div>
          )
        }
      </Answered>
    </Page>
  )
}

/** `2026-11-20 16:45:04` of Asia/Shanghai as an instant. */
const instantOf = (shanghai: string) => `${shanghai.replace(' ', 'T')}+08:00`

function Challenge({ challenge }: { challenge: ExternalChallengeRow }) {
  const { id, system_name, account, kind, image, expires_at } = challenge
  const { act, running, refusal } = useAct({ done: '登录成功，等待的调用已继续', silent: true })
  return (
    <article className="panel session" aria-label={`${system_name} ${account}`}>
      <header className="session__head">
        <h2 className="session__title">
          {system_name} · {account}
        </h2>
        <Countdown until={instantOf(expires_at)} over="已过期" />
      </header>
      <img className="captcha" src={image} alt={kind === 'arithmetic' ? '算式验证码' : '字符验证码'} />
      {refusal && <Alert type="error" showIcon title={refusal.message} />}
      <Form
        name={`challenge-${id}`} // several stand on one page, each with fields of its own
        layout="vertical"
        onFinish={({ answer }: { answer: string }) =>
          act({ path: `/api/v1/admin/external/challenges/${id}`, body: { answer } })
        }
      >
        <Form.Item
          name="answer"
          label={kind === 'arithmetic' ? '算式的结果' : '图中的字符'}
          rules={[{ required: true, whitespace: true, max: 20, message: '请输入图中的内容' }]}
        >
          <Input autoComplete="off" />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={running}>
          提交并登录
        </Button>
      </Form>
    </article>
  )
}
