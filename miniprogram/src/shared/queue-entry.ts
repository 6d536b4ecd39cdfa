import type { SyncKind } from '@shared/api/homecare'

/** A photo taken without network: kept on the phone until it is stored on the server. */
export interface QueuedPhoto {
  /** Saved file in WeChat, key of the browser's photo store otherwise. */
  ref: string
  name: string
  size: number
  /** ISO 8601 */
  takenAt: string
  /** Set once the server has it, so that a second try does not send it again. */
  fileId: string | null
}

/** Something done in the field that the server does not know yet. */
export interface QueueEntry {
  /** Makes the item once-only on the server; stays the same however often it is sent. */
  clientId: string
  /** Position in the queue; also names the key it is stored under. */
  seq: number
  kind: SyncKind
  workOrderId: string
  /** What the list shows: the order's number and its device. */
  orderNumber: string
  title: string
  /** Whose it is: another person on the same phone must not send it. */
  staffId: string
  staffName: string
  /** ISO 8601 */
  capturedAt: string
  payload: Record<string, unknown>
  photos: QueuedPhoto[]
  /** The live call was sent and no answer came: it may have taken effect. */
  sentLive: boolean
  /** Why the server refused it; null while it waits. */
  refusal: { code: string; text: string } | null
}

export const isWaiting = (entry: QueueEntry): boolean => entry.refusal === null
