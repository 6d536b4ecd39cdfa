import { Text, View } from '@tarojs/components'
import type { WorkOrderDetail } from '@shared/api/homecare'
import { Card } from '@/components/card'
import { Icon } from '@/components/icon'
import { LocationProblem } from '@/components/location-problem'
import { NoticeBar } from '@/components/notice-bar'
import { RadiusMap } from '@/components/radius-map'
import { a11y } from '@/shared/a11y'
import { formatDistance } from '@/shared/format'
import { CHECKIN_TEXTS as T } from './texts'
import type { Here } from './use-standing'

const TONE_ICON = { ok: 'check', warn: 'navigate', danger: 'alert' } as const

/** How far it is, what that means, and the drawing to scale. */
export function PositionCard({ order, here }: { order: WorkOrderDetail; here: Here }) {
  const { position, standing, site, drawn } = here
  if (position.problem && !position.fix)
    return (
      <Card>
        <LocationProblem problem={position.problem} onRetry={position.restart} />
      </Card>
    )
  return (
    <Card>
      <Distance here={here} />
      {here.error ? <NoticeBar tone="warn" text={here.error} /> : null}
      <View className="checkin__map">
        <RadiusMap site={site} radiusMeters={standing?.radiusMeters ?? order.radius.radiusMeters} fix={drawn} />
      </View>
    </Card>
  )
}

function Distance({ here: { standing, advice, position, online } }: { here: Here }) {
  const { fix } = position
  if (!fix || !standing || !advice)
    return (
      <View className="standing" {...a11y(T.locating, 'status')}>
        <Text className="standing__title">{T.locating}</Text>
        <Text className="standing__text">{T.locatingHint}</Text>
      </View>
    )
  return (
    <View className={`standing standing--${advice.tone}`}>
      <View className="standing__row">
        <View>
          <Text className="standing__label">{T.distance}</Text>
          <Text className="standing__distance numeric">{formatDistance(standing.distanceMeters) || '—'}</Text>
        </View>
        <View className="standing__facts">
          <Text className="standing__fact numeric">{T.accuracy(fix.accuracy)}</Text>
          <Text className="standing__fact numeric">{T.updated(clockOf(fix.reportedAt))}</Text>
        </View>
      </View>
      <View className="standing__advice" {...a11y(`${advice.title} ${advice.text}`, 'status')}>
        <Icon name={online ? TONE_ICON[advice.tone] : 'offline'} size={20} />
        <View className="standing__words">
          <Text className="standing__title">{advice.title}</Text>
          {advice.text ? <Text className="standing__text">{advice.text}</Text> : null}
        </View>
      </View>
    </View>
  )
}

function clockOf(iso: string): string {
  const date = new Date(iso)
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
}
