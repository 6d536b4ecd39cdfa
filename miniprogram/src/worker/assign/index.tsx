import { useState } from 'react'
import { useRouter } from '@tarojs/taro'
import type { WorkOrderDetail } from '@shared/api/homecare'
import { STEP } from '@shared/task-types'
import { Card } from '@/components/card'
import { Cell } from '@/components/cell'
import { EmptyState } from '@/components/empty-state'
import { NoticeBar } from '@/components/notice-bar'
import { Page } from '@/components/page'
import { useResource } from '@/components/page/use-resource'
import { formatDateTime } from '@/shared/format'
import { getWorkOrder } from '@/services/work-orders'
import { AssignForm } from './assign-form'
import { ASSIGN_TEXTS as T } from './texts'
import './index.scss'

export default function AssignPage() {
  const { id = '' } = useRouter().params
  const order = useResource(() => getWorkOrder(id), { key: id })
  return (
    <Page resource={order} skeleton="detail">
      {(data) => <Assign order={data} onGone={() => void order.reload()} />}
    </Page>
  )
}

function Assign({ order, onGone }: { order: WorkOrderDetail; onGone: () => void }) {
  const [words, setWords] = useState('')
  const closed = order.status !== 'open' || order.current_step >= STEP.done
  return (
    <>
      <Card title={order.device_name || order.step_label}>
        <Cell label={T.order} value={order.task_id} />
        <Cell label={T.customer} value={order.customer_company || order.customer_name} />
        <Cell label={T.address} value={order.service_address} />
        {order.appointment_time ? <Cell label={T.appointment} value={formatDateTime(order.appointment_time)} /> : null}
        {order.worker_name ? <Cell label={T.current} value={order.worker_name} /> : null}
      </Card>
      {closed ? <EmptyState icon="check" title={T.closed} /> : null}
      {!closed && order.worker_name ? <NoticeBar text={T.reassignHint(order.worker_name)} /> : null}
      {closed ? null : <AssignForm order={order} words={words} onSearch={setWords} onGone={onGone} />}
    </>
  )
}
