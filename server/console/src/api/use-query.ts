import type { LiveTopic } from '@shared/api/live'
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { addressOf, type ApiError, type Params, request } from './client'

export interface Question<T = unknown> {
  path: string
  params?: Params
  /** A live event of one of these topics makes the answer stale (live/feed.ts). */
  topics?: LiveTopic[]
  enabled?: boolean
  /** Whether the answer to a former question stays until this one is answered: right for lists, wrong for one thing. */
  keep?: boolean
  /** Asks again after so many ms as long as the answer says so: for what goes on without live events. */
  everyMs?: (answer: T) => number | false
}

/** Asks the server for what is on the screen. */
export function useAnswer<T>(question: Question<T>): UseQueryResult<T, ApiError> {
  const { path, params = {}, topics = [], enabled = true, keep = true, everyMs } = question
  return useQuery<T, ApiError>({
    queryKey: [path, params],
    queryFn: ({ signal }) => request<T>(addressOf(path, params), { signal }),
    placeholderData: keep ? keepPreviousData : undefined,
    meta: { topics },
    enabled,
    refetchInterval: ({ state }) => (everyMs && state.data !== undefined ? everyMs(state.data) : false),
  })
}
