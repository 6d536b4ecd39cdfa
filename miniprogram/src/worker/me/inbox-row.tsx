import { Text, View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import type { Notification } from '@shared/api/notifications'
import { Card } from '@/components/card'
import { Badge } from '@/components/status-badge'
import { formatRelativeDay } from '@/shared/format'
import { ROUTES } from '@/shared/routes'
import { ME_TEXTS as T } from './texts'

/** One message; a tap opens the order it is about. */
export function InboxRow({ notice }: { notice: Notification }) {
  const orderId = notice.task_id
  const open = orderId ? () => void Taro.navigateTo({ url: ROUTES.order(orderId) }) : undefined
  return (
    <Card onClick={open} className="notice-row">
      <View className="notice-row__head">
        <Text className="notice-row__title">{notice.title}</Text>
        {notice.read ? null : <Badge tone="danger">{T.unread}</Badge>}
        <Text className="notice-row__time numeric">{formatRelativeDay(notice.create_time)}</Text>
      </View>
      <View className="notice-row__text">{notice.content}</View>
    </Card>
  )
}
