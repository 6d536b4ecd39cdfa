import { LIVE_TOPICS, type LiveTopic } from '@shared/api/live'
import type { Overview } from '@shared/api/overview'
import { useAnswer } from '../api/use-query'
import { OverviewCharts } from '../overview/charts'
import { Attention, ByStep, ByType, Partners, Today, Waiting } from '../overview/standing'
import { Page } from '../shell/page'
import { dayText } from '../show/format'
import { Answered } from '../show/states'

const ALL: LiveTopic[] = [...LIVE_TOPICS]

export default function OverviewPage() {
  const answer = useAnswer<Overview>({ path: '/api/v1/admin/overview', topics: ALL })
  return (
    <Page title="总览" note={dayText()}>
      <Answered answer={answer}>
        {(data) => (
          <div className="stack">
            <Today data={data} />
            <div className="grid grid--two">
              <Attention attention={data.attention} />
              <Waiting data={data} />
            </div>
            <div className="grid grid--three">
              <ByType counts={data.today.by_type} />
              <ByStep counts={data.open.by_step} />
              <Partners partners={data.partners} />
            </div>
            <OverviewCharts days={data.days} />
          </div>
        )}
      </Answered>
    </Page>
  )
}
