import { useState } from 'react'
import { Text, View } from '@tarojs/components'
import { useDidShow } from '@tarojs/taro'
import { Button } from '@/components/button'
import { Card } from '@/components/card'
import { EmptyState } from '@/components/empty-state'
import { Icon } from '@/components/icon'
import { NoticeBar } from '@/components/notice-bar'
import { Page } from '@/components/page'
import { Section } from '@/components/section'
import { ConfirmSheet } from '@/components/sheet'
import { StaffNav } from '@/components/staff-nav'
import { formatRelativeDay } from '@/shared/format'
import { isWaiting, type QueueEntry } from '@/shared/queue-entry'
import { flushQueue, removeEntry } from '@/services/offline-queue'
import { useNetwork } from '@/stores/network'
import { useQueue } from '@/stores/offline-queue'
import { EntryCard } from './entry-card'
import { QUEUE_TEXTS as T } from './texts'
import './index.scss'

export default function QueuePage() {
  const entries = useQueue((queue) => queue.entries)
  const [leaving, setLeaving] = useState<QueueEntry | null>(null)
  useDidShow(() => void flushQueue())
  const remove = () => {
    if (leaving) void removeEntry(leaving)
    setLeaving(null)
  }
  return (
    <Page nav={<StaffNav current="queue" />}>
      {entries.length === 0 ? (
        <EmptyState icon="check" title={T.empty} hint={T.emptyHint} />
      ) : (
        <>
          <Status entries={entries} />
          {entries.map((entry) => (
            <EntryCard key={entry.seq} entry={entry} onRemove={() => setLeaving(entry)} />
          ))}
        </>
      )}
      <Delivered />
      <ConfirmSheet
        open={leaving !== null}
        danger
        title={T.removeTitle}
        text={T.removeText}
        confirmLabel={T.remove}
        onConfirm={remove}
        onClose={() => setLeaving(null)}
      />
    </Page>
  )
}

/** Network and run, with the button that starts one. */
function Status({ entries }: { entries: QueueEntry[] }) {
  const online = useNetwork((network) => network.online)
  const { sending, stopped } = useQueue()
  return (
    <Card>
      <View className="queue-status">
        <Icon name={online ? 'check' : 'offline'} className={online ? 'queue-status__on' : 'queue-status__off'} />
        <Text className="queue-status__text">{sending ? T.sending : online ? T.online : T.offline}</Text>
        {entries.some(isWaiting) ? (
          <Button size="sm" loading={sending} onClick={() => void flushQueue()}>
            {T.sendAll}
          </Button>
        ) : null}
      </View>
      {stopped && online && !sending ? <NoticeBar tone="warn" text={stopped} /> : null}
    </Card>
  )
}

/** What arrived since the app was opened, so that nobody wonders where it went. */
function Delivered() {
  const delivered = useQueue((queue) => queue.delivered)
  if (delivered.length === 0) return null
  return (
    <Section title={T.delivered}>
      <Card>
        {delivered.map((arrival) => (
          <View key={arrival.clientId} className="delivered">
            <Icon name="check" size={20} className="queue-status__on" />
            <Text className="delivered__text numeric">{`${T.kind[arrival.kind]} · ${arrival.orderNumber}`}</Text>
            <Text className="delivered__time numeric">{formatRelativeDay(arrival.at)}</Text>
          </View>
        ))}
      </Card>
    </Section>
  )
}
