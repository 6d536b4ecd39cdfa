import type { OverviewDay } from '@shared/api/overview'
import { DayChart } from '../charts/day-chart'
import { Panel } from '../shell/page'

const COLORS = { created: '#0f9488', completed: '#3b82c4', visits: '#0f9488', flagged: '#e08a1e', score: '#b7791f' }

/** The last 30 days in three pictures. */
export function OverviewCharts({ days }: { days: OverviewDay[] }) {
  const dates = days.map(({ date }) => date)
  const sum = (name: 'created' | 'completed' | 'visits' | 'flagged') =>
    days.reduce((total, day) => total + day[name], 0)
  return (
    <div className="grid grid--three">
      <Panel title="任务（30 天）">
        <DayChart
          label={`近 30 天提交任务 ${sum('created')} 个，完成 ${sum('completed')} 个`}
          days={dates}
          series={[
            { name: '提交', kind: 'bar', values: days.map((day) => day.created), color: COLORS.created },
            { name: '完成', kind: 'bar', values: days.map((day) => day.completed), color: COLORS.completed },
          ]}
        />
      </Panel>
      <Panel title="签到（30 天）">
        <DayChart
          label={`近 30 天签到 ${sum('visits')} 次，其中有疑点 ${sum('flagged')} 次`}
          days={dates}
          series={[
            {
              name: '正常',
              kind: 'bar',
              stack: 'visits',
              values: days.map((day) => day.visits - day.flagged),
              color: COLORS.visits,
            },
            {
              name: '有疑点',
              kind: 'bar',
              stack: 'visits',
              values: days.map((day) => day.flagged),
              color: COLORS.flagged,
            },
          ]}
        />
      </Panel>
      <Panel title="评分（30 天）">
        <DayChart
          label="近 30 天每天评价的平均分"
          days={dates}
          min={1}
          max={5}
          series={[{ name: '平均分', kind: 'line', values: days.map(({ score }) => score), color: COLORS.score }]}
        />
      </Panel>
    </div>
  )
}
