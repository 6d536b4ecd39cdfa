import type { ReactNode } from 'react'
import { Image, Text, View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import type { VisitView } from '@shared/api/homecare'
import { VISIT_DECISION_WORDS, VISIT_FLAG_WORDS } from '@shared/visit-words'
import { Button } from '@/components/button'
import { Cell } from '@/components/cell'
import { Icon } from '@/components/icon'
import { ImageGrid } from '@/components/image-grid'
import { RadiusMap } from '@/components/radius-map'
import { formatDateTime, formatDistance } from '@/shared/format'
import { ROUTES } from '@/shared/routes'
import { REVIEW_TEXTS as T } from './texts'

/** Flags in words, the drawing to scale, photos, signature and the bare facts. */
export function VisitProof({ visit }: { visit: VisitView }) {
  const { service_latitude: latitude, service_longitude: longitude } = visit
  const fix = { latitude: visit.latitude, longitude: visit.longitude, accuracy: visit.accuracy_meters }
  return (
    <View>
      <Flags visit={visit} />
      <Block title={T.where}>
        <RadiusMap
          site={{ latitude, longitude }}
          radiusMeters={visit.radius_meters}
          fix={fix}
          who={visit.worker_name}
        />
      </Block>
      <Block title={T.photos}>
        {visit.evidence.length === 0 ? <Text className="proof__none">{T.noPhotos}</Text> : null}
        <ImageGrid
          images={visit.evidence.map((photo) => photo.stamped_url || photo.url)}
          thumbnails={visit.evidence.map((photo) => photo.thumbnail_url || photo.url)}
        />
      </Block>
      <Block title={T.signature}>
        <SignatureView signature={visit.signature} />
      </Block>
      <Block title={T.facts}>
        <Facts visit={visit} />
      </Block>
      <View className="proof__order">
        <Button
          block
          size="sm"
          variant="secondary"
          icon="list"
          onClick={() => void Taro.navigateTo({ url: ROUTES.order(visit.work_order_id) })}
        >
          {T.order}
        </Button>
      </View>
    </View>
  )
}

function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <View className="proof__block">
      <Text className="proof__title">{title}</Text>
      {children}
    </View>
  )
}

function Flags({ visit }: { visit: VisitView }) {
  if (visit.flags.length === 0) return <Text className="proof__none">{T.noFlags}</Text>
  return (
    <Block title={T.flags}>
      {visit.flags.map((flag) => (
        <View key={flag} className="proof__flag">
          <Icon name="alert" size={20} />
          <View className="proof__words">
            <Text className="proof__label">{VISIT_FLAG_WORDS[flag].label}</Text>
            <Text className="proof__reason">{VISIT_FLAG_WORDS[flag].reason}</Text>
          </View>
        </View>
      ))}
    </Block>
  )
}

/** A drawing from the phone, or the text older clients send. */
function SignatureView({ signature }: { signature: string }) {
  if (!signature.startsWith('data:image/')) return <Text className="proof__text">{signature || T.unknown}</Text>
  return <Image className="proof__signature" mode="aspectFit" src={signature} />
}

function Facts({ visit }: { visit: VisitView }) {
  const accuracy = visit.accuracy_meters === null ? T.unknown : T.within(visit.accuracy_meters)
  return (
    <View className="cell-group">
      <Cell label={T.distance} value={formatDistance(visit.distance_meters)} />
      <Cell label={T.radius} value={formatDistance(visit.radius_meters)} />
      <Cell label={T.accuracy} value={accuracy} />
      <Cell label={T.decision} value={visit.decision ? VISIT_DECISION_WORDS[visit.decision] : T.unknown} />
      <Cell label={T.checkin} value={formatDateTime(visit.checkin_at)} />
      {visit.captured_at ? <Cell label={T.captured} value={formatDateTime(visit.captured_at)} /> : null}
      <Cell label={T.received} value={formatDateTime(visit.received_at)} />
      <Cell label={T.checkout} value={formatDateTime(visit.checkout_at) || T.notOut} />
      {visit.summary ? <Cell label={T.summary} value={visit.summary} /> : null}
    </View>
  )
}
