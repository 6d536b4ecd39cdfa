export const STAFF_ROLES = ['HOMECARE_DISPATCHER', 'HOMECARE_WORKER', 'ADMIN'] as const
export type StaffRole = (typeof STAFF_ROLES)[number]

/** auth-and-checkin.md 1.4 */
export interface StaffUser {
  id: string
  email: string
  role: StaffRole
  full_name: string
  org_id: string
  created_at: string
}

export interface StaffLogin {
  token: string
  user: StaffUser
}
