import type { LiveTopic } from '@shared/api/live'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { createFeed, type LiveState } from './feed'

const STREAM = '/api/v1/admin/events/stream'

/** Keeps what is on the screen fresh as long as the component is there; once per page. */
export function useLive(): LiveState {
  const client = useQueryClient()
  const [state, setState] = useState<LiveState>('connecting')
  useEffect(() => {
    const feed = createFeed({
      open: () => new EventSource(STREAM),
      refresh: (topics) =>
        client.invalidateQueries(
          { predicate: ({ meta }) => ((meta?.topics ?? []) as LiveTopic[]).some((topic) => topics.has(topic)) },
          { cancelRefetch: false },
        ),
      onState: setState,
      isHidden: () => document.hidden,
    })
    feed.start()
    document.addEventListener('visibilitychange', feed.wake)
    return () => {
      document.removeEventListener('visibilitychange', feed.wake)
      feed.stop()
    }
  }, [client])
  return state
}
