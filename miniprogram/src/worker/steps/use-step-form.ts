import { useRef, useState } from 'react'
import type { WorkOrderDetail } from '@shared/api/homecare'
import type { Uploads } from '@/components/file-uploader/use-uploads'
import { ApiError } from '@/shared/api-error'
import { errorText } from '@/shared/error-text'
import { randomKey } from '@/shared/random-key'
import { onlyErrors, requireText } from '@/shared/validate'
import { enqueue } from '@/services/offline-queue'
import { recordStep } from '@/services/work-orders'
import { useNetwork } from '@/stores/network'
import { choicesAt, type StepChoice } from './moves'
import { STEPS_TEXTS as T } from './texts'

type Wrong = Partial<Record<'action' | 'description' | 'photos', string>>

interface FormInput {
  order: WorkOrderDetail
  /** The present step, what waits in the queue counted in. */
  step: number
  photos: Uploads
  onSaved: (how: 'sent' | 'queued') => void
}

/** State of the step form; without network what is written waits in the queue. */
export function useStepForm({ order, step, photos, onSaved }: FormInput) {
  const [action, setAction] = useState(() => onlyChoice(step))
  const [description, setDescription] = useState('')
  const [wrong, setWrong] = useState<Wrong>({})
  const [state, setState] = useState({ busy: false, failure: '' })
  const running = useRef(false)
  const attempt = useRef({ content: '', key: '' })

  const choose = (value: string) => {
    setAction(value)
    setWrong((before) => ({ ...before, action: undefined }))
  }
  const write = (value: string) => {
    setDescription(value)
    setWrong((before) => ({ ...before, description: undefined }))
  }

  const submit = async () => {
    if (running.current) return
    const choice = choicesAt(step).find(({ value }) => value === action)
    const found = onlyErrors({
      action: choice ? '' : T.chooseAction,
      description: requireText(T.description, description),
      photos: photoMistake(photos),
    })
    setWrong(found)
    if (!choice || Object.keys(found).length > 0) return
    running.current = true
    setState({ busy: true, failure: '' })
    try {
      const how = await send({ order, choice, description: description.trim(), photos, attempt: attempt.current })
      setState({ busy: false, failure: '' })
      setAction(onlyChoice(step))
      setDescription('')
      photos.clear()
      onSaved(how)
    } catch (error) {
      setState({ busy: false, failure: error instanceof ApiError ? errorText(error) : T.storageFull })
    } finally {
      running.current = false
    }
  }
  return { action, choose, description, write, wrong, ...state, submit }
}

/** Where there is nothing to choose, it is chosen. */
function onlyChoice(step: number): string {
  const [first, ...others] = choicesAt(step)
  return first && others.length === 0 ? first.value : ''
}

function photoMistake({ items, busy }: Uploads): string {
  if (busy) return T.photosBusy
  return items.some(({ status, offline }) => status === 'failed' && !offline) ? T.photosFailed : ''
}

interface Sending {
  order: WorkOrderDetail
  choice: StepChoice
  description: string
  photos: Uploads
  attempt: { content: string; key: string }
}

async function send({ order, choice, description, photos, attempt }: Sending): Promise<'sent' | 'queued'> {
  const note = { step: choice.step, description, fileIds: photos.fileIds }
  const content = JSON.stringify(note)
  if (attempt.content !== content) Object.assign(attempt, { content, key: randomKey() })
  const live = useNetwork.getState().online && photos.items.every(({ stored }) => stored !== null)
  if (live) {
    try {
      await recordStep(order.id, note, attempt.key)
      attempt.content = ''
      return 'sent'
    } catch (error) {
      if (!(error instanceof ApiError && error.isOffline)) throw error
    }
  }
  await enqueue({
    kind: 'step',
    order,
    payload: { workOrderId: order.id, ...note },
    photos: photos.items.filter(({ stored }) => stored === null).map(({ picked }) => picked),
    sentAs: live ? attempt.key : undefined,
  })
  attempt.content = ''
  return 'queued'
}
