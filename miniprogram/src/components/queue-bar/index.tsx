import Taro from '@tarojs/taro'
import { NoticeBar } from '@/components/notice-bar'
import { QUEUE_BAR_TEXTS as T } from '@/components/texts'
import { isWaiting, type QueueEntry } from '@/shared/queue-entry'
import { ROUTES } from '@/shared/routes'
import { useNetwork } from '@/stores/network'
import { useQueue } from '@/stores/offline-queue'

/** One sentence about what is not sent yet, and the way to it; nothing when all is sent and there is network. */
export function QueueBar({ only }: { only?: (entry: QueueEntry) => boolean }) {
  const all = useQueue((queue) => queue.entries)
  const sending = useQueue((queue) => queue.sending)
  const online = useNetwork((network) => network.online)
  const entries = only ? all.filter(only) : all
  if (entries.length === 0) {
    return online ? null : <NoticeBar tone="warn" icon="offline" text={T.offline} />
  }
  const refused = entries.filter((entry) => !isWaiting(entry)).length
  const open = () => void Taro.navigateTo({ url: ROUTES.queue })
  if (refused > 0) return <NoticeBar tone="danger" text={T.refused(refused)} onClick={open} />
  if (sending) return <NoticeBar tone="info" icon="refresh" text={T.sending(entries.length)} onClick={open} />
  const text = (online ? T.waiting : T.waitingOffline)(entries.length)
  return <NoticeBar tone="warn" icon={online ? 'clock' : 'offline'} text={text} onClick={open} />
}
