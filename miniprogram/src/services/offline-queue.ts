import type { SyncItem, SyncKind, SyncResult } from '@shared/api/homecare'
import { ApiError, errorCodeOf } from '@/shared/api-error'
import { errorText } from '@/shared/error-text'
import { isWaiting, type QueuedPhoto, type QueueEntry } from '@/shared/queue-entry'
import { randomKey } from '@/shared/random-key'
import { useQueue } from '@/stores/offline-queue'
import { useSession } from '@/stores/session'
import { syncItems } from './checkin'
import { dropPhoto, keepPhoto, openPhoto } from './photo-store'
import type { PickedFile } from './pick-files'
import { evidenceTarget, STAFF_FILES, startUpload } from './upload'
import { recordStep, type StepNote } from './work-orders'

/** The server takes 200 items and 1 MB in one call; a signature alone may be tens of kilobytes. */
const MAX_ITEMS = 200
const MAX_CHARACTERS = 600_000
const RETRY_AFTER_MS = 30_000

export interface QueueDraft {
  kind: SyncKind
  order: { id: string; task_id: string; device_name: string }
  payload: Record<string, unknown>
  photos?: PickedFile[]
  /** The key of a live call that got no answer. */
  sentAs?: string
  capturedAt?: string
}

/**
 * Keeps something done in the field until the server has it, and starts sending. Once this resolves the entry
 * survives the end of the app. Throws when nobody is logged in or the phone's storage is full.
 */
export async function enqueue({
  kind,
  order,
  payload,
  photos = [],
  sentAs,
  capturedAt,
}: QueueDraft): Promise<QueueEntry> {
  const { staff } = useSession.getState()
  if (!staff) throw new ApiError({ kind: 'unauthenticated', code: 'UNAUTHENTICATED' })
  const takenAt = capturedAt ?? new Date().toISOString()
  const kept = await Promise.all(photos.map((photo) => toQueued(photo, takenAt)))
  const entry: QueueEntry = {
    clientId: sentAs ?? randomKey(),
    seq: nextSeq(),
    kind,
    workOrderId: order.id,
    orderNumber: order.task_id,
    title: order.device_name,
    staffId: staff.user.id,
    staffName: staff.user.full_name,
    capturedAt: takenAt,
    payload,
    photos: kept,
    sentLive: sentAs !== undefined,
    refusal: null,
  }
  useQueue.getState().put(entry)
  void flushQueue()
  return entry
}

// The clock alone could repeat a number or run backwards.
const nextSeq = () => Math.max(Date.now(), ...useQueue.getState().entries.map(({ seq }) => seq + 1))

async function toQueued({ path, name, size }: PickedFile, takenAt: string): Promise<QueuedPhoto> {
  return { ref: await keepPhoto(path), name, size, takenAt, fileId: null }
}

/** Lets the server decide a refused entry once more. */
export function retryEntry(entry: QueueEntry): Promise<void> {
  useQueue.getState().put({ ...entry, refusal: null })
  return flushQueue()
}

/** Gives an entry up: it and its photos are gone for good. */
export async function removeEntry(entry: QueueEntry): Promise<void> {
  useQueue.getState().take(entry)
  await Promise.all(entry.photos.map(({ ref }) => dropPhoto(ref)))
}

/** Gives everything up, before the person logs out. */
export const clearQueue = (): Promise<unknown> => Promise.all(useQueue.getState().entries.map(removeEntry))

let flight: Promise<void> | null = null
let again = false
let retryTimer: ReturnType<typeof setTimeout> | undefined

/** Sends what waits; calls made meanwhile share the one run. Never throws: the store says what stopped it. */
export function flushQueue(): Promise<void> {
  // What was added, or a network that came back, while the run was ending is seen by one more run.
  if (flight) again = true
  flight ??= runUntilQuiet().finally(() => {
    flight = null
  })
  return flight
}

async function runUntilQuiet(): Promise<void> {
  do {
    again = false
    await run()
  } while (again)
}

/** Entries of the person who is logged in that wait for the server. */
function waiting(): QueueEntry[] {
  const staffId = useSession.getState().staff?.user.id
  return useQueue.getState().entries.filter((entry) => isWaiting(entry) && entry.staffId === staffId)
}

async function run(): Promise<void> {
  clearTimeout(retryTimer)
  if (waiting().length === 0) return
  const { show } = useQueue.getState()
  const tried = new Set<string>()
  show({ sending: true, stopped: '' })
  try {
    for (let batch = nextBatch(tried); batch.length > 0; batch = nextBatch(tried)) {
      batch.forEach(({ clientId }) => tried.add(clientId))
      await sendBatch(batch)
    }
  } catch (error) {
    show({ stopped: errorText(error) })
    if (!(error instanceof ApiError) || error.kind !== 'unauthenticated') comeBack()
  } finally {
    show({ sending: false, current: null })
  }
}

/** The network may be there and the server not: then nothing tells us to start again. */
function comeBack(): void {
  retryTimer = setTimeout(() => void flushQueue(), RETRY_AFTER_MS)
}

function nextBatch(tried: Set<string>): QueueEntry[] {
  let room = MAX_CHARACTERS
  const batch: QueueEntry[] = []
  for (const entry of waiting().filter(({ clientId }) => !tried.has(clientId))) {
    room -= JSON.stringify(entry.payload).length
    if (batch.length === MAX_ITEMS || (room < 0 && batch.length > 0)) break
    batch.push(entry)
  }
  return batch
}

/** Stores the photos of each entry, then lets the server decide all of them; throws when the run must stop. */
async function sendBatch(batch: QueueEntry[]): Promise<void> {
  const ready: QueueEntry[] = []
  for (const entry of batch) {
    const complete = await withStoredPhotos(entry)
    if (complete) ready.push(complete)
  }
  const lost = ready.filter(({ kind, sentLive }) => kind === 'step' && sentLive)
  for (const entry of lost) await repeatStep(entry)
  const fresh = ready.filter((entry) => !lost.includes(entry))
  if (fresh.length === 0) return
  const { results } = await syncItems(fresh.map(toItem))
  for (const entry of fresh) {
    const result = results.find(({ clientId }) => clientId === entry.clientId)
    if (result) await settle(entry, result)
  }
}

/** A step whose answer was lost goes the live way again: its key keeps it from being written twice. */
async function repeatStep(entry: QueueEntry): Promise<void> {
  const { step, description, fileIds } = entry.payload as unknown as StepNote
  try {
    await recordStep(entry.workOrderId, { step, description, fileIds }, entry.clientId)
    useQueue.getState().deliver(entry)
  } catch (error) {
    refuseOrThrow(entry, error)
  }
}

/** The entry with every photo stored; null when the server refused one, which is then the entry's refusal. */
async function withStoredPhotos(entry: QueueEntry): Promise<QueueEntry | null> {
  let current = entry
  for (const photo of entry.photos.filter(({ fileId }) => fileId === null)) {
    try {
      const fileId = await storePhoto(entry, photo)
      const photos = current.photos.flatMap((other) => {
        if (other.ref !== photo.ref) return other
        return fileId === null ? [] : { ...other, fileId }
      })
      current = { ...current, photos }
      useQueue.getState().put(current)
    } catch (error) {
      refuseOrThrow(current, error)
      return null
    }
  }
  return current
}

/** The server looked at it and said no: trying again by ourselves changes nothing. Anything else stops the run. */
function refuseOrThrow(entry: QueueEntry, error: unknown): void {
  const final = error instanceof ApiError && ['rejected', 'forbidden', 'not-found'].includes(error.kind)
  if (!final) throw error
  useQueue.getState().put({ ...entry, refusal: { code: error.code ?? '', text: errorText(error) } })
}

/** Id of the stored photo; null when the phone no longer has it. */
async function storePhoto(entry: QueueEntry, photo: QueuedPhoto): Promise<string | null> {
  const path = await openPhoto(photo.ref)
  if (path === null) return null
  const picked: PickedFile = { path, name: photo.name, size: photo.size, kind: 'image' }
  const { latitude, longitude } = entry.payload as { latitude?: number; longitude?: number }
  const target =
    entry.kind === 'step'
      ? STAFF_FILES
      : evidenceTarget(entry.workOrderId, { capturedAt: photo.takenAt, latitude, longitude })
  const show = (percent: number) => useQueue.getState().show({ current: { clientId: entry.clientId, percent } })
  show(0)
  return (await startUpload(picked, target, show).result).file_id
}

const FILE_FIELD: Partial<Record<SyncKind, string>> = { checkin: 'evidenceFileIds', step: 'fileIds' }

function toItem({ clientId, kind, capturedAt, payload, photos }: QueueEntry): SyncItem {
  const field = FILE_FIELD[kind]
  const earlier = (field && (payload[field] as string[] | undefined)) || []
  const stored = photos.flatMap(({ fileId }) => fileId ?? [])
  return { clientId, kind, capturedAt, payload: field ? { ...payload, [field]: [...earlier, ...stored] } : payload }
}

async function settle(entry: QueueEntry, result: SyncResult): Promise<void> {
  const { put, deliver } = useQueue.getState()
  if (arrived(entry, result)) {
    deliver(entry)
    await Promise.all(entry.photos.map(({ ref }) => dropPhoto(ref)))
    return
  }
  put({ ...entry, refusal: { code: result.reasonCode ?? '', text: refusalText(result) } })
}

const arrived = (entry: QueueEntry, { status, reasonCode }: SyncResult) =>
  status === 'accepted' ||
  status === 'duplicate' ||
  // The live call did take effect after all.
  (entry.sentLive && reasonCode === (entry.kind === 'checkin' ? 'ALREADY_CHECKED_IN' : 'NOT_CHECKED_IN'))

function refusalText({ reasonCode, message = '' }: SyncResult): string {
  const code = errorCodeOf(400, message, reasonCode)
  return errorText(new ApiError({ kind: 'rejected', code, reasonCode, serverMessage: message }))
}
