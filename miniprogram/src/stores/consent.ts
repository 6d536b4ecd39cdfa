import { create } from 'zustand'
import { readStored, writeStored } from '@/services/storage'

/** Goes up when the privacy text changes in substance: everybody is asked again. */
export const PRIVACY_VERSION = 1

type Decision = 'agree' | 'disagree'

interface ConsentState {
  agreed: boolean
  sheetOpen: boolean
  /** WeChat's own pending question (`onNeedPrivacyAuthorization`), answered by the same sheet. */
  pending: ((decision: Decision) => void) | null
  openSheet: (pending?: (decision: Decision) => void) => void
  decide: (decision: Decision) => void
}

const stored = () => readStored('consent')?.version === PRIVACY_VERSION

/** Whether the person agreed to the privacy guide; the sheet opens by itself on the first start. */
export const useConsent = create<ConsentState>((set, get) => ({
  agreed: stored(),
  sheetOpen: !stored(),
  pending: null,
  openSheet: (pending) => set({ sheetOpen: true, pending: pending ?? null }),
  decide: (decision) => {
    get().pending?.(decision)
    if (decision === 'agree') writeStored('consent', { agreedAt: new Date().toISOString(), version: PRIVACY_VERSION })
    set({ agreed: decision === 'agree' || get().agreed, sheetOpen: false, pending: null })
  },
}))
