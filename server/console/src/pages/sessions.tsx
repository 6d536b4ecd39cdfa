import { type SessionBoard, SESSION_PARTNERS, type SessionPartner } from '@shared/api/sessions'
import { useAnswer } from '../api/use-query'
import { SessionCard } from '../sessions/session-card'
import { Page } from '../shell/page'
import { Answered } from '../show/states'

const PARTNER_WORDS: Record<SessionPartner, string> = {
  wechat: '微信',
  ngs: 'ngs（CRM）',
  external: '外部工单系统',
  wxwork: '企业微信网关',
}

export default function SessionsPage() {
  const answer = useAnswer<SessionBoard>({ path: '/api/v1/admin/sessions', topics: ['session', 'challenge', 'wxwork'] })
  return (
    <Page title="会话看板" note="每个合作系统的登录现在怎样、接下来系统自己做什么、需要人做什么">
      <Answered answer={answer}>
        {({ list }) =>
          SESSION_PARTNERS.map((partner) => {
            const rows = list.filter((row) => row.partner === partner)
            return (
              <section key={partner} className="partner">
                <h2 className="partner__name">{PARTNER_WORDS[partner]}</h2>
                {rows.length === 0 ? (
                  <p className="soft">还没有账号</p>
                ) : (
                  <div className="partner__rows">
                    {rows.map((row) => (
                      <SessionCard key={row.key} row={row} />
                    ))}
                  </div>
                )}
              </section>
            )
          })
        }
      </Answered>
    </Page>
  )
}
