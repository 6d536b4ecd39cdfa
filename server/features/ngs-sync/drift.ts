import type { TaskStatus } from '../../../types/task-types'
import { shanghaiTime } from '../../time'
import type { OutboxRow } from '../outbox/repository'
import type { NgsSyncRepository } from './repository'

type DriftTask = Awaited<ReturnType<NgsSyncRepository['drift']>>['rows'][number]
type DriftEntry = Pick<OutboxRow, 'id' | 'topic' | 'state' | 'waiting_for' | 'last_error' | 'created_at'>

const EXPECTED: Record<TaskStatus, string> = { open: 'open', closed: 'closed', cancelled: 'failed' }
const KNOWN: Record<string, string> = { 'ngs.send': 'open', 'ngs.close': 'closed', 'ngs.failedClose': 'failed' }

/** One disagreement: what ngs should hold, what it was told last, and what stands in the way. */
export function toDrift(task: DriftTask, entries: DriftEntry[]) {
  const sent = entries.filter((entry) => entry.state === 'SENT').map((entry) => KNOWN[entry.topic])
  const unsent = entries.filter((entry) => entry.state !== 'SENT')
  const [blocking] = unsent
  return {
    id: task.id,
    task_id: task.task_id,
    status: task.status,
    current_step: task.current_step,
    ngs_oid: task.ngs_oid,
    ngs_task_id: task.ngs_task_id,
    expected: EXPECTED[task.status],
    known: sent.findLast((state) => state !== undefined) ?? 'none',
    reason: blocking ? reasonOf(blocking) : 'NEVER_SENT',
    detail: blocking?.last_error ?? null,
    outbox_id: blocking?.id ?? null,
    unsent: unsent.map((entry) => entry.topic),
    since: shanghaiTime(blocking?.created_at ?? task.create_time),
  }
}

function reasonOf({ state, waiting_for }: DriftEntry): string {
  if (state === 'UNKNOWN' || state === 'DEAD') return state
  return waiting_for ? `WAITING_${waiting_for}` : 'LATE'
}
