import type { LiveTopic } from '@shared/api/live'
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { addressOf, type ApiError, type Params, request } from './client'

export interface Question {
  path: string
  params?: Params
  /** A live event of one of these topics makes the answer stale (live/feed.ts). */
  topics?: LiveTopic[]
  enabled?: boolean
}

/** Asks the server for what is on the screen; the former answer stays until the next one is there. */
export function useAnswer<T>({
  path,
  params = {},
  topics = [],
  enabled = true,
}: Question): UseQueryResult<T, ApiError> {
  return useQuery<T, ApiError>({
    queryKey: [path, params],
    queryFn: ({ signal }) => request<T>(addressOf(path, params), { signal }),
    placeholderData: keepPreviousData,
    meta: { topics },
    enabled,
  })
}
