import { View } from '@tarojs/components'
import type { TimelineEntry } from '@shared/api/tasks'
import { Card } from '@/components/card'
import { Timeline } from '@/components/timeline'
import { TASK_TEXTS as T } from './texts'

/** What happened, the latest first. */
export function TimelineCard({ entries }: { entries: TimelineEntry[] }) {
  return (
    <Card title={T.timeline}>
      {entries.length === 0 ? <View className="timeline-none">{T.noTimeline}</View> : null}
      <Timeline moments={entries} />
    </Card>
  )
}
