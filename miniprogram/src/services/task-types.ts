import type { TaskTypeInfo } from '@shared/api/tasks'
import { send } from './request'

/** The eight kinds of service with their fields; open without login. */
export async function listTaskTypes(): Promise<TaskTypeInfo[]> {
  const data = await send<TaskTypeInfo[] | { list: TaskTypeInfo[] }>({ path: '/api/v1/task-types' })
  return Array.isArray(data) ? data : data.list
}
