import type { StaffLogin } from '@shared/api/staff'
import { useSession } from '@/stores/session'
import { callAsStaff } from './api'

/** Changes the own password (8–128 characters); all other logins end, this one goes on with a fresh token. */
export async function changePassword(change: { oldPassword: string; newPassword: string }): Promise<void> {
  useSession
    .getState()
    .keepStaff(await callAsStaff<StaffLogin>({ method: 'POST', path: '/auth/password', body: change }))
}
