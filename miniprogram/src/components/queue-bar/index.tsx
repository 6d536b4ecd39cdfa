import Taro from '@tarojs/taro'
import { NoticeBar } from '@/components/notice-bar'
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
    return online ? null : <NoticeBar tone="warn" icon="offline" text="当前没有网络，记录会先保存在手机上" />
  }
  const refused = entries.filter((entry) => !isWaiting(entry)).length
  const open = () => void Taro.navigateTo({ url: ROUTES.queue })
  if (refused > 0) return <NoticeBar tone="danger" text={`${refused} 条记录未被接受，点按查看原因`} onClick={open} />
  if (sending) return <NoticeBar tone="info" icon="refresh" text={`正在发送 ${entries.length} 条记录`} onClick={open} />
  const text = `${entries.length} 条记录已保存在手机上，${online ? '等待发送' : '有网络后自动发送'}`
  return <NoticeBar tone="warn" icon={online ? 'clock' : 'offline'} text={text} onClick={open} />
}
