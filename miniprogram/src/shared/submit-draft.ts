import type { StoredFile } from '@shared/api/files'
import type { TaskSubmission } from '@shared/api/tasks'
import type { DeviceFieldName, TaskType } from '@shared/task-types'

export type CustomerField = 'name' | 'company' | 'phone' | 'address' | 'email' | 'coordinates'
/** Where a value stands in the submission, as the server names it in a refusal; `files` are both uploaders. */
export type FormPath = `customer.${CustomerField}` | `device.${DeviceFieldName}` | 'description' | 'files'
export type FormValues = Partial<Record<FormPath, string>>
export type FormErrors = Partial<Record<FormPath, string>>

export interface DraftFile {
  name: string
  size: number
  kind: 'image' | 'document'
  stored: StoredFile
  /** Unix ms; the server drops a file that nothing used for 24 hours. */
  storedAtMs: number
}

/** An unfinished submission, kept across a kill of the app. */
export interface SubmitDraft {
  type: TaskType
  /** Idempotency key: one draft makes one task. */
  key: string
  values: FormValues
  files: DraftFile[]
  /** Files chosen whose transfer had not ended. */
  unsentFiles: number
  /** What was sent without a clear answer; one of these may have become the task. */
  attempts: TaskSubmission[]
}

const FILE_LIFETIME_MS = 23 * 3600_000

/** The files the server still has. */
export function liveFiles(files: DraftFile[], nowMs = Date.now()): DraftFile[] {
  return files.filter(({ storedAtMs }) => nowMs - storedAtMs < FILE_LIFETIME_MS)
}
