import { create } from 'zustand'

/** Whether the phone says it has network; what a call meets may still differ. */
export const useNetwork = create<{ online: boolean; setOnline: (online: boolean) => void }>((set) => ({
  online: true,
  setOnline: (online) => set({ online }),
}))
