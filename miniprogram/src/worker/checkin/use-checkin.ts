import { useEffect, useRef, useState, type RefObject } from 'react'
import type { CheckinSubmission, WorkOrderDetail } from '@shared/api/homecare'
import type { Uploads } from '@/components/file-uploader/use-uploads'
import type { SignatureHandle } from '@/components/signature'
import { ApiError } from '@/shared/api-error'
import { errorText } from '@/shared/error-text'
import { randomKey } from '@/shared/random-key'
import { onlyErrors } from '@/shared/validate'
import { submitCheckin } from '@/services/checkin'
import type { ReportedFix } from '@/services/location'
import { enqueue } from '@/services/offline-queue'
import { useNetwork } from '@/stores/network'
import { CHECKIN_TEXTS as T } from './texts'

export type CheckinMistakes = Partial<Record<'position' | 'photos' | 'signature', string>>

interface CheckinInput {
  order: WorkOrderDetail
  fix: ReportedFix | null
  /** Why the position does not pass; '' when it does. */
  positionProblem: string
  photos: Uploads
  /** Whether the server answers; without it photos need not be there before the check-in is kept. */
  online: boolean
  signature: RefObject<SignatureHandle | null>
  /** Whether there is too little ink to count. */
  unsigned: boolean
}

export interface CheckinState {
  mistakes: CheckinMistakes
  failure: string
  busy: boolean
  /** Distance of a visit that was just made; null until then. */
  arrivedMeters: number | null
  submit: () => Promise<void>
}

/** Photos that only miss the network can wait with the check-in; others must be put right first. */
function photoMistake({ items, busy }: Uploads, online: boolean): string {
  if (items.length === 0) return T.needPhoto
  if (busy && online) return T.photosBusy
  return items.some(({ status, offline }) => status === 'failed' && !offline) ? T.photosFailed : ''
}

function findMistakes({ fix, positionProblem, photos, online, unsigned }: CheckinInput): CheckinMistakes {
  return onlyErrors({
    position: fix ? positionProblem : T.needFix,
    photos: photoMistake(photos, online),
    signature: unsigned ? T.needSignature : '',
  })
}

/** Checks the form, checks in, and keeps the check-in on the phone when no answer comes. */
export function useCheckin(input: CheckinInput): CheckinState {
  const [tried, setTried] = useState(false)
  const [state, setState] = useState<Pick<CheckinState, 'failure' | 'busy' | 'arrivedMeters'>>({
    failure: '',
    busy: false,
    arrivedMeters: null,
  })
  const running = useRef(false)
  const patch = (change: Partial<typeof state>) => setState((before) => ({ ...before, ...change }))
  useRetryOnReturn(input.photos)

  const submit = async () => {
    if (running.current) return
    setTried(true)
    patch({ failure: '' })
    const { fix } = input
    const signature = input.signature.current?.read() ?? ''
    if (!fix || signature === '' || Object.keys(findMistakes(input)).length > 0) return
    running.current = true
    patch({ busy: true })
    try {
      const arrivedMeters = await send(input, { ...fix, workOrderId: input.order.id, signature })
      patch({ arrivedMeters, busy: false })
    } catch (error) {
      patch({ failure: error instanceof ApiError ? errorText(error) : T.storageFull, busy: false })
    } finally {
      running.current = false
    }
  }
  // After the first try each mistake goes as soon as it is put right.
  return { ...state, mistakes: tried ? findMistakes(input) : {}, submit }
}

/** Distance of the visit; null when it was put into the queue. */
async function send({ order, photos }: CheckinInput, checkin: CheckinSubmission): Promise<number | null> {
  const key = randomKey()
  const capturedAt = new Date().toISOString()
  const complete = photos.items.every(({ stored }) => stored !== null)
  const payload = { ...checkin, evidenceFileIds: photos.fileIds, capturedAt }
  const live = complete && useNetwork.getState().online
  if (live) {
    try {
      return (await submitCheckin(payload, key)).distanceMeters ?? 0
    } catch (error) {
      if (!(error instanceof ApiError && error.isOffline)) throw error
    }
  }
  await enqueue({
    kind: 'checkin',
    order,
    payload: { ...payload, offlineTicket: order.offline_ticket },
    photos: photos.items.filter(({ stored }) => stored === null).map(({ picked }) => picked),
    capturedAt,
    sentAs: live ? key : undefined,
  })
  return null
}

/** Photos that missed the network go again when it is back. */
function useRetryOnReturn({ items, retry }: Uploads): void {
  const online = useNetwork((network) => network.online)
  const now = useRef({ items, retry })
  useEffect(() => {
    now.current = { items, retry }
  })
  useEffect(() => {
    if (online) now.current.items.filter(({ offline }) => offline).forEach(({ key }) => now.current.retry(key))
  }, [online])
}
