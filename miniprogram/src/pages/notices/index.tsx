import { Text, View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import type { Notification } from '@shared/api/notifications'
import { Card } from '@/components/card'
import { Disc } from '@/components/disc'
import { Icon, type IconName } from '@/components/icon'
import { Page } from '@/components/page'
import { PagedRows } from '@/components/paged-list'
import { usePagedList } from '@/components/paged-list/use-paged-list'
import { a11y } from '@/shared/a11y'
import { formatRelativeDay } from '@/shared/format'
import { ROUTES } from '@/shared/routes'
import { listNotices } from '@/services/notices'
import { NOTICES_TEXTS as T } from './texts'
import './index.scss'

const PAGE_SIZE = 20

export default function NoticesPage() {
  const notices = usePagedList((page) => listNotices({ page, size: PAGE_SIZE }))
  return (
    <Page
      resource={notices}
      isEmpty={(rows) => rows.length === 0}
      empty={{ icon: 'bell', title: T.empty, hint: T.emptyHint }}
    >
      <PagedRows list={notices} keyOf={({ id }) => id} render={(notice) => <Notice notice={notice} />} />
    </Page>
  )
}

const ICONS: Record<string, IconName> = {
  DISPATCHED: 'badge',
  REASSIGNED: 'badge',
  ACCEPTED: 'badge',
  CLAIMED: 'badge',
  CHECKED_IN: 'location',
  CHECKED_OUT: 'location',
  PLAN_CONFIRMED: 'check',
  CANCELLED: 'close',
  EVALUATED: 'star',
}

/** One message; a tap opens the task it is about. */
function Notice({ notice }: { notice: Notification }) {
  const { task_id: taskId } = notice
  const open = taskId ? () => void Taro.navigateTo({ url: ROUTES.task(taskId) }) : undefined
  return (
    <Card className="notice" onClick={open}>
      <Disc icon={ICONS[notice.event] ?? 'bell'} className="notice__disc">
        {notice.read ? null : <View className="notice__dot" {...a11y(T.unread)} />}
      </Disc>
      <View className="notice__text">
        <View className="notice__head">
          <Text className="notice__title">{notice.title}</Text>
          <Text className="notice__time numeric">{formatRelativeDay(notice.create_time)}</Text>
        </View>
        <Text className="notice__content">{notice.content}</Text>
        {open ? (
          <View className="notice__more">
            <Text>{T.open}</Text>
            <Icon name="chevron" size={16} />
          </View>
        ) : null}
      </View>
    </Card>
  )
}
