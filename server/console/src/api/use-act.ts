import { App } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { ApiError, request } from './client'

export interface Act {
  method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  body?: unknown
}

interface Options<T> {
  /** What is said when it is done; a function for what the answer tells. */
  done?: string | ((answer: T) => string)
  onDone?: (answer: T) => void
  /** The caller shows the refusal itself, for example beside a form. */
  silent?: boolean
}

/** Not `randomUUID`: a page opened over plain HTTP in the company's network does not have it. */
const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/**
 * Something a person makes the server do. Every POST carries an Idempotency-Key: the same act tried again after an
 * answer that may have been lost keeps its key, so it is done once. Afterwards everything on the screen is asked anew.
 */
export function useAct<T = unknown>({ done, onDone, silent = false }: Options<T> = {}) {
  const { message } = App.useApp()
  const client = useQueryClient()
  const unsure = useRef<{ act: string; key: string } | null>(null)

  const { mutate, isPending, error } = useMutation<T, ApiError, Act>({
    mutationFn: async ({ method = 'POST', path, body }) => {
      const act = JSON.stringify([method, path, body])
      const key = unsure.current?.act === act ? unsure.current.key : newKey()
      unsure.current = { act, key }
      try {
        const answer = await request<T>(path, { method, body, idempotencyKey: method === 'POST' ? key : undefined })
        unsure.current = null
        return answer
      } catch (thrown) {
        if (!(thrown instanceof ApiError && thrown.isPassing)) unsure.current = null
        throw thrown
      }
    },
    onSuccess: (answer) => {
      const text = typeof done === 'function' ? done(answer) : done
      if (text) void message.success(text)
      onDone?.(answer)
      void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' })
    },
    onError: (refusal) => {
      if (!silent && refusal.status !== 401) void message.error(refusal.message)
    },
  })
  // The button locks with the next drawing; a second click may come before.
  const isRunning = useRef(false)
  const act = (wanted: Act) => {
    if (isRunning.current) return
    isRunning.current = true
    mutate(wanted, { onSettled: () => (isRunning.current = false) })
  }
  return { act, running: isPending, refusal: error }
}
