import { useCallback, useEffect, useRef, useState } from 'react'
import Taro, { usePullDownRefresh, useReachBottom } from '@tarojs/taro'
import type { Page } from '@shared/api/common'
import { useRefreshOnReturn, useScope, type Resource } from '@/components/page/use-resource'

/** A `Resource` of rows that grows; beside `ready`, `error` belongs to a further page or a refresh. */
export interface PagedList<T> extends Resource<T[]> {
  data: T[]
  total: number
  hasMore: boolean
  loadingMore: boolean
  loadMore: () => Promise<void>
}

interface State<T> {
  scope: string
  status: Resource<T>['status']
  data: T[]
  total: number
  nextPage: number
  hasMore: boolean
  error: unknown
  loadingMore: boolean
}

const loading = <T>(scope: string): State<T> => ({
  scope,
  status: 'loading',
  data: [],
  total: 0,
  nextPage: 1,
  hasMore: false,
  error: null,
  loadingMore: false,
})

/**
 * A list that grows at the bottom of the page and starts over when it is pulled down or when `key` (the filter
 * `loadPage` reads), the consent or the login changes. When it comes back into view it is loaded anew as far as it had
 * grown, so that nobody loses their place. The page's config needs `enablePullDownRefresh: true`. Answers of an older
 * load are dropped.
 */
export function usePagedList<T>(loadPage: (page: number) => Promise<Page<T>>, key = ''): PagedList<T> {
  const scope = useScope(key)
  const [state, setState] = useState<State<T>>(() => loading(scope))
  const latest = useRef(0)
  const loader = useRef(loadPage)
  useEffect(() => {
    loader.current = loadPage
  })

  const fetchInto = useCallback(async (into: string, page: number) => {
    const turn = ++latest.current
    try {
      const answer = await loader.current(page)
      if (turn === latest.current) setState((before) => appended(before, into, answer))
    } catch (error) {
      if (turn === latest.current) setState((before) => failed(before, into, error))
    }
  }, [])

  const fetchAgain = async (into: string, pages: number) => {
    const turn = ++latest.current
    try {
      let whole = loading<T>(into)
      for (let page = 1; page <= pages && (page === 1 || whole.hasMore); page++) {
        whole = appended(whole, into, await loader.current(page))
        if (turn !== latest.current) return
      }
      setState(whole)
    } catch (error) {
      if (turn === latest.current) setState((before) => failed(before, into, error))
    }
  }

  useEffect(() => {
    void fetchInto(scope, 1)
  }, [fetchInto, scope])

  const reload = useCallback(() => {
    setState((before) => (before.status === 'error' ? loading(scope) : before))
    return fetchInto(scope, 1)
  }, [fetchInto, scope])

  const shown = state.scope === scope ? state : loading<T>(scope)
  const loadMore = async () => {
    if (shown.status !== 'ready' || !shown.hasMore || shown.loadingMore) return
    setState((before) => ({ ...before, loadingMore: true, error: null }))
    await fetchInto(scope, shown.nextPage)
  }

  usePullDownRefresh(() => void reload().finally(() => Taro.stopPullDownRefresh()))
  useReachBottom(() => void loadMore())
  useRefreshOnReturn(() => void (shown.nextPage > 2 ? fetchAgain(scope, shown.nextPage - 1) : reload()))

  const replace = useCallback((data: T[]) => setState((before) => ({ ...before, data })), [])
  const { status, data, total, error, hasMore, loadingMore } = shown
  return { status, data, total, error, hasMore, loadingMore, loadMore, reload, replace }
}

function appended<T>(before: State<T>, scope: string, answer: Page<T>): State<T> {
  const earlier = before.scope === scope && answer.current > 1 ? before.data : []
  return {
    scope,
    status: 'ready',
    data: [...earlier, ...answer.list],
    total: answer.total,
    nextPage: answer.current + 1,
    hasMore: answer.current < answer.pages,
    error: null,
    loadingMore: false,
  }
}

function failed<T>(before: State<T>, scope: string, error: unknown): State<T> {
  const kept = before.scope === scope && before.status === 'ready'
  return kept ? { ...before, error, loadingMore: false } : { ...loading<T>(scope), status: 'error', error }
}
