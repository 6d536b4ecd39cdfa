import Taro from '@tarojs/taro'
import { View } from '@tarojs/components'
import { Button } from '@/components/button'
import { NoticeBar } from '@/components/notice-bar'
import { useAction } from '@/components/page/use-action'
import { ROUTES } from '@/shared/routes'
import { claimWorkOrder } from '@/services/work-orders'
import { ORDERS_TEXTS as T } from './texts'
import './index.scss'

/** Takes an order from the pool and opens it. */
export function ClaimButton({ orderId, onGone }: { orderId: string; onGone: () => void }) {
  const claim = useAction()
  const take = async () => {
    if (!(await claim.run({ orderId }, (key) => claimWorkOrder(orderId, key)))) return
    void Taro.showToast({ title: T.claimed, icon: 'success' })
    await Taro.navigateTo({ url: ROUTES.order(orderId) })
    onGone()
  }
  return (
    <View className="claim">
      {claim.error ? <NoticeBar tone="danger" text={claim.error} /> : null}
      <Button block size="sm" loading={claim.busy} onClick={() => void take()}>
        {T.claim}
      </Button>
    </View>
  )
}
