import type { StaffRole, StaffUser } from '@shared/api/staff'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { useNavigate } from 'react-router-dom'
import { ApiError, request } from '../api/client'
import { ME } from '../api/query-client'

/** Who is logged in: null for nobody. */
export function useMe() {
  return useQuery<StaffUser | null, ApiError>({
    queryKey: ME,
    queryFn: () =>
      request<StaffUser>('/auth/me').catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 401) return null
        throw error
      }),
    staleTime: Infinity,
    gcTime: Infinity,
  })
}

export const StaffContext = createContext<StaffUser | null>(null)

/** Whoever uses the page; only below the shell. */
export function useStaff(): StaffUser {
  const staff = useContext(StaffContext)
  if (!staff) throw new Error('nobody is logged in here')
  return staff
}

export const useIsAdmin = (): boolean => useStaff().role === 'ADMIN'

/** The console is for those who dispatch and administrate. */
export const mayEnter = (role: StaffRole): boolean => role !== 'HOMECARE_WORKER'

export const ROLE_LABELS: Record<StaffRole, string> = {
  ADMIN: '管理员',
  HOMECARE_DISPATCHER: '派单员',
  HOMECARE_WORKER: '服务人员',
}

/** Gives the cookie back. */
export const endSession = () => request('/auth/logout', { method: 'POST' }).catch(() => {})

/** Leaves for the login; the page forgets everything it knew. */
export function useLogout() {
  const client = useQueryClient()
  const navigate = useNavigate()
  return async () => {
    await endSession()
    await navigate('/login', { flushSync: true })
    client.clear()
    client.setQueryData(ME, null)
  }
}
