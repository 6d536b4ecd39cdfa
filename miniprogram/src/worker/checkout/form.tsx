import { useEffect, useState, type ReactNode } from 'react'
import { Text, View } from '@tarojs/components'
import type { WorkOrderDetail } from '@shared/api/homecare'
import { Button } from '@/components/button'
import { Card } from '@/components/card'
import { LocationProblem } from '@/components/location-problem'
import { usePosition, type LivePosition } from '@/components/location-problem/use-position'
import { NoticeBar } from '@/components/notice-bar'
import { RadiusMap } from '@/components/radius-map'
import { Textarea } from '@/components/textarea'
import { formatDistance, formatDuration, formatRelativeDay } from '@/shared/format'
import { distanceMeters } from '@shared/geo'
import { drawnPosition } from '@/services/location'
import { useNetwork } from '@/stores/network'
import { useQueue } from '@/stores/offline-queue'
import { CHECKOUT_TEXTS as T } from './texts'
import { useCheckout } from './use-checkout'

interface FormProps {
  order: WorkOrderDetail
  /** What stands in the form's place once the visit has ended. */
  done: (minutes: number) => ReactNode
}

/** Where one is, what was done, and the button that ends the visit. */
export function CheckoutForm({ order, done }: FormProps) {
  const position = usePosition()
  const online = useNetwork((network) => network.online)
  const form = useCheckout(order, position.fix)
  if (form.minutes !== null) return <>{done(form.minutes)}</>
  return (
    <>
      <OnSite order={order} />
      <Card>
        <Textarea
          label={T.summary}
          required
          maxLength={2000}
          value={form.summary}
          onChange={form.write}
          placeholder={T.summaryPlaceholder}
          error={form.wrong.summary}
        />
        {form.wrong.position ? <NoticeBar tone="danger" text={form.wrong.position} /> : null}
        {form.failure ? <NoticeBar tone="danger" text={form.failure} /> : null}
        <View className="checkout-submit">
          <Button block loading={form.busy} onClick={() => void form.submit()}>
            {online ? T.submit : T.submitOffline}
          </Button>
        </View>
      </Card>
      <Place order={order} position={position} />
    </>
  )
}

/** Since when the visit lasts: as the server knows it, else as the queue does. */
function OnSite({ order }: { order: WorkOrderDetail }) {
  const queued = useQueue((queue) =>
    queue.entries.find(({ kind, workOrderId }) => kind === 'checkin' && workOrderId === order.id),
  )
  const since = order.visits.find(({ checkout_at }) => checkout_at === null)?.checkin_at ?? queued?.capturedAt
  const now = useClock()
  if (!since) return null
  return (
    <Card>
      <Text className="on-site__time numeric">{T.since(formatDuration((now - Date.parse(since)) / 60_000))}</Text>
      <Text className="on-site__since numeric">{T.checkinAt(formatRelativeDay(since))}</Text>
    </Card>
  )
}

const TICK_MS = 20_000

/** The present time, often enough for minutes. */
function useClock(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  return now
}

function Place({ order, position }: { order: WorkOrderDetail; position: LivePosition }) {
  const { fix, problem, restart } = position
  const { service_latitude: latitude, service_longitude: longitude } = order
  const site = latitude === null || longitude === null ? null : { latitude, longitude }
  if (!fix && problem)
    return (
      <Card>
        <LocationProblem problem={problem} onRetry={restart} />
      </Card>
    )
  const drawn = fix && { ...drawnPosition(fix), accuracy: fix.accuracy }
  const words = drawn && site ? T.here(formatDistance(distanceMeters(site, drawn))) : T.locating
  return (
    <Card>
      <View className="on-site__place">{words}</View>
      <RadiusMap site={site} radiusMeters={order.radius.radiusMeters} fix={drawn} />
    </Card>
  )
}
