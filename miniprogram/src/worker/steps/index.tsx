import { useEffect } from 'react'
import { useRouter } from '@tarojs/taro'
import type { WorkOrderDetail } from '@shared/api/homecare'
import { STEP } from '@shared/task-types'
import { Card } from '@/components/card'
import { EmptyState } from '@/components/empty-state'
import { Page } from '@/components/page'
import { useResource } from '@/components/page/use-resource'
import { QueueBar } from '@/components/queue-bar'
import { StepBar } from '@/components/step-bar'
import { progressOf } from '@/shared/progress'
import { seeWorkOrder } from '@/services/order-copies'
import { useQueue } from '@/stores/offline-queue'
import { useSession } from '@/stores/session'
import { backToOrder } from '../back-to-order'
import { NextStep } from '../next-step'
import { choicesAt } from './moves'
import { StepForm } from './step-form'
import { STEPS_TEXTS as T } from './texts'
import './index.scss'

export default function StepsPage() {
  const { id = '' } = useRouter().params
  const seen = useResource(() => seeWorkOrder(id), { key: id, refreshOnShow: true })
  const arrived = useQueue((queue) => queue.delivered.filter(({ workOrderId }) => workOrderId === id).length)
  const { reload } = seen
  useEffect(() => {
    if (arrived > 0) void reload()
  }, [arrived, reload])
  return (
    <Page resource={seen} skeleton="form">
      {({ order }) => <Steps order={order} onSaved={() => void reload()} />}
    </Page>
  )
}

function Steps({ order, onSaved }: { order: WorkOrderDetail; onSaved: () => void }) {
  const queue = useQueue((state) => state.entries)
  const isWorker = useSession((session) => session.staff?.user.role === 'HOMECARE_WORKER')
  const { step, visit } = progressOf(order, queue)
  const refusal = refusalOf(order, step, isWorker)
  return (
    <>
      <QueueBar only={(entry) => entry.workOrderId === order.id} />
      <Card>
        <StepBar current={step} cancelled={order.status === 'cancelled'} />
      </Card>
      {refusal && visit !== 'CHECKED_IN' ? null : <NextStep order={order} />}
      {refusal ? (
        <EmptyState icon="check" title={refusal} action={{ label: T.back, onClick: () => backToOrder(order.id) }} />
      ) : (
        <StepForm key={step} order={order} step={step} onSaved={onSaved} />
      )}
    </>
  )
}

/** Why there is no form; '' when there is one. */
function refusalOf(order: WorkOrderDetail, step: number, isWorker: boolean): string {
  if (order.status !== 'open') return T.closed
  if (step >= STEP.done) return T.done
  if (isWorker && order.assignment_status !== 'ACCEPTED') return T.notYet
  return choicesAt(step).length === 0 ? T.notYet : ''
}
