import type { ReactNode } from 'react'
import { Text, View } from '@tarojs/components'
import type { WorkOrderRow } from '@shared/api/homecare'
import { TASK_TYPE_RULES } from '@shared/task-types'
import { Card } from '@/components/card'
import { Headline } from '@/components/headline'
import { Icon, type IconName } from '@/components/icon'
import { Badge, StatusBadge, type BadgeTone } from '@/components/status-badge'
import { COMPONENT_TEXTS as T } from '@/components/texts'
import { formatRelativeDay } from '@/shared/format'
import './index.scss'

interface OrderCardProps {
  order: WorkOrderRow
  onClick: () => void
  /** Instead of the badge of step or assignment. */
  badge?: { tone: BadgeTone; text: string }
  /** Who works on it, for dispatchers. */
  showWorker?: boolean
  /** Buttons below the facts. */
  children?: ReactNode
}

/** A work order in a list of the staff: what, for whom, where and when. */
export function OrderCard({ order, onClick, badge, showWorker, children }: OrderCardProps) {
  const { label, summary } = TASK_TYPE_RULES[order.task_type]
  return (
    <Card className="order-card">
      <View className="order-card__body" hoverClass="pressed" onClick={onClick}>
        <Headline icon={order.task_type} title={order.device_name || summary} facts={[`${label} · ${order.task_id}`]}>
          {badge ? (
            <Badge tone={badge.tone}>{badge.text}</Badge>
          ) : (
            <StatusBadge step={order.current_step} status={order.status} />
          )}
        </Headline>
        <Fact icon="building" text={order.customer_company || order.customer_name} />
        <Fact icon="location" text={order.service_address} />
        {order.appointment_time ? (
          <Fact icon="calendar" text={T.appointment(formatRelativeDay(order.appointment_time))} strong />
        ) : null}
        {showWorker ? <Fact icon="user" text={order.worker_name || T.noWorker} /> : null}
      </View>
      {children ? <View className="order-card__actions">{children}</View> : null}
    </Card>
  )
}

function Fact({ icon, text, strong }: { icon: IconName; text: string; strong?: boolean }) {
  return (
    <View className={`order-card__fact ${strong ? 'order-card__fact--strong' : ''}`}>
      <Icon name={icon} size={16} className="order-card__icon" />
      <Text className="order-card__text">{text}</Text>
    </View>
  )
}
