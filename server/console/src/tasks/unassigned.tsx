import type { AdminTaskRow } from '@shared/api/admin'
import type { Page } from '@shared/api/common'
import { Empty, Pagination } from 'antd'
import { useAnswer } from '../api/use-query'
import { Panel } from '../shell/page'
import { countText } from '../show/format'
import { Answered } from '../show/states'
import { TYPE_OPTIONS } from '../show/task-words'
import { type Filter, Filters } from '../table/filters'
import { useLastPage, useListState } from '../table/url-state'
import { TaskCard } from './task-card'

const FILTERS: Filter[] = [
  { kind: 'search', name: 'q', label: '搜索任务' },
  { kind: 'choice', name: 'type', label: '类型', options: TYPE_OPTIONS },
]
const NAMES = ['q', 'type']

/** Open tasks nobody has been given, one page at a time. */
export function Unassigned({
  onDrag,
  onChoose,
}: {
  onDrag: (task: AdminTaskRow | null) => void
  onChoose: (task: AdminTaskRow) => void
}) {
  const [{ page, filters }, change] = useListState(NAMES)
  const answer = useAnswer<Page<AdminTaskRow>>({
    path: '/api/v1/admin/tasks',
    params: { ...filters, status: 'open', unassigned: 'true', page, size: 20 },
    topics: ['task'],
  })
  useLastPage(answer.data, (wanted) => change({ page: wanted }))
  return (
    <Panel className="board__pool" title={`待派单${answer.data ? `（${countText(answer.data.total)}）` : ''}`}>
      <div className="toolbar">
        <Filters filters={FILTERS} values={filters} onChange={change} />
      </div>
      <Answered answer={answer}>
        {({ list, total, current, size }) => (
          <>
            {list.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有待派的任务" />}
            <ul className="cards" aria-label="待派单的任务">
              {list.map((task) => (
                <TaskCard key={task.id} task={task} onDrag={onDrag} onChoose={onChoose} />
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
                onChange={(wanted) => change({ page: wanted })}
              />
            )}
          </>
        )}
      </Answered>
    </Panel>
  )
}
