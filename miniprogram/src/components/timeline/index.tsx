import { Text, View } from '@tarojs/components'
import { formatRelativeDay } from '@/shared/format'
import './index.scss'

export interface Moment {
  /** ISO 8601 */
  time: string
  title: string
  description: string
  actor: string
}

/** What happened, the latest first; `moments` in the order they happened. */
export function Timeline({ moments }: { moments: Moment[] }) {
  return (
    <View>
      {[...moments].reverse().map(({ time, title, description, actor }, index) => (
        <View key={`${time} ${title} ${index}`} className="timeline">
          <View className={`timeline__dot ${index === 0 ? 'timeline__dot--now' : ''}`} />
          <View className="timeline__text">
            <View className="timeline__head">
              <Text className="timeline__title">{title}</Text>
              <Text className="timeline__time numeric">{formatRelativeDay(time)}</Text>
            </View>
            {description ? <Text className="timeline__description">{description}</Text> : null}
            {actor ? <Text className="timeline__actor">{actor}</Text> : null}
          </View>
        </View>
      ))}
    </View>
  )
}
