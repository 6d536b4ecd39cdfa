import { AppError } from '../../errors/app-error'
import { newId } from '../../ids'
import type { SystemRow } from './repository'
import type { SystemChanges, SystemInput } from './schema'

/** The row of a new system. */
export function newSystem(input: Omit<SystemInput, 'accounts'>, time: Date): SystemRow {
  const { endpoints: _endpoints, overrides, ...columns } = input
  return {
    ...columns,
    id: newId(),
    overrides: JSON.stringify(overrides),
    next_pull_at: input.pull_interval_seconds === null ? null : time,
    watermark: null,
    create_time: time,
    update_time: time,
  }
}

/** @throws AppError INVALID_INPUT: accounts, orders and logs know a system by its name */
export function assertSameName(before: SystemRow, given: string | undefined): void {
  if (given !== undefined && given !== before.system_name)
    throw new AppError('INVALID_INPUT', { message: '系统标识不能修改（system_name）' })
}

/** Whether logins are to be tried anew after it. */
export const isSiteChanged = (input: SystemChanges) =>
  ['base_url', 'profile', 'overrides', 'endpoints'].some((name) => input[name as keyof SystemChanges] !== undefined)

/** What a change writes to the row; a changed interval begins at once. */
export function changedColumns({ overrides, ...columns }: Omit<SystemChanges, 'accounts' | 'endpoints'>, time: Date) {
  const { pull_interval_seconds: interval } = columns
  return {
    ...defined(columns),
    ...(overrides === undefined ? {} : { overrides: JSON.stringify(overrides) }),
    ...(interval === undefined ? {} : { next_pull_at: interval === null ? null : time }),
    update_time: time,
  }
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Only what was given. */
export const defined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Defined<T>
