import { create } from 'zustand'
import type { CustomerLogin, CustomerProfile } from '@shared/api/customers'
import type { StaffLogin } from '@shared/api/staff'
import { clearScope, readStored, removeStored, writeStored } from '@/services/storage'

interface SessionState {
  customerToken: string | null
  profile: CustomerProfile | null
  /** After an explicit logout nothing logs in again by itself. */
  customerLoggedOut: boolean
  staff: StaffLogin | null
  keepCustomer: (login: CustomerLogin) => void
  keepProfile: (profile: CustomerProfile) => void
  dropCustomerToken: () => void
  clearCustomer: () => void
  keepStaff: (login: StaffLogin) => void
  expireStaff: () => void
  clearStaff: () => void
}

/** Who is logged in on this phone: a customer and, separately, a member of staff. */
export const useSession = create<SessionState>((set) => ({
  customerToken: readStored('customerToken'),
  profile: readStored('customerProfile'),
  customerLoggedOut: readStored('customerLoggedOut') ?? false,
  staff: readStored('staffLogin'),
  keepCustomer: ({ token, userInfo }) => {
    writeStored('customerToken', token)
    writeStored('customerProfile', userInfo)
    removeStored('customerLoggedOut')
    set({ customerToken: token, profile: userInfo, customerLoggedOut: false })
  },
  keepProfile: (profile) => {
    writeStored('customerProfile', profile)
    set({ profile })
  },
  dropCustomerToken: () => {
    removeStored('customerToken')
    set({ customerToken: null })
  },
  clearCustomer: () => {
    clearScope('customer')
    writeStored('customerLoggedOut', true)
    set({ customerToken: null, profile: null, customerLoggedOut: true })
  },
  keepStaff: (login) => {
    writeStored('staffLogin', login)
    set({ staff: login })
  },
  // The unsent queue stays: an expired token must not cost a finished visit.
  expireStaff: () => {
    removeStored('staffLogin')
    set({ staff: null })
  },
  clearStaff: () => {
    clearScope('staff')
    set({ staff: null })
  },
}))
