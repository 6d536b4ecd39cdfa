import type { AdminTaskRow } from '@shared/api/admin'
import { TASK_TYPE_RULES } from '@shared/task-types'
import { Button } from 'antd'
import { Link } from 'react-router-dom'
import { Cut } from '../show/cut'
import { minuteText } from '../show/format'
import { StateTag } from '../show/tag'
import { AttentionTags, TaskState } from '../show/task-words'
import { mayDispatch } from './dispatch-dialog'

interface Props {
  task: AdminTaskRow
  onDrag: (task: AdminTaskRow | null) => void
  onChoose: (task: AdminTaskRow) => void
}

/** A task that can be dragged to a worker; the button does the same without a mouse. */
export function TaskCard({ task, onDrag, onChoose }: Props) {
  const isMovable = mayDispatch(task)
  const verb = task.worker_id ? '改派' : '派单'
  return (
    <li
      className="card"
      draggable={isMovable}
      onDragStart={(event) => {
        event.dataTransfer.setData('text/plain', task.task_id)
        event.dataTransfer.effectAllowed = 'move'
        onDrag(task)
      }}
      onDragEnd={() => onDrag(null)}
    >
      <div className="card__head">
        <Link to={`/tasks/${task.id}`} draggable={false}>
          {task.task_id}
        </Link>
        <StateTag tone="blue">{TASK_TYPE_RULES[task.task_type].label}</StateTag>
        {task.worker_id && <TaskState status={task.status} step={task.current_step} />}
      </div>
      <Cut>{task.device_name}</Cut>
      <span className="soft">
        <Cut>{task.customer_company || task.customer_name}</Cut>
        <Cut>{task.customer_address}</Cut>
      </span>
      <div className="card__foot">
        <span className="card__facts">
          <AttentionTags reasons={task.attention} />
          <span className="soft">
            {task.appointment_time
              ? `预约 ${minuteText(task.appointment_time).slice(5)}`
              : `提交 ${task.create_time.slice(5, 16)}`}
          </span>
        </span>
        {isMovable && (
          <Button size="small" aria-label={`${verb} ${task.task_id}`} onClick={() => onChoose(task)}>
            {verb}
          </Button>
        )}
      </div>
    </li>
  )
}
