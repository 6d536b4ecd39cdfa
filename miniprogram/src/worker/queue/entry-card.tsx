import { Image, View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import { STEP_LABELS } from '@shared/task-types'
import { Button } from '@/components/button'
import { Card } from '@/components/card'
import { Headline } from '@/components/headline'
import type { IconName } from '@/components/icon'
import { Badge, type BadgeTone } from '@/components/status-badge'
import { formatRelativeDay } from '@/shared/format'
import { isWaiting, type QueueEntry } from '@/shared/queue-entry'
import { ROUTES } from '@/shared/routes'
import { retryEntry } from '@/services/offline-queue'
import { useQueue } from '@/stores/offline-queue'
import { useSession } from '@/stores/session'
import { QUEUE_TEXTS as T } from './texts'
import { usePhotoPaths } from './use-photo-paths'

const KIND_ICON: Record<QueueEntry['kind'], IconName> = {
  checkin: 'location',
  checkout: 'logout',
  step: 'edit',
  fix: 'navigate',
}

/** Something that is not on the server yet: what, of which order, why not, and what can be done. */
export function EntryCard({ entry, onRemove }: { entry: QueueEntry; onRemove: () => void }) {
  const mine = useSession((session) => session.staff?.user.id === entry.staffId)
  const open = () => void Taro.navigateTo({ url: ROUTES.order(entry.workOrderId) })
  return (
    <Card className="queue-entry">
      <View hoverClass="pressed" onClick={open}>
        <Headline
          icon={KIND_ICON[entry.kind]}
          title={titleOf(entry)}
          facts={[`${entry.title} · ${entry.orderNumber}`, factsOf(entry)]}
        >
          <StateBadge entry={entry} />
        </Headline>
      </View>
      <Photos entry={entry} />
      {entry.refusal ? <View className="queue-entry__refusal">{entry.refusal.text}</View> : null}
      {mine ? null : <View className="queue-entry__other">{T.other(entry.staffName)}</View>}
      <View className="queue-entry__actions">
        <Button size="sm" variant="quiet" icon="trash" onClick={onRemove}>
          {T.remove}
        </Button>
        {entry.refusal && mine ? (
          <Button size="sm" variant="secondary" icon="refresh" onClick={() => void retryEntry(entry)}>
            {T.retry}
          </Button>
        ) : null}
      </View>
    </Card>
  )
}

function titleOf({ kind, payload }: QueueEntry): string {
  const label = kind === 'step' ? STEP_LABELS[Number(payload.step)] : undefined
  return label ? `${T.kind[kind]}：${label}` : T.kind[kind]
}

function factsOf({ capturedAt, photos, payload }: QueueEntry): string {
  const facts = [T.capturedAt(formatRelativeDay(capturedAt))]
  if (photos.length > 0) facts.push(T.photos(photos.length))
  if (payload.signature) facts.push(T.signed)
  return facts.join(' · ')
}

function StateBadge({ entry }: { entry: QueueEntry }) {
  const sending = useQueue((queue) => queue.sending)
  const current = useQueue((queue) => queue.current)
  const [tone, text] = stateOf(entry, { sending, current })
  return <Badge tone={tone}>{text}</Badge>
}

function stateOf(
  entry: QueueEntry,
  { sending, current }: { sending: boolean; current: { clientId: string; percent: number } | null },
): [BadgeTone, string] {
  if (!isWaiting(entry)) return ['danger', T.refused]
  if (current?.clientId === entry.clientId) return ['info', T.current(current.percent)]
  return sending ? ['info', T.sending] : ['warn', T.waiting]
}

function Photos({ entry }: { entry: QueueEntry }) {
  const paths = usePhotoPaths(entry.photos)
  if (paths.length === 0) return null
  return (
    <View className="queue-entry__photos">
      {paths.map((path) => (
        <Image
          key={path}
          className="queue-entry__photo"
          mode="aspectFill"
          src={path}
          onClick={() => void Taro.previewImage({ urls: paths, current: path })}
        />
      ))}
    </View>
  )
}
