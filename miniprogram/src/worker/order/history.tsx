import { useState } from 'react'
import { Text, View } from '@tarojs/components'
import type { WorkOrderDetail } from '@shared/api/homecare'
import { Button } from '@/components/button'
import { Card } from '@/components/card'
import { formatRelativeDay } from '@/shared/format'
import { ORDER_TEXTS as T } from './texts'

/** Everything that happened, newest first; folded, because it is long and seldom needed. */
export function History({ events }: { events: WorkOrderDetail['events'] }) {
  const [open, setOpen] = useState(false)
  if (events.length === 0) return null
  return (
    <Card
      title={T.history}
      extra={
        <Button size="sm" variant="quiet" onClick={() => setOpen(!open)}>
          {open ? T.hideHistory : T.showHistory(events.length)}
        </Button>
      }
    >
      {open
        ? [...events].reverse().map((event, index) => (
            <View key={`${event.created_at}-${index}`} className="event">
              <View className="event__dot" />
              <View className="event__body">
                <View className="record__head">
                  <Text className="event__title">{event.title}</Text>
                  <Text className="record__time numeric">{formatRelativeDay(event.created_at)}</Text>
                </View>
                {event.description ? <View className="event__text">{event.description}</View> : null}
                {event.actor ? <View className="record__author">{event.actor}</View> : null}
              </View>
            </View>
          ))
        : null}
    </Card>
  )
}
