import { useState } from 'react'
import { Text, View } from '@tarojs/components'
import type { TaskDetail } from '@shared/api/tasks'
import { TASK_TYPE_RULES } from '@shared/task-types'
import { Card } from '@/components/card'
import { FileRow } from '@/components/file-row'
import { Headline } from '@/components/headline'
import { Icon } from '@/components/icon'
import { ImageGrid } from '@/components/image-grid'
import { NoticeBar } from '@/components/notice-bar'
import { StatusBadge } from '@/components/status-badge'
import { StepBar, StepList } from '@/components/step-bar'
import { TASK_TEXTS as T } from './texts'

/** What the task is, how far it is, and what the present step says. */
export function ProgressCard({ task }: { task: TaskDetail }) {
  const { label, summary } = TASK_TYPE_RULES[task.task_type]
  const cancelled = task.status === 'cancelled'
  return (
    <Card>
      <Headline
        size="lg"
        icon={task.task_type}
        title={task.device_name || summary}
        facts={[`${label} · ${task.task_id}`]}
      >
        <StatusBadge step={task.current_step} status={task.status} />
      </Headline>
      <StepBar current={task.current_step} cancelled={cancelled} />
      <AllSteps task={task} />
      <StepContent task={task} />
    </Card>
  )
}

function AllSteps({ task }: { task: TaskDetail }) {
  const [open, setOpen] = useState(false)
  return (
    <View>
      <View className="task-steps__toggle" hoverClass="pressed" onClick={() => setOpen(!open)}>
        <Text>{open ? T.hideSteps : T.showSteps}</Text>
        <Icon name="chevron" size={16} className={open ? 'task-steps__arrow--open' : 'task-steps__arrow'} />
      </View>
      {open ? <StepList steps={task.steps} current={task.current_step} /> : null}
    </View>
  )
}

function StepContent({ task }: { task: TaskDetail }) {
  const { description, images, thumbnails, files } = task.step_content
  return (
    <View className="task-now">
      <CallToAct task={task} />
      <Text className="task-now__title">{T.progress}</Text>
      <Text className={description ? 'task-now__text' : 'task-now__text task-now__text--none'}>
        {description || T.noProgress}
      </Text>
      {images.length > 0 ? (
        <View className="task-now__part">
          <ImageGrid images={images} thumbnails={thumbnails} />
        </View>
      ) : null}
      {files.map((file) => (
        <FileRow key={file.url} file={file} />
      ))}
    </View>
  )
}

/** Says so when the task waits for the customer, or why it ended. */
function CallToAct({ task }: { task: TaskDetail }) {
  if (task.status === 'cancelled') {
    return <NoticeBar tone="info" text={task.cancel_reason ? T.cancelledBecause(task.cancel_reason) : T.cancelled} />
  }
  if (task.can_confirm) return <NoticeBar tone="warn" text={T.confirmNotice} />
  return task.can_evaluate ? <NoticeBar tone="warn" icon="star" text={T.evaluateNotice} /> : null
}
