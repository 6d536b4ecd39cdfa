import { Text, View } from '@tarojs/components'
import type { VisitView } from '@shared/api/homecare'
import { Card } from '@/components/card'
import { ImageGrid } from '@/components/image-grid'
import { Badge } from '@/components/status-badge'
import { formatDistance, formatDuration, formatRelativeDay } from '@/shared/format'
import { ORDER_TEXTS as T } from './texts'

/** When somebody was there, how near, and the proof. */
export function Visits({ visits }: { visits: VisitView[] }) {
  if (visits.length === 0) return null
  return (
    <Card title={T.visits}>
      {visits.map((visit) => (
        <View key={visit.id} className="record">
          <View className="record__head">
            <Text className="record__title">{T.visit(visit.visit_no)}</Text>
            <Badge tone={visit.checkout_at ? 'muted' : 'ok'}>{visit.checkout_at ? T.left : T.onSite}</Badge>
          </View>
          <View className="record__text numeric">{timesOf(visit)}</View>
          <View className="record__text numeric">
            {`${visit.worker_name} · ${T.distance} ${formatDistance(visit.distance_meters)}`}
          </View>
          {visit.summary ? <View className="record__text">{visit.summary}</View> : null}
          {visit.evidence.length > 0 ? (
            <ImageGrid
              images={visit.evidence.map((photo) => photo.stamped_url)}
              thumbnails={visit.evidence.map((photo) => photo.thumbnail_url)}
            />
          ) : null}
        </View>
      ))}
    </Card>
  )
}

function timesOf({ checkin_at, checkout_at }: VisitView): string {
  const arrived = `${T.arrivedAt} ${formatRelativeDay(checkin_at)}`
  if (!checkout_at) return arrived
  const minutes = (Date.parse(checkout_at) - Date.parse(checkin_at)) / 60_000
  return `${arrived} → ${T.leftAt} ${formatRelativeDay(checkout_at)}（${formatDuration(minutes)}）`
}
