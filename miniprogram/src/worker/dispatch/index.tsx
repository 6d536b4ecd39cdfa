import { useState } from 'react'
import { View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import type { WorkOrderRow } from '@shared/api/homecare'
import { Button } from '@/components/button'
import { ListHead } from '@/components/list-head'
import { OrderCard } from '@/components/order-card'
import { Page } from '@/components/page'
import { PagedRows } from '@/components/paged-list'
import { usePagedList } from '@/components/paged-list/use-paged-list'
import { StaffNav } from '@/components/staff-nav'
import { Tabs } from '@/components/tabs'
import { formatDuration } from '@/shared/format'
import { ROUTES } from '@/shared/routes'
import { listWorkOrders, type WorkOrderQuery } from '@/services/work-orders'
import { DISPATCH_TEXTS as T } from './texts'
import './index.scss'

type Listing = 'pool' | 'open' | 'done'

const QUERY: Record<Listing, WorkOrderQuery> = {
  pool: { scope: 'pool' },
  open: { scope: 'all', status: 'open' },
  done: { scope: 'all', status: 'done' },
}

export default function DispatchPage() {
  const [view, setView] = useState<Listing>('pool')
  const [words, setWords] = useState('')
  const orders = usePagedList((page) => listWorkOrders({ ...QUERY[view], q: words, page }), `${view}|${words}`)
  return (
    <Page
      resource={orders}
      header={
        <ListHead placeholder={T.search} onSearch={setWords}>
          <Tabs value={view} options={T.tabs} onChange={setView} />
        </ListHead>
      }
      isEmpty={(rows) => rows.length === 0}
      empty={words ? { icon: 'search', title: T.notFound(words) } : { icon: 'inbox', ...T.empty[view] }}
      nav={<StaffNav current="dispatch" />}
    >
      <View className="dispatch-total numeric">{T.total(orders.total)}</View>
      <PagedRows list={orders} keyOf={({ id }) => id} render={(order) => <DispatchCard order={order} />} />
    </Page>
  )
}

function DispatchCard({ order }: { order: WorkOrderRow }) {
  const open = order.status === 'open' && order.current_step < 6
  const go = (url: string) => () => void Taro.navigateTo({ url })
  return (
    <OrderCard order={order} badge={badgeOf(order)} showWorker onClick={go(ROUTES.order(order.id))}>
      {open ? (
        <Button
          block
          size="sm"
          variant={order.worker_id ? 'secondary' : 'primary'}
          icon={order.worker_id ? 'refresh' : 'user'}
          onClick={go(ROUTES.assign(order.id))}
        >
          {order.worker_id ? T.reassign : T.assign}
        </Button>
      ) : null}
    </OrderCard>
  )
}

function badgeOf(order: WorkOrderRow): { tone: 'warn'; text: string } | undefined {
  if (order.status !== 'open') return undefined
  if (order.assignment_status === 'ASSIGNED') return { tone: 'warn', text: T.unaccepted }
  if (order.worker_id) return undefined
  return { tone: 'warn', text: T.waiting(waitingText(order.created_at)) }
}

const HOUR_MINUTES = 60
const DAY_MINUTES = 24 * HOUR_MINUTES

/** How long nobody has taken it, in one unit. */
function waitingText(createdAt: string): string {
  const minutes = (Date.now() - Date.parse(createdAt)) / 60_000
  if (minutes < HOUR_MINUTES) return formatDuration(minutes)
  if (minutes < DAY_MINUTES) return T.hours(Math.floor(minutes / HOUR_MINUTES))
  return T.days(Math.floor(minutes / DAY_MINUTES))
}
