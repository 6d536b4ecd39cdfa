import type { TaskSubmission } from '@shared/api/tasks'
import { ApiError } from '@/shared/api-error'
import { createTask } from './tasks'

const TRIES_WHILE_RUNNING = 4

export interface SubmissionOutcome {
  taskId: string
  /** True when an earlier attempt, whose answer was lost, had already made the task; later edits are not in it. */
  earlier: boolean
}

/**
 * Makes one task of a draft, however often it is called with the same key.
 * @param attempts contents sent before with this key without a clear answer
 */
export async function submitOnce(request: {
  submission: TaskSubmission
  key: string
  attempts: TaskSubmission[]
}): Promise<SubmissionOutcome> {
  const { submission, key, attempts } = request
  try {
    return { taskId: await create(submission, key), earlier: false }
  } catch (error) {
    if (!hasCode(error, 'IDEMPOTENCY_MISMATCH')) throw error
    return { taskId: await findEarlier(attempts, key, error), earlier: true }
  }
}

/** The number of the task that one of the earlier attempts made: only its own content gets an answer. */
async function findEarlier(attempts: TaskSubmission[], key: string, mismatch: unknown): Promise<string> {
  for (const attempt of attempts) {
    try {
      return await create(attempt, key)
    } catch (error) {
      if (!hasCode(error, 'IDEMPOTENCY_MISMATCH')) throw error
    }
  }
  throw mismatch
}

/** Waits while the server still works on the same request. */
async function create(submission: TaskSubmission, key: string): Promise<string> {
  for (let turn = 1; ; turn++) {
    try {
      return (await createTask(submission, key)).task_id
    } catch (error) {
      if (turn >= TRIES_WHILE_RUNNING || !hasCode(error, 'REQUEST_IN_PROGRESS')) throw error
      await new Promise((resolve) => setTimeout(resolve, ((error as ApiError).retryAfterSeconds ?? 1) * 1000))
    }
  }
}

const hasCode = (error: unknown, code: string) => error instanceof ApiError && error.code === code

/** True when the server decided against the request, so that it certainly made no task. */
export function isRefused(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.isOffline) return false
  return error.status >= 400 && error.status < 500 && error.code !== 'REQUEST_IN_PROGRESS'
}
