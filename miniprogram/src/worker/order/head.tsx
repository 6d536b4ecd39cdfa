import { Text, View } from '@tarojs/components'
import type { WorkOrderDetail } from '@shared/api/homecare'
import { TASK_TYPE_RULES } from '@shared/task-types'
import { Card } from '@/components/card'
import { Icon } from '@/components/icon'
import { StepBar } from '@/components/step-bar'
import { progressOf } from '@/shared/progress'
import { useQueue } from '@/stores/offline-queue'

/** What it is and how far it is. */
export function OrderHead({ order }: { order: WorkOrderDetail }) {
  const queue = useQueue((state) => state.entries)
  const rule = TASK_TYPE_RULES[order.task_type]
  return (
    <Card>
      <View className="order-head">
        <View className="order-head__disc">
          <Icon name={order.task_type} />
        </View>
        <View className="order-head__names">
          <Text className="order-head__title">{order.device_name || rule.summary}</Text>
          <Text className="order-head__number numeric" userSelect>{`${rule.label} · ${order.task_id}`}</Text>
        </View>
      </View>
      <StepBar current={progressOf(order, queue).step} cancelled={order.status === 'cancelled'} />
    </Card>
  )
}
