import type { WorkOrderDetail } from '@shared/api/homecare'
import { ApiError } from '@/shared/api-error'
import { useSession } from '@/stores/session'
import { readMember, readMembers, removeMember, writeMember } from './storage'
import { getWorkOrder } from './work-orders'

const KEPT_COPIES = 30

export interface SeenOrder {
  order: WorkOrderDetail
  /** ISO 8601; set when this is the copy of an earlier sight because there is no network. */
  copiedAt: string | null
}

/** A work order from the server, else, without network, as it was last seen on this phone. Throws ApiError. */
export async function seeWorkOrder(id: string): Promise<SeenOrder> {
  try {
    const order = await getWorkOrder(id)
    remember(order)
    return { order, copiedAt: null }
  } catch (error) {
    const copy = isOffline(error) ? readMember('orderCopy', id) : null
    if (copy) return { order: copy.order, copiedAt: copy.seenAt }
    if (error instanceof ApiError && error.kind === 'not-found') removeMember('orderCopy', id)
    throw error
  }
}

const isOffline = (error: unknown) => error instanceof ApiError && error.isOffline

function remember(order: WorkOrderDetail): void {
  try {
    writeMember('orderCopy', order.id, { order, seenAt: new Date().toISOString() })
    const copies = readMembers('orderCopy').sort((a, b) => b.seenAt.localeCompare(a.seenAt))
    copies.slice(KEPT_COPIES).forEach((old) => removeMember('orderCopy', old.order.id))
  } catch {
    // A full phone: the page works, only not without network.
  }
}

/** Open orders of the person logged in, as last seen on this phone, newest first. */
export function copiedOrders(): WorkOrderDetail[] {
  const id = useSession.getState().staff?.user.id
  return readMembers('orderCopy')
    .filter(({ order }) => order.worker_id === id && order.status === 'open')
    .sort((a, b) => b.seenAt.localeCompare(a.seenAt))
    .map(({ order }) => order)
}
