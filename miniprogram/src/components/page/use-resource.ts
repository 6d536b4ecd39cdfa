import { useCallback, useEffect, useRef, useState } from 'react'
import { useDidShow } from '@tarojs/taro'
import { useConsent } from '@/stores/consent'
import { useSession } from '@/stores/session'

export interface Resource<T> {
  status: 'loading' | 'error' | 'ready'
  data: T | null
  /** The last failure; beside `ready` it means that a refresh failed and the older data is still shown. */
  error: unknown
  reload: () => Promise<void>
  /** Puts an answer of a write in place of the loaded data. */
  replace: (data: T) => void
}

interface State<T> extends Pick<Resource<T>, 'status' | 'data' | 'error'> {
  /** What this state belongs to; a state of another scope counts as not loaded. */
  scope: string
}

interface ResourceOptions {
  /** Loads anew when it changes: the id or filter that `load` reads. */
  key?: string
  /** Loads anew when the page comes back into view. */
  refreshOnShow?: boolean
}

const loading = (scope: string) => ({ scope, status: 'loading' as const, data: null, error: null })

/**
 * Loads what a page shows, and again whenever `key`, the consent or the login changes.
 * Answers of an older load are dropped.
 */
export function useResource<T>(load: () => Promise<T>, options: ResourceOptions = {}): Resource<T> {
  const scope = useScope(options.key)
  const [state, setState] = useState<State<T>>(loading(scope))
  const latest = useRef(0)
  const loader = useRef(load)
  useEffect(() => {
    loader.current = load
  })

  const fetchInto = useCallback(async (into: string) => {
    const turn = ++latest.current
    try {
      const data = await loader.current()
      if (turn === latest.current) setState({ scope: into, status: 'ready', data, error: null })
    } catch (error) {
      if (turn === latest.current) setState((before) => failed(before, into, error))
    }
  }, [])

  useEffect(() => {
    void fetchInto(scope)
  }, [fetchInto, scope])

  const reload = useCallback(() => {
    setState((before) => (before.status === 'error' ? loading(scope) : before))
    return fetchInto(scope)
  }, [fetchInto, scope])

  useRefreshOnReturn(() => {
    if (options.refreshOnShow) void reload()
  })

  const replace = useCallback((data: T) => setState({ scope, status: 'ready', data, error: null }), [scope])
  const { status, data, error } = state.scope === scope ? state : loading(scope)
  return { status, data, error, reload, replace }
}

function failed<T>(before: State<T>, scope: string, error: unknown): State<T> {
  if (before.scope === scope && before.status === 'ready') return { ...before, error }
  return { scope, status: 'error', data: null, error }
}

/** What loaded data depends on beside the call itself: a changed consent or login makes it void. */
export function useScope(key = ''): string {
  const agreed = useConsent((consent) => consent.agreed)
  const loggedOut = useSession((session) => session.customerLoggedOut)
  return `${key}|${agreed}|${loggedOut}`
}

/** Runs when the page comes back into view, not when it is first shown. */
export function useRefreshOnReturn(refresh: () => void): void {
  const shown = useRef(false)
  useDidShow(() => {
    if (shown.current) refresh()
    shown.current = true
  })
}
