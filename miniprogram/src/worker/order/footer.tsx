import { useState } from 'react'
import { View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import type { WorkOrderDetail } from '@shared/api/homecare'
import { Button } from '@/components/button'
import { NoticeBar } from '@/components/notice-bar'
import { useAction } from '@/components/page/use-action'
import { progressOf } from '@/shared/progress'
import { ROUTES } from '@/shared/routes'
import { acceptWorkOrder, claimWorkOrder } from '@/services/work-orders'
import { useQueue } from '@/stores/offline-queue'
import { useSession } from '@/stores/session'
import { actionsOf, type OrderAction } from './actions'
import { ReasonSheet, type ReasonFor } from './reason-sheet'
import { ORDER_TEXTS as T } from './texts'

interface FooterProps {
  order: WorkOrderDetail
  onChanged: () => void
}

const LABEL: Record<Exclude<OrderAction, 'checkin'>, string> = {
  claim: T.claim,
  accept: T.accept,
  reject: T.reject,
  giveBack: T.reject,
  checkout: T.checkout,
  steps: T.stepsAction,
  assign: T.assign,
  reassign: T.reassign,
  cancel: T.cancel,
}
const OPENS: Partial<Record<OrderAction, (id: string) => string>> = {
  checkin: ROUTES.checkin,
  checkout: ROUTES.checkout,
  steps: ROUTES.steps,
  assign: ROUTES.assign,
  reassign: ROUTES.assign,
}
const ASKS: Partial<Record<OrderAction, ReasonFor>> = { reject: 'reject', giveBack: 'reject', cancel: 'cancel' }

/** What can be done now; the most important at the right, where the thumb is. */
export function OrderFooter({ order, onChanged }: FooterProps) {
  const me = useSession((session) => session.staff?.user)
  const queue = useQueue((state) => state.entries)
  const [asking, setAsking] = useState<ReasonFor | null>(null)
  const action = useAction()
  if (!me) return null
  const progress = progressOf(order, queue)
  const actions = actionsOf(order, progress, me)
  if (actions.length === 0) return null

  const act = async (kind: OrderAction) => {
    const open = OPENS[kind]
    if (open) return void Taro.navigateTo({ url: open(order.id) })
    const reason = ASKS[kind]
    if (reason) return setAsking(reason)
    const call = kind === 'claim' ? claimWorkOrder : acceptWorkOrder
    if (await action.run({ kind, id: order.id }, (key) => call(order.id, key)))
      void Taro.showToast({ title: T.accepted, icon: 'success' })
    // A refusal says that the order is no longer as it is shown.
    onChanged()
  }
  const label = (kind: OrderAction) => {
    if (kind !== 'checkin') return LABEL[kind]
    return progress.visit === 'CHECKED_OUT' ? T.checkinAgain : T.checkin
  }
  return (
    <View className="order-footer">
      {action.error ? <NoticeBar tone="danger" text={action.error} /> : null}
      <View className="order-footer__row">
        {actions.map((kind, index) => (
          <Button
            key={kind}
            block={index > 0 || actions.length < 3}
            variant={variantOf(kind, index === actions.length - 1)}
            loading={action.busy && index === actions.length - 1}
            onClick={() => void act(kind)}
          >
            {label(kind)}
          </Button>
        ))}
      </View>
      <ReasonSheet about={asking} orderId={order.id} onClose={() => setAsking(null)} onDone={onChanged} />
    </View>
  )
}

function variantOf(kind: OrderAction, main: boolean): 'primary' | 'secondary' | 'quiet' {
  if (kind === 'cancel' || kind === 'giveBack') return 'quiet'
  return main ? 'primary' : 'secondary'
}
