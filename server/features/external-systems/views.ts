import { shanghaiTime } from '../../time'
import type { AccountSummary, EndpointRow, SystemRow } from './repository'

export const toEndpoint = ({ create_time: _c, update_time: _u, ...endpoint }: EndpointRow) => endpoint

/** A system with all that it takes to edit it; passwords are no part of it. */
export function toView(system: SystemRow, endpoints: EndpointRow[], accounts: AccountSummary[]) {
  const { overrides, next_pull_at, create_time, update_time, ...rest } = system
  return {
    ...rest,
    overrides: JSON.parse(overrides) as Record<string, unknown>,
    endpoints: endpoints.map(toEndpoint),
    accounts,
    next_pull_at: next_pull_at && shanghaiTime(next_pull_at),
    create_time: shanghaiTime(create_time),
    update_time: shanghaiTime(update_time),
  }
}
