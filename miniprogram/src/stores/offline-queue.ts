import { create } from 'zustand'
import { readMembers, removeMember, writeMember } from '@/services/storage'
import type { QueueEntry } from '@/shared/queue-entry'

interface Delivered {
  clientId: string
  workOrderId: string
  kind: QueueEntry['kind']
  orderNumber: string
  at: string
}

interface QueueState {
  /** In the order they were done. */
  entries: QueueEntry[]
  /** True while a run is under way. */
  sending: boolean
  /** What the run is at: an entry, and how much of its photo is through. */
  current: { clientId: string; percent: number } | null
  /** Why the last run stopped before the end; '' when it did not. */
  stopped: string
  /** What arrived since the app was opened, newest first. */
  delivered: Delivered[]
  /** Reads the phone's storage again, as after a start. */
  restore: () => void
  /** Writes an entry to the phone, then shows it; throws when the storage is full. */
  put: (entry: QueueEntry) => void
  take: (entry: QueueEntry) => void
  deliver: (entry: QueueEntry) => void
  show: (state: Partial<Pick<QueueState, 'sending' | 'current' | 'stopped'>>) => void
}

const inOrder = (entries: QueueEntry[]) => [...entries].sort((a, b) => a.seq - b.seq)
const KEPT_DELIVERED = 20

/** What this phone has yet to send. The phone's storage is written first; this is its copy for the pages. */
export const useQueue = create<QueueState>((set, get) => ({
  entries: inOrder(readMembers('queue')),
  sending: false,
  current: null,
  stopped: '',
  delivered: [],
  restore: () => set({ entries: inOrder(readMembers('queue')) }),
  put: (entry) => {
    writeMember('queue', entry.seq, entry)
    set({ entries: inOrder([...get().entries.filter(({ seq }) => seq !== entry.seq), entry]) })
  },
  take: ({ seq }) => {
    removeMember('queue', seq)
    set({ entries: get().entries.filter((entry) => entry.seq !== seq) })
  },
  deliver: (entry) => {
    const { clientId, workOrderId, kind, orderNumber } = entry
    const arrival = { clientId, workOrderId, kind, orderNumber, at: new Date().toISOString() }
    get().take(entry)
    set({ delivered: [arrival, ...get().delivered].slice(0, KEPT_DELIVERED) })
  },
  show: (state) => set(state),
}))
