import type { AdminStaffRow, AdminTaskRow } from '@shared/api/admin'
import { useState } from 'react'
import { Page } from '../shell/page'
import { Unassigned } from '../tasks/unassigned'
import { DispatchDialog } from '../tasks/dispatch-dialog'
import { Workers } from '../tasks/workers'

interface Choice {
  task: AdminTaskRow
  worker?: AdminStaffRow
}

/** Tasks without a worker on the left, workers with what they have on the right. */
export default function BoardPage() {
  const [dragged, setDragged] = useState<AdminTaskRow | null>(null)
  const [choice, setChoice] = useState<Choice | null>(null)
  return (
    <Page title="派单台" note="把任务拖到服务人员上，或用卡片上的“派单”">
      <div className="board">
        <Unassigned onDrag={setDragged} onChoose={(task) => setChoice({ task })} />
        <Workers
          dragged={dragged}
          onDrag={setDragged}
          onChoose={(task, worker) => {
            setDragged(null)
            setChoice({ task, worker })
          }}
        />
      </div>
      {choice && <DispatchDialog task={choice.task} worker={choice.worker} onClose={() => setChoice(null)} />}
    </Page>
  )
}
