import type { SessionLevel, SessionPartner, SessionRow } from '@shared/api/sessions'
import { Alert } from 'antd'
import { Link } from 'react-router-dom'
import { minuteText } from '../show/format'
import { Fact } from '../show/fact'
import { StateTag, type Tone } from '../show/tag'
import { ageText } from './age'

const TONES: Record<SessionLevel, Tone> = { ok: 'green', degraded: 'amber', down: 'red', disabled: 'grey' }
/** Where a person does what the card asks for. */
const PLACES: Partial<Record<SessionPartner, { path: string; label: string }>> = {
  ngs: { path: '/outbox?waiting=true', label: '查看待发写入' },
  external: { path: '/external', label: '打开外部系统' },
  wxwork: { path: '/wxwork', label: '打开企业微信' },
}

const placeOf = ({ partner, state }: SessionRow) =>
  state === 'CHALLENGE' ? { path: '/external/challenges', label: '输入验证码' } : PLACES[partner]

/** One login: how it is, since when, what comes by itself and what waits for a person. */
export function SessionCard({ row }: { row: SessionRow }) {
  const place = placeOf(row)
  return (
    <article className="panel session" aria-label={row.title}>
      <header className="session__head">
        <h3 className="session__title">{row.title}</h3>
        <StateTag tone={TONES[row.level]}>{row.state_text}</StateTag>
      </header>
      <dl className="facts">
        <Fact name="处于此状态自">{row.since && minuteText(row.since)}</Fact>
        <Fact name="会话已有">{row.age_seconds !== null && ageText(row.age_seconds)}</Fact>
        <Fact name="系统接下来">
          {row.next_action &&
            `${row.next_action}${row.next_action_at ? `（${minuteText(row.next_action_at).slice(5)}）` : ''}`}
        </Fact>
        <Fact name="最近的错误">{row.last_error}</Fact>
      </dl>
      {row.human_action && (
        <Alert
          type="warning"
          showIcon
          title={row.human_action}
          action={place && <Link to={place.path}>{place.label}</Link>}
        />
      )}
    </article>
  )
}
