import { useCallback, useRef, useState } from 'react'
import { ApiError } from '@/shared/api-error'
import { errorText } from '@/shared/error-text'
import { randomKey } from '@/shared/random-key'

export interface Action {
  busy: boolean
  /** Why the last try failed; '' when it did not. */
  error: string
  clearError: () => void
  /**
   * Runs one write at a time with an idempotency key: the same content keeps its key as long as no answer came, so
   * that a lost answer is not a second write. True when it worked.
   */
  run: (content: unknown, work: (key: string) => Promise<unknown>) => Promise<boolean>
}

/** State of a button that writes. */
export function useAction(): Action {
  const [state, setState] = useState({ busy: false, error: '' })
  const running = useRef(false)
  const last = useRef({ content: '', key: '' })

  const run = useCallback(async (content: unknown, work: (key: string) => Promise<unknown>) => {
    if (running.current) return false
    running.current = true
    setState({ busy: true, error: '' })
    const text = JSON.stringify(content)
    if (last.current.content !== text) last.current = { content: text, key: randomKey() }
    try {
      await work(last.current.key)
      last.current = { content: '', key: '' }
      setState({ busy: false, error: '' })
      return true
    } catch (error) {
      if (!(error instanceof ApiError && error.isOffline)) last.current = { content: '', key: '' }
      setState({ busy: false, error: errorText(error) })
      return false
    } finally {
      running.current = false
    }
  }, [])
  const clearError = useCallback(() => setState((before) => ({ ...before, error: '' })), [])
  return { ...state, run, clearError }
}
