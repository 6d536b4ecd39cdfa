import { Text, View } from '@tarojs/components'
import type { TimelineEntry } from '@shared/api/tasks'
import { Card } from '@/components/card'
import { formatRelativeDay } from '@/shared/format'
import { TASK_TEXTS as T } from './texts'

/** What happened, the latest first. */
export function TimelineCard({ entries }: { entries: TimelineEntry[] }) {
  return (
    <Card title={T.timeline}>
      {entries.length === 0 ? <View className="timeline__none">{T.noTimeline}</View> : null}
      {[...entries].reverse().map((entry, index) => (
        <View key={`${entry.time} ${entry.type} ${index}`} className="timeline__entry">
          <View className={`timeline__dot ${index === 0 ? 'timeline__dot--now' : ''}`} />
          <View className="timeline__text">
            <View className="timeline__head">
              <Text className="timeline__title">{entry.title}</Text>
              <Text className="timeline__time numeric">{formatRelativeDay(entry.time)}</Text>
            </View>
            {entry.description ? <Text className="timeline__description">{entry.description}</Text> : null}
            {entry.actor ? <Text className="timeline__actor">{entry.actor}</Text> : null}
          </View>
        </View>
      ))}
    </Card>
  )
}
