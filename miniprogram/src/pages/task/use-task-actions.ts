import { useRef, useState } from 'react'
import { ApiError } from '@/shared/api-error'
import { errorText } from '@/shared/error-text'
import { randomKey } from '@/shared/random-key'
import { cancelTask, confirmPlan, remindTask } from '@/services/tasks'
import { TASK_TEXTS as T } from './texts'

export type TaskAction = 'accept' | 'refuse' | 'remind' | 'cancel'

/** The word a decision needs, '' where it may stay empty. */
const NEEDED: Record<TaskAction, string> = {
  accept: '',
  refuse: T.refuseComment,
  remind: '',
  cancel: T.cancelReason,
}

const SEND: Record<TaskAction, (id: string, comment: string, key: string) => Promise<unknown>> = {
  accept: (id, comment, key) => confirmPlan(id, { accept: true, ...(comment ? { comment } : {}) }, key),
  refuse: (id, comment, key) => confirmPlan(id, { accept: false, comment }, key),
  remind: remindTask,
  cancel: cancelTask,
}

/** What the server says when the task went on without this page. */
const OUT_OF_DATE = ['TASK_CLOSED', 'TASK_STEP_MISMATCH', 'TASK_NOT_CANCELLABLE', 'REMINDED_RECENTLY', 'CONFLICT']

/** The customer's decisions: which one is asked for, its comment, and sending it once. */
export function useTaskActions(id: string, reload: () => Promise<void>) {
  const [asking, setAsking] = useState<TaskAction | null>(null)
  const [comment, setComment] = useState('')
  const [wrong, setWrong] = useState('')
  const [failure, setFailure] = useState('')
  const [busy, setBusy] = useState(false)
  const [done, setDone] = useState<{ tone: 'ok' | 'warn'; text: string } | null>(null)
  const running = useRef(false)
  const sent = useRef({ content: '', key: '' })

  const ask = (action: TaskAction | null) => {
    setAsking(action)
    setComment('')
    setWrong('')
    setFailure('')
    if (action) setDone(null)
  }

  const send = async (action: TaskAction, text: string) => {
    const content = `${action} ${text}`
    // The same decision again, after a lost answer, is the same request.
    if (sent.current.content !== content) sent.current = { content, key: randomKey() }
    setBusy(true)
    setFailure('')
    try {
      await SEND[action](id, text, sent.current.key)
      sent.current = { content: '', key: '' }
      ask(null)
      setDone({ tone: 'ok', text: T.done[action] })
      await reload()
    } catch (error) {
      if (error instanceof ApiError && OUT_OF_DATE.includes(error.code ?? '')) {
        ask(null)
        setDone({ tone: 'warn', text: errorText(error) })
        await reload()
      } else setFailure(errorText(error))
    } finally {
      setBusy(false)
    }
  }

  const confirm = () => {
    if (!asking || running.current) return
    const text = comment.trim()
    if (NEEDED[asking] && text === '') return setWrong(T.reasonNeeded(NEEDED[asking]))
    running.current = true
    void send(asking, text).finally(() => {
      running.current = false
    })
  }
  const write = (text: string) => {
    setComment(text)
    setWrong('')
  }
  return { asking, ask, comment, write, wrong, failure, busy, done, confirm }
}

export type TaskActions = ReturnType<typeof useTaskActions>
