import { useEffect } from 'react'
import Taro, { usePullDownRefresh, useRouter } from '@tarojs/taro'
import type { WorkOrderDetail } from '@shared/api/homecare'
import { NoticeBar } from '@/components/notice-bar'
import { Page } from '@/components/page'
import { useResource } from '@/components/page/use-resource'
import { QueueBar } from '@/components/queue-bar'
import { formatRelativeDay } from '@/shared/format'
import { seeWorkOrder, type SeenOrder } from '@/services/order-copies'
import { useQueue } from '@/stores/offline-queue'
import { NextStep } from '../next-step'
import { OrderFooter } from './footer'
import { OrderHead } from './head'
import { History } from './history'
import { PlaceCard } from './place-card'
import { DemandCard } from './demand-card'
import { StepRecords } from './step-records'
import { ORDER_TEXTS as T } from './texts'
import { Visits } from './visits'
import './index.scss'

export default function OrderPage() {
  const { id = '' } = useRouter().params
  const seen = useResource(() => seeWorkOrder(id), { key: id, refreshOnShow: true })
  usePullDownRefresh(() => void seen.reload().finally(() => Taro.stopPullDownRefresh()))
  useReloadOnDelivery(id, seen.reload)
  const footer = seen.data ? <OrderFooter order={seen.data.order} onChanged={() => void seen.reload()} /> : null
  return (
    <Page resource={seen} skeleton="detail" footer={footer}>
      {(data) => <OrderBody seen={data} />}
    </Page>
  )
}

/** What was sent from the queue changes the order that is shown. */
function useReloadOnDelivery(orderId: string, reload: () => Promise<void>): void {
  const arrived = useQueue((queue) => queue.delivered.filter(({ workOrderId }) => workOrderId === orderId).length)
  useEffect(() => {
    if (arrived > 0) void reload()
  }, [arrived, reload])
}

function OrderBody({ seen: { order, copiedAt } }: { seen: SeenOrder }) {
  return (
    <>
      {copiedAt ? <NoticeBar tone="warn" icon="offline" text={T.copy(formatRelativeDay(copiedAt))} /> : null}
      <QueueBar only={(entry) => entry.workOrderId === order.id} />
      <OrderHints order={order} />
      <OrderHead order={order} />
      <PlaceCard order={order} />
      <DemandCard order={order} />
      <StepRecords records={order.step_records} />
      <Visits visits={order.visits} />
      <History events={order.events} />
    </>
  )
}

function OrderHints({ order }: { order: WorkOrderDetail }) {
  const located = order.service_latitude !== null || order.status !== 'open' || order.current_step >= 6
  return (
    <>
      <NextStep order={order} />
      {located ? null : <NoticeBar tone="warn" text={T.noLocation} />}
      {order.dispatch_note ? <NoticeBar tone="info" icon="edit" text={`${T.note}：${order.dispatch_note}`} /> : null}
    </>
  )
}
