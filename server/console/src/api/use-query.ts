import type { LiveTopic } from '@shared/api/live'
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { addressOf, type ApiError, type Params, request } from './client'

export interface Question {
  path: string
  params?: Params
  /** A live event of one of these topics makes the answer stale (live/feed.ts). */
  topics?: LiveTopic[]
  enabled?: boolean
  /** Whether the answer to a former question stays until this one is answered: right for lists, wrong for one thing. */
  keep?: boolean
}

/** Asks the server for what is on the screen. */
export function useAnswer<T>(question: Question): UseQueryResult<T, ApiError> {
  const { path, params = {}, topics = [], enabled = true, keep = true } = question
  return useQuery<T, ApiError>({
    queryKey: [path, params],
    queryFn: ({ signal }) => request<T>(addressOf(path, params), { signal }),
    placeholderData: keep ? keepPreviousData : undefined,
    meta: { topics },
    enabled,
  })
}
