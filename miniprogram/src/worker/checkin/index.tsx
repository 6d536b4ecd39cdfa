import { useState } from 'react'
import { useRouter } from '@tarojs/taro'
import { Page } from '@/components/page'
import { useResource } from '@/components/page/use-resource'
import { progressOf } from '@/shared/progress'
import { seeWorkOrder } from '@/services/order-copies'
import { useQueue } from '@/stores/offline-queue'
import { CheckinForm } from './form'
import { CheckinDone } from './done'
import './index.scss'

export default function CheckinPage() {
  const { id = '' } = useRouter().params
  const seen = useResource(() => seeWorkOrder(id), { key: id })
  const queue = useQueue((state) => state.entries)
  const delivered = useDeliveredHere(id)
  return (
    <Page resource={seen} skeleton="detail">
      {({ order }) => {
        const { visit, waiting, refused } = progressOf(order, queue)
        const isCheckin = ({ kind }: { kind: string }) => kind === 'checkin'
        const entry = waiting.find(isCheckin) ?? refused.find(isCheckin)
        if (entry) return <CheckinDone orderId={id} refusal={entry.refusal?.text} state="queued" />
        if (delivered) return <CheckinDone orderId={id} state="delivered" />
        if (visit === 'CHECKED_IN') return <CheckinDone orderId={id} state="already" />
        return <CheckinForm order={order} />
      }}
    </Page>
  )
}

/** Whether a check-in of this order arrived since the page was opened; an earlier visit's does not count. */
function useDeliveredHere(orderId: string): boolean {
  const arrived = useQueue(
    ({ delivered }) =>
      delivered.filter(({ kind, workOrderId }) => kind === 'checkin' && workOrderId === orderId).length,
  )
  const [before] = useState(arrived)
  return arrived > before
}
