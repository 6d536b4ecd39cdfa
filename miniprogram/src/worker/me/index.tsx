import { useState } from 'react'
import { Text, View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import { Card } from '@/components/card'
import { Cell } from '@/components/cell'
import { EmptyState } from '@/components/empty-state'
import { Icon } from '@/components/icon'
import { Page } from '@/components/page'
import { PagedRows } from '@/components/paged-list'
import { usePagedList, type PagedList } from '@/components/paged-list/use-paged-list'
import { Section } from '@/components/section'
import { StaffNav } from '@/components/staff-nav'
import { ROUTES } from '@/shared/routes'
import { listStaffNotices } from '@/services/notices'
import { useQueue } from '@/stores/offline-queue'
import { useSession } from '@/stores/session'
import type { Notification } from '@shared/api/notifications'
import { InboxRow } from './inbox-row'
import { LogoutCell } from './logout-cell'
import { PasswordSheet } from './password-sheet'
import { ME_TEXTS as T } from './texts'
import './index.scss'

export default function MePage() {
  const notices = usePagedList((page) => listStaffNotices({ page, size: 20 }))
  return (
    <Page resource={notices} header={<Account />} nav={<StaffNav current="me" />}>
      <Inbox notices={notices} />
    </Page>
  )
}

/** Who is logged in and what they may do with their account; there whatever becomes of the messages. */
function Account() {
  const staff = useSession((session) => session.staff?.user)
  const unsent = useQueue((queue) => queue.entries.length)
  const [changing, setChanging] = useState(false)
  if (!staff) return null
  return (
    <View className="me">
      <View className="me__head">
        <View className="me__disc">
          <Icon name="user" size={28} />
        </View>
        <View className="me__names">
          <Text className="me__name">{staff.full_name}</Text>
          <Text className="me__fact">{`${T.role[staff.role]} · ${staff.email}`}</Text>
        </View>
      </View>
      <Card className="cell-group">
        {staff.role === 'HOMECARE_WORKER' ? (
          <Cell
            icon="refresh"
            label={T.queue}
            value={T.queueCount(unsent)}
            onClick={() => void Taro.redirectTo({ url: ROUTES.queue })}
          />
        ) : null}
        <Cell icon="lock" label={T.password} onClick={() => setChanging(true)} />
        <Cell icon="shield" label={T.privacy} onClick={() => void Taro.navigateTo({ url: ROUTES.privacy })} />
        <Cell icon="building" label={T.customer} onClick={() => void Taro.switchTab({ url: ROUTES.home })} />
        <LogoutCell />
      </Card>
      <PasswordSheet open={changing} onClose={() => setChanging(false)} />
    </View>
  )
}

function Inbox({ notices }: { notices: PagedList<Notification> }) {
  return (
    <Section title={T.inbox}>
      {notices.data.length === 0 ? (
        <EmptyState icon="bell" title={T.inboxEmpty} hint={T.inboxHint} />
      ) : (
        <PagedRows list={notices} keyOf={({ id }) => id} render={(notice) => <InboxRow notice={notice} />} />
      )}
    </Section>
  )
}
