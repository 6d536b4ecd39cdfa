import type { Overview, PartnerHealth, TaskAttention } from '@shared/api/overview'
import { TASK_ATTENTIONS } from '@shared/api/overview'
import { STEP_LABELS, TASK_TYPE_RULES, TASK_TYPES } from '@shared/task-types'
import { Link } from 'react-router-dom'
import { hasPage } from '../routes'
import { useIsAdmin } from '../session/session'
import { Panel } from '../shell/page'
import { countText, dayText, scoreText } from '../show/format'
import { StateTag, type Tone } from '../show/tag'
import { ATTENTION_WORDS } from '../show/task-words'
import { Figure } from './figure'

const today = () => `from=${dayText()}&to=${dayText()}`
const month = () => `from=${dayText(-29)}&to=${dayText()}`

export function Today({ data: { today: counts, open, visits, evaluations } }: { data: Overview }) {
  return (
    <div className="figures">
      <Figure label="今日任务" value={counts.created} to={`/tasks?${today()}`} />
      <Figure label="今日完成" value={counts.completed} to={`/tasks?by=completed&${today()}`} />
      <Figure label="今日取消" value={counts.cancelled} to={`/tasks?by=cancelled&${today()}`} />
      <Figure label="进行中" value={open.total} to="/tasks?status=open" />
      <Figure label="今日签到" value={visits.today} to={`/visits?${today()}`} />
      <Figure label="正在现场" value={visits.under_way} to="/visits?status=CHECKED_IN" />
      <Figure
        label="总体评分"
        value={scoreText(evaluations.overall)}
        to={`/evaluations?${month()}`}
        note={`30 天 ${countText(evaluations.count)} 条`}
      />
    </div>
  )
}

export function Attention({ attention }: { attention: Record<TaskAttention, number> }) {
  return (
    <Panel title="需要关注">
      <div className="figures figures--inner figures--two">
        {TASK_ATTENTIONS.map((reason) => (
          <Figure
            key={reason}
            label={ATTENTION_WORDS[reason]}
            value={attention[reason]}
            to={`/tasks?attention=${reason}`}
            alarm
          />
        ))}
      </div>
    </Panel>
  )
}

export function Waiting({ data: { waiting, visits, evaluations } }: { data: Overview }) {
  const isAdmin = useIsAdmin()
  return (
    <Panel title="等待处理">
      <div className="figures figures--inner">
        <Figure label="待审签到" value={visits.flagged_unreviewed} to="/visits?flagged=true&reviewed=false" alarm />
        <Figure label="低分评价" value={evaluations.low} to={`/evaluations?low=true&${month()}`} alarm />
        <Figure label="发送待核对" value={waiting.outbox_unknown} to="/outbox?state=UNKNOWN" alarm />
        <Figure label="发送已停" value={waiting.outbox_dead} to="/outbox?state=DEAD" alarm />
        <Figure
          label="待填验证码"
          value={waiting.challenges}
          to={isAdmin ? '/external/challenges' : '/sessions'}
          alarm
        />
        <Figure label="会话待处理" value={waiting.sessions_needing_human} to="/sessions" alarm />
      </div>
    </Panel>
  )
}

interface Bar {
  label: string
  count: number
  to: string
}

/** Counts side by side, each with its share of the largest. */
function Bars({ bars }: { bars: Bar[] }) {
  const most = Math.max(1, ...bars.map(({ count }) => count))
  return (
    <ul className="bars">
      {bars.map(({ label, count, to }) => (
        <li key={label}>
          <Link to={to} className="bars__row">
            <span className="bars__label">{label}</span>
            <meter className="bars__meter" min={0} max={most} value={count} aria-hidden />
            <span className="bars__count">{countText(count)}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

export function ByType({ counts }: { counts: Overview['today']['by_type'] }) {
  const bars = TASK_TYPES.map((type) => ({
    label: TASK_TYPE_RULES[type].label,
    count: counts[type],
    to: `/tasks?type=${type}&${today()}`,
  }))
  return (
    <Panel title="今日任务类型">
      <Bars bars={bars} />
    </Panel>
  )
}

export function ByStep({ counts }: { counts: number[] }) {
  const bars = STEP_LABELS.map((label, step) => ({
    label,
    count: counts[step] ?? 0,
    to: `/tasks?status=open&step=${step}`,
  }))
  return (
    <Panel title="进行中任务的步骤">
      <Bars bars={bars.slice(0, -1)} />
    </Panel>
  )
}

const PARTNER_WORDS: Record<PartnerHealth['name'], string> = {
  wechat: '微信',
  ngs: 'ngs 工单',
  external: '外部系统',
  wxwork: '企业微信',
}
const HEALTH: Record<PartnerHealth['state'], { tone: Tone; word: string }> = {
  ok: { tone: 'green', word: '正常' },
  degraded: { tone: 'amber', word: '不稳定' },
  down: { tone: 'red', word: '不可用' },
  disabled: { tone: 'grey', word: '未配置' },
}

export function Partners({ partners }: { partners: PartnerHealth[] }) {
  return (
    <Panel title="合作系统" extra={hasPage('/sessions') && <Link to="/sessions">会话状态</Link>}>
      <ul className="partners">
        {partners.map(({ name, state, detail }) => (
          <li key={name}>
            <span className="partners__name">{PARTNER_WORDS[name]}</span>
            <StateTag tone={HEALTH[state].tone}>{HEALTH[state].word}</StateTag>
            {detail !== HEALTH[state].word && <span className="partners__detail">{detail}</span>}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
