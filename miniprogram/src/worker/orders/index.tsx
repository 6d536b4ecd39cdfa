import { useState } from 'react'
import Taro, { useDidShow } from '@tarojs/taro'
import type { Page as Rows } from '@shared/api/common'
import type { WorkOrderRow } from '@shared/api/homecare'
import { STEP } from '@shared/task-types'
import { NoticeBar } from '@/components/notice-bar'
import { OrderCard } from '@/components/order-card'
import { Page } from '@/components/page'
import { PagedRows } from '@/components/paged-list'
import { usePagedList } from '@/components/paged-list/use-paged-list'
import { QueueBar } from '@/components/queue-bar'
import { StaffNav } from '@/components/staff-nav'
import { Tabs } from '@/components/tabs'
import { ApiError } from '@/shared/api-error'
import { progressOf } from '@/shared/progress'
import type { QueueEntry } from '@/shared/queue-entry'
import { ROUTES } from '@/shared/routes'
import { flushQueue } from '@/services/offline-queue'
import { copiedOrders } from '@/services/order-copies'
import { listWorkOrders, type WorkOrderQuery } from '@/services/work-orders'
import { useQueue } from '@/stores/offline-queue'
import { ClaimButton } from './claim-button'
import { ORDERS_TEXTS as T } from './texts'

type View = 'mine' | 'pool' | 'done'

const QUERY: Record<View, WorkOrderQuery> = {
  mine: { scope: 'mine', status: 'open' },
  pool: { scope: 'pool' },
  done: { scope: 'mine', status: 'done' },
}

interface Loaded extends Rows<WorkOrderRow> {
  copies?: boolean
}

/** A page of the list; without network what this phone has seen of it. */
async function load(view: View, page: number): Promise<Loaded> {
  try {
    return await listWorkOrders({ ...QUERY[view], page })
  } catch (error) {
    const list = view === 'mine' && error instanceof ApiError && error.isOffline ? copiedOrders() : []
    if (list.length === 0) throw error
    return { total: list.length, pages: 1, current: 1, size: list.length, list, copies: true }
  }
}

export default function OrdersPage() {
  const [view, setView] = useState<View>('mine')
  const [copies, setCopies] = useState(false)
  const orders = usePagedList(async (page) => {
    const loaded = await load(view, page)
    setCopies(loaded.copies ?? false)
    return loaded
  }, view)
  const queue = useQueue((state) => state.entries)
  useDidShow(() => void flushQueue())
  return (
    <Page
      resource={orders}
      header={<Tabs value={view} options={T.tabs} onChange={setView} />}
      isEmpty={(rows) => rows.length === 0}
      empty={{ icon: 'list', ...T.empty[view] }}
      nav={<StaffNav current="orders" />}
    >
      <QueueBar />
      {copies ? <NoticeBar tone="warn" icon="offline" text={T.copies} /> : null}
      <PagedRows
        list={orders}
        keyOf={({ id }) => id}
        render={(order) => (
          <OrderCard
            order={order}
            badge={badgeOf(order, queue)}
            onClick={() => void Taro.navigateTo({ url: ROUTES.order(order.id) })}
          >
            {view === 'pool' ? <ClaimButton orderId={order.id} onGone={() => void orders.reload()} /> : null}
          </OrderCard>
        )}
      />
    </Page>
  )
}

function badgeOf(order: WorkOrderRow, queue: QueueEntry[]): { tone: 'warn' | 'ok'; text: string } | undefined {
  if (order.status !== 'open') return undefined
  if (order.assignment_status === 'ASSIGNED') return { tone: 'warn', text: T.accept }
  const { step, visit, waiting } = progressOf(order, queue)
  if (waiting.some(({ kind }) => kind === 'checkin')) return { tone: 'warn', text: T.checkinWaiting }
  if (visit === 'CHECKED_IN') return { tone: 'ok', text: T.checkedIn }
  return visit === 'CHECKED_OUT' && step === STEP.execution ? { tone: 'warn', text: T.comeBack } : undefined
}
