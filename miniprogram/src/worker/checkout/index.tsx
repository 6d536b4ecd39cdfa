import { useRouter } from '@tarojs/taro'
import { Page } from '@/components/page'
import { useResource } from '@/components/page/use-resource'
import { formatDuration } from '@/shared/format'
import { progressOf } from '@/shared/progress'
import { seeWorkOrder } from '@/services/order-copies'
import { useQueue } from '@/stores/offline-queue'
import { Ended } from './ended'
import { CheckoutForm } from './form'
import { CHECKOUT_TEXTS as T } from './texts'
import './index.scss'

export default function CheckoutPage() {
  const { id = '' } = useRouter().params
  const seen = useResource(() => seeWorkOrder(id), { key: id })
  const queue = useQueue((state) => state.entries)
  return (
    <Page resource={seen} skeleton="detail">
      {({ order }) => {
        const { visit, waiting, refused } = progressOf(order, queue)
        const entry = [...waiting, ...refused].find(({ kind }) => kind === 'checkout')
        if (entry?.refusal) return <Ended orderId={id} tone="danger" title={T.refused} hint={entry.refusal.text} />
        if (entry) return <Ended orderId={id} tone="warn" title={T.queued} hint={T.queuedHint} />
        if (visit !== 'CHECKED_IN') return <Ended orderId={id} tone="warn" title={T.notIn} hint="" />
        const done = (minutes: number) => (
          <Ended orderId={id} tone="ok" title={T.done} hint={T.doneHint(formatDuration(minutes))} />
        )
        return <CheckoutForm order={order} done={done} />
      }}
    </Page>
  )
}
