import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError } from './client'

/** Key of `GET /auth/me`; its answer is null for somebody who is not logged in. */
export const ME = ['me']

/** One client per page. A refusal for want of a login, wherever it came from, ends the session on this page. */
export function createQueryClient(): QueryClient {
  const onError = (error: unknown) => {
    if (error instanceof ApiError && error.status === 401) client.setQueryData(ME, null)
  }
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // What left the screen is forgotten soon: the page stays open all day.
        gcTime: 60_000,
        retry: (count, error) => count < 1 && error instanceof ApiError && error.isPassing,
        refetchOnWindowFocus: false,
      },
    },
  })
  return client
}
