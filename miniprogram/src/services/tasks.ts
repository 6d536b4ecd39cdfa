import type { Page } from '@shared/api/common'
import type {
  Evaluation,
  EvaluationRecord,
  TaskCreated,
  TaskDetail,
  TaskRow,
  TaskSubmission,
  TimelineEntry,
} from '@shared/api/tasks'
import type { TaskStatus, TaskType } from '@shared/task-types'
import { callAsCustomer } from './api'

const taskPath = (id: string) => `/api/v1/tasks/${encodeURIComponent(id)}`

export interface TaskQuery {
  status?: TaskStatus
  type?: TaskType
  q?: string
  /** From 1. */
  page?: number
  /** 1–100, 10 when left out. */
  size?: number
}

/** Own tasks, newest first. */
export function listTasks(query: TaskQuery = {}): Promise<Page<TaskRow>> {
  return callAsCustomer({ path: '/api/v1/tasks', query: { ...query } })
}

/** One own task by T-number or UUID; throws `not-found` for somebody else's. */
export function getTask(id: string): Promise<TaskDetail> {
  return callAsCustomer({ path: taskPath(id) })
}

/** Submits a task; the same key and content twice makes one task. */
export function createTask(submission: TaskSubmission, idempotencyKey: string): Promise<TaskCreated> {
  return callAsCustomer({ method: 'POST', path: '/api/v1/tasks', body: submission, idempotencyKey, timeoutMs: 30_000 })
}

/** What happened to a task, oldest first. */
export function listTimeline(id: string): Promise<{ list: TimelineEntry[] }> {
  return callAsCustomer({ path: `${taskPath(id)}/timeline` })
}

/** Step 4: accepts the plan (→ 5) or sends it back (→ 3) with a comment. */
export function confirmPlan(
  id: string,
  decision: { accept: boolean; comment?: string },
  idempotencyKey: string,
): Promise<unknown> {
  return callAsCustomer({ method: 'POST', path: `${taskPath(id)}/confirm`, body: decision, idempotencyKey })
}

/** Cancels before step 5. */
export function cancelTask(id: string, reason: string, idempotencyKey: string): Promise<unknown> {
  return callAsCustomer({ method: 'POST', path: `${taskPath(id)}/cancel`, body: { reason }, idempotencyKey })
}

/** Asks to hurry; at most once an hour. */
export function remindTask(id: string, comment: string, idempotencyKey: string): Promise<unknown> {
  return callAsCustomer({ method: 'POST', path: `${taskPath(id)}/reminder`, body: { comment }, idempotencyKey })
}

/** The evaluation given, throws `not-found` when there is none. */
export function getEvaluation(id: string): Promise<EvaluationRecord> {
  return callAsCustomer({ path: `${taskPath(id)}/evaluation` })
}

/** Whole scores 1–5, only at step 6 and once. */
export function submitEvaluation(
  id: string,
  evaluation: Evaluation,
  idempotencyKey: string,
): Promise<{ message: string }> {
  return callAsCustomer({ method: 'POST', path: `${taskPath(id)}/evaluation`, body: evaluation, idempotencyKey })
}
