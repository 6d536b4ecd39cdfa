import { useRef, useState } from 'react'
import type { CheckoutSubmission, WorkOrderDetail } from '@shared/api/homecare'
import { ApiError } from '@/shared/api-error'
import { errorText } from '@/shared/error-text'
import { randomKey } from '@/shared/random-key'
import { onlyErrors, requireText } from '@/shared/validate'
import { submitCheckout } from '@/services/checkin'
import type { ReportedFix } from '@/services/location'
import { enqueue } from '@/services/offline-queue'
import { useNetwork } from '@/stores/network'
import { CHECKOUT_TEXTS as T } from './texts'

type Wrong = Partial<Record<'position' | 'summary', string>>

/** State of the check-out form; `minutes` of the visit once it has ended. */
export function useCheckout(order: WorkOrderDetail, fix: ReportedFix | null) {
  const [summary, setSummary] = useState('')
  const [wrong, setWrong] = useState<Wrong>({})
  const [state, setState] = useState<{ busy: boolean; failure: string; minutes: number | null }>({
    busy: false,
    failure: '',
    minutes: null,
  })
  const running = useRef(false)

  const write = (value: string) => {
    setSummary(value)
    setWrong((before) => ({ ...before, summary: undefined }))
  }
  const submit = async () => {
    if (running.current) return
    const found = onlyErrors({ position: fix ? '' : T.needFix, summary: requireText(T.summary, summary) })
    setWrong(found)
    if (!fix || Object.keys(found).length > 0) return
    running.current = true
    setState({ busy: true, failure: '', minutes: null })
    try {
      const minutes = await send(order, { ...fix, workOrderId: order.id, summary: summary.trim() })
      setState({ busy: false, failure: '', minutes })
    } catch (error) {
      const failure = error instanceof ApiError ? errorText(error) : T.storageFull
      setState({ busy: false, failure, minutes: null })
    } finally {
      running.current = false
    }
  }
  return { summary, write, wrong, ...state, submit }
}

/** Length of the visit in minutes; null when the check-out was put into the queue. */
async function send(order: WorkOrderDetail, checkout: CheckoutSubmission): Promise<number | null> {
  const key = randomKey()
  const capturedAt = new Date().toISOString()
  const payload = { ...checkout, capturedAt }
  const { online } = useNetwork.getState()
  // A check-in that waits must arrive first.
  const live = online && order.visit_state === 'CHECKED_IN'
  if (live) {
    try {
      return (await submitCheckout(payload, key)).durationMinutes
    } catch (error) {
      if (!(error instanceof ApiError && error.isOffline)) throw error
    }
  }
  await enqueue({ kind: 'checkout', order, payload: { ...payload }, capturedAt, sentAs: live ? key : undefined })
  return null
}
