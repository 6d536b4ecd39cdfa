import { Text, View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import type { TaskRow } from '@shared/api/tasks'
import { TASK_TYPE_RULES } from '@shared/task-types'
import { Card } from '@/components/card'
import { Icon } from '@/components/icon'
import { StatusBadge } from '@/components/status-badge'
import { StepBar } from '@/components/step-bar'
import { formatRelativeDay } from '@/shared/format'
import { ROUTES } from '@/shared/routes'
import './index.scss'

/** A customer's task in a list; a tap opens it. */
export function TaskCard({ task, callToAction }: { task: TaskRow; callToAction?: string }) {
  const cancelled = task.status === 'cancelled'
  return (
    <Card className="task-card" onClick={() => void Taro.navigateTo({ url: ROUTES.task(task.task_id) })}>
      <View className="task-card__head">
        <View className="task-card__disc">
          <Icon name={task.task_type} size={20} />
        </View>
        <View className="task-card__names">
          <Text className="task-card__title">{task.device_name || TASK_TYPE_RULES[task.task_type].summary}</Text>
          <Text className="task-card__number numeric">{`${TASK_TYPE_RULES[task.task_type].label} · ${task.task_id}`}</Text>
        </View>
        <StatusBadge step={task.current_step} status={task.status} />
      </View>
      <StepBar mode="compact" current={task.current_step} cancelled={cancelled} />
      <View className="task-card__foot">
        <Text className="task-card__fact">{task.engineer_name ? `工程师 ${task.engineer_name}` : '待安排工程师'}</Text>
        {callToAction && !cancelled ? (
          <Text className="task-card__call">{callToAction}</Text>
        ) : (
          <Text className="task-card__fact numeric">{formatRelativeDay(task.update_time)}</Text>
        )}
      </View>
    </Card>
  )
}
