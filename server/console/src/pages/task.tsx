import type { AdminTaskDetail } from '@shared/api/admin'
import { TASK_TYPE_RULES } from '@shared/task-types'
import { Button } from 'antd'
import { useState } from 'react'
import { useParams } from 'react-router-dom'
import { useAnswer } from '../api/use-query'
import { useIsAdmin } from '../session/session'
import { Page } from '../shell/page'
import { Answered } from '../show/states'
import { AttentionTags, TaskState } from '../show/task-words'
import { CancelDialog } from '../tasks/cancel-dialog'
import { Deliveries } from '../tasks/deliveries'
import { DispatchButton } from '../tasks/dispatch-dialog'
import { Facts, Progress } from '../tasks/facts'
import { StepRecords, Submission, Timeline } from '../tasks/history'
import { LocationDialog } from '../tasks/location-dialog'
import { Site } from '../tasks/site'
import { StepDialog, stepChoices } from '../tasks/step-dialog'
import { TaskVisits } from '../tasks/task-visits'

export default function TaskPage() {
  const { id = '' } = useParams()
  const answer = useAnswer<AdminTaskDetail>({
    path: `/api/v1/admin/tasks/${encodeURIComponent(id)}`,
    topics: ['task', 'visit'],
    keep: false,
  })
  if (!answer.data)
    return (
      <Page title="任务">
        <Answered answer={answer}>{() => null}</Answered>
      </Page>
    )
  return <Detail task={answer.data} />
}

type Dialog = 'location' | 'step' | 'cancel'

function Acts({ task, onOpen }: { task: AdminTaskDetail; onOpen: (dialog: Dialog) => void }) {
  const isAdmin = useIsAdmin()
  const isOpen = task.status === 'open'
  return (
    <>
      <DispatchButton task={task} primary />
      {isAdmin && <Button onClick={() => onOpen('location')}>设置服务地点</Button>}
      {stepChoices(task).length > 0 && <Button onClick={() => onOpen('step')}>填写步骤</Button>}
      {isOpen && (
        <Button danger onClick={() => onOpen('cancel')}>
          取消任务
        </Button>
      )}
    </>
  )
}

function Detail({ task }: { task: AdminTaskDetail }) {
  const [dialog, setDialog] = useState<Dialog | null>(null)
  const close = () => setDialog(null)
  return (
    <Page
      title={`${task.task_id} ${task.device_name}`}
      note={
        <span className="tags">
          {TASK_TYPE_RULES[task.task_type].label}
          <TaskState status={task.status} step={task.current_step} />
          <AttentionTags reasons={task.attention} />
        </span>
      }
      actions={<Acts task={task} onOpen={setDialog} />}
    >
      <div className="stack">
        <Progress task={task} />
        <div className="grid grid--detail">
          <div className="stack">
            <Facts task={task} />
            <Submission task={task} />
            <StepRecords task={task} />
            <TaskVisits visits={task.visits} />
            <Deliveries task={task} />
          </div>
          <div className="stack">
            <Site task={task} />
            <Timeline events={task.events} />
          </div>
        </div>
      </div>
      {dialog === 'location' && <LocationDialog task={task} onClose={close} />}
      {dialog === 'step' && <StepDialog task={task} onClose={close} />}
      {dialog === 'cancel' && <CancelDialog task={task} onClose={close} />}
    </Page>
  )
}
