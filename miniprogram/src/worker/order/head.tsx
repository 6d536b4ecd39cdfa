import type { WorkOrderDetail } from '@shared/api/homecare'
import { TASK_TYPE_RULES } from '@shared/task-types'
import { Card } from '@/components/card'
import { Headline } from '@/components/headline'
import { StepBar } from '@/components/step-bar'
import { progressOf } from '@/shared/progress'
import { useQueue } from '@/stores/offline-queue'

/** What it is and how far it is. */
export function OrderHead({ order }: { order: WorkOrderDetail }) {
  const queue = useQueue((state) => state.entries)
  const { label, summary } = TASK_TYPE_RULES[order.task_type]
  return (
    <Card>
      <Headline
        size="lg"
        icon={order.task_type}
        title={order.device_name || summary}
        facts={[`${label} · ${order.task_id}`]}
      />
      <StepBar current={progressOf(order, queue).step} cancelled={order.status === 'cancelled'} />
    </Card>
  )
}
