import { useRef, useState } from 'react'
import Taro from '@tarojs/taro'
import type { TaskSubmission } from '@shared/api/tasks'
import { errorText } from '@/shared/error-text'
import { ROUTES } from '@/shared/routes'
import type { SubmitDraft } from '@/shared/submit-draft'
import { askForMessages } from '@/services/notices'
import { isRefused, submitOnce } from '@/services/submission'
import { SUBMIT_TEXTS as T } from './texts'
import type { KeptDraft } from './use-draft'

interface Sending {
  kept: KeptDraft
  setAttempts: (attempts: TaskSubmission[]) => void
  onRefused: (error: unknown) => void
}

/** Sends at most one at a time, and remembers what was sent until the server said what became of it. */
export function useSending({ kept, setAttempts, onRefused }: Sending) {
  const running = useRef(false)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<{ text: string; hint: string } | null>(null)

  const transfer = async ({ key, attempts }: SubmitDraft, submission: TaskSubmission) => {
    const withThis = [...attempts.filter((earlier) => !same(earlier, submission)), submission]
    const remember = (open: TaskSubmission[]) => {
      kept.keepNow({ attempts: open })
      setAttempts(open)
    }
    remember(withThis)
    try {
      const { taskId, earlier } = await submitOnce({ submission, key, attempts })
      kept.close()
      await Taro.redirectTo({ url: ROUTES.submitted(taskId) + (earlier ? '&earlier=1' : '') })
    } catch (error) {
      const refused = isRefused(error)
      if (refused) remember(attempts)
      setFailure({ text: errorText(error), hint: refused ? '' : T.maybeSent })
      onRefused(error)
    }
  }

  /** To be called in the tap itself: WeChat shows the message question only there. */
  const send = (draft: SubmitDraft, submission: TaskSubmission) => {
    if (running.current) return
    running.current = true
    void askForMessages()
    setBusy(true)
    setFailure(null)
    void transfer(draft, submission).finally(() => {
      running.current = false
      setBusy(false)
    })
  }
  return { busy, failure, send }
}

const same = (one: object, other: object) => JSON.stringify(one) === JSON.stringify(other)
