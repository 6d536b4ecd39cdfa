import { View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import type { TaskDetail } from '@shared/api/tasks'
import { STEP } from '@shared/task-types'
import { Button } from '@/components/button'
import { ROUTES } from '@/shared/routes'
import { TASK_TEXTS as T } from './texts'
import type { TaskActions } from './use-task-actions'

/** What the customer can do now, the likeliest at the right. */
export function TaskBar({ task, actions }: { task: TaskDetail; actions: TaskActions }) {
  const go = (url: string) => () => void Taro.navigateTo({ url })
  if (task.status === 'cancelled')
    return (
      <Button variant="secondary" block onClick={go(ROUTES.submit(task.task_type))}>
        {T.again}
      </Button>
    )
  if (task.current_step === STEP.evaluated)
    return (
      <Button variant="secondary" block onClick={go(ROUTES.evaluate(task.task_id))}>
        {T.evaluation}
      </Button>
    )
  if (task.can_evaluate)
    return (
      <Button block onClick={go(ROUTES.evaluate(task.task_id))}>
        {T.evaluate}
      </Button>
    )
  return (
    <View className="task-bar">
      {task.can_confirm ? (
        <View className="task-bar__row">
          <Button variant="secondary" block onClick={() => actions.ask('refuse')}>
            {T.refuse}
          </Button>
          <Button block onClick={() => actions.ask('accept')}>
            {T.accept}
          </Button>
        </View>
      ) : null}
      <View className="task-bar__row">
        {task.can_cancel ? (
          <Button variant="quiet" block onClick={() => actions.ask('cancel')}>
            {T.cancel}
          </Button>
        ) : null}
        <Button
          variant={task.can_confirm ? 'quiet' : 'secondary'}
          block
          disabled={!task.can_remind}
          onClick={() => actions.ask('remind')}
        >
          {task.can_remind ? T.remind : T.reminded}
        </Button>
      </View>
    </View>
  )
}
