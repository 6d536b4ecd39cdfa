import { Text, View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import type { TaskRow } from '@shared/api/tasks'
import { TASK_TYPE_RULES } from '@shared/task-types'
import { Card } from '@/components/card'
import { Headline } from '@/components/headline'
import { StatusBadge } from '@/components/status-badge'
import { StepBar } from '@/components/step-bar'
import { COMPONENT_TEXTS as T } from '@/components/texts'
import { formatRelativeDay } from '@/shared/format'
import { ROUTES } from '@/shared/routes'
import './index.scss'

/** A customer's task in a list; a tap opens it. */
export function TaskCard({ task, callToAction }: { task: TaskRow; callToAction?: string }) {
  const { label, summary } = TASK_TYPE_RULES[task.task_type]
  const cancelled = task.status === 'cancelled'
  return (
    <Card className="task-card" onClick={() => void Taro.navigateTo({ url: ROUTES.task(task.task_id) })}>
      <Headline icon={task.task_type} title={task.device_name || summary} facts={[`${label} · ${task.task_id}`]}>
        <StatusBadge step={task.current_step} status={task.status} />
      </Headline>
      <StepBar mode="compact" current={task.current_step} cancelled={cancelled} />
      <View className="task-card__foot">
        <Text className="task-card__fact">{task.engineer_name ? T.worker(task.engineer_name) : T.workerToCome}</Text>
        {callToAction && !cancelled ? (
          <Text className="task-card__call">{callToAction}</Text>
        ) : (
          <Text className="task-card__fact numeric">{formatRelativeDay(task.update_time)}</Text>
        )}
      </View>
    </Card>
  )
}
