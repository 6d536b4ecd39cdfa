import type { AdminStaffRow, AdminTaskRow } from '@shared/api/admin'
import type { Page } from '@shared/api/common'
import { Button, Empty, Pagination } from 'antd'
import { useState } from 'react'
import { useAnswer } from '../api/use-query'
import { Panel } from '../shell/page'
import { Cut } from '../show/cut'
import { Answered } from '../show/states'
import { type Filter, Filters } from '../table/filters'
import { useLastPage, useListState, wholeNumber } from '../table/url-state'
import { TaskCard } from './task-card'

interface Props {
  /** The task under the mouse, while one is dragged. */
  dragged: AdminTaskRow | null
  onDrag: (task: AdminTaskRow | null) => void
  onChoose: (task: AdminTaskRow, worker?: AdminStaffRow) => void
}

/** A column fills up at so many open tasks. */
const FULL_LOAD = 8
const PAGE_SIZE = 12

const FILTERS: Filter[] = [{ kind: 'search', name: 'worker_q', label: '搜索服务人员' }]

export function Workers({ dragged, onDrag, onChoose }: Props) {
  const [state, change] = useListState(['worker_q', 'worker_page'])
  // The tasks beside it are a list of this address too: its page stays.
  const turn = (changes: Record<string, string | number | undefined>) => change({ ...changes, page: state.page })
  const { worker_q: q } = state.filters
  const page = wholeNumber(state.filters.worker_page, 1)
  const answer = useAnswer<Page<AdminStaffRow>>({
    path: '/api/v1/admin/staff',
    params: { role: 'HOMECARE_WORKER', active: true, q, page, size: PAGE_SIZE },
    topics: ['task'],
  })
  useLastPage(answer.data, (worker_page) => turn({ worker_page }))
  return (
    <Panel className="board__workers" title="服务人员">
      <div className="toolbar">
        <Filters
          filters={FILTERS}
          values={state.filters}
          onChange={(changes) => turn({ ...changes, worker_page: undefined })}
        />
      </div>
      <Answered answer={answer}>
        {({ list, total, current, size }) => (
          <>
            {list.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有符合的服务人员" />}
            <ul className="columns">
              {list.map((worker) => (
                <Column key={worker.id} worker={worker} dragged={dragged} onDrag={onDrag} onChoose={onChoose} />
              ))}
            </ul>
            {total > size && (
              <Pagination
                className="pages"
                size="small"
                current={current}
                pageSize={size}
                total={total}
                showSizeChanger={false}
                onChange={(worker_page) => turn({ worker_page })}
              />
            )}
          </>
        )}
      </Answered>
    </Panel>
  )
}

/** One worker: how much there is to do, and on demand what; a task dropped here is offered to them. */
function Column({ worker, dragged, onDrag, onChoose }: Props & { worker: AdminStaffRow }) {
  const [isOver, setIsOver] = useState(false)
  const [isOpen, setIsOpen] = useState(false)
  const isTarget = dragged !== null && dragged.worker_id !== worker.id
  return (
    <li
      className={`column ${isTarget ? 'column--target' : ''} ${isTarget && isOver ? 'column--over' : ''}`}
      onDragOver={(event) => {
        if (!isTarget) return
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setIsOver(false)
        if (isTarget) onChoose(dragged, worker)
      }}
    >
      <div className="column__head">
        <strong className="column__name">
          <Cut>{worker.full_name}</Cut>
        </strong>
        <span className="soft">在办 {worker.load} 单</span>
      </div>
      <meter className="load" min={0} max={FULL_LOAD} high={FULL_LOAD * 0.75} value={worker.load} aria-hidden />
      <div className="column__head">
        <span className="soft">{worker.phone}</span>
        {worker.load > 0 && (
          <Button
            type="link"
            size="small"
            aria-expanded={isOpen}
            aria-label={`${isOpen ? '收起' : '查看任务'} ${worker.full_name}`}
            onClick={() => setIsOpen(!isOpen)}
          >
            {isOpen ? '收起' : '查看任务'}
          </Button>
        )}
      </div>
      {isOpen && <WorkerTasks worker={worker} onDrag={onDrag} onChoose={(task) => onChoose(task)} />}
    </li>
  )
}

function WorkerTasks({
  worker,
  onDrag,
  onChoose,
}: Pick<Props, 'onDrag'> & { worker: AdminStaffRow; onChoose: (task: AdminTaskRow) => void }) {
  const answer = useAnswer<Page<AdminTaskRow>>({
    path: '/api/v1/admin/tasks',
    params: { worker_id: worker.id, status: 'open', done: false, page: 1, size: 20 },
    topics: ['task'],
  })
  return (
    <Answered answer={answer}>
      {({ list }) => (
        <ul className="cards" aria-label={`${worker.full_name} 的任务`}>
          {list.map((task) => (
            <TaskCard key={task.id} task={task} onDrag={onDrag} onChoose={onChoose} />
          ))}
        </ul>
      )}
    </Answered>
  )
}
