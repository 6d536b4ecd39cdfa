import { send, type Call } from './request'
import { withCustomer, withStaff } from './session'

type AuthorisedCall = Omit<Call, 'token'>

/** One call as the customer (`/api/v1`); throws ApiError. */
export function callAsCustomer<T>(call: AuthorisedCall): Promise<T> {
  return withCustomer((token) => send<T>({ ...call, token }))
}

/** One call as a member of staff (`/auth`, `/homecare`, `/api/v1/admin`); throws ApiError. */
export function callAsStaff<T>(call: AuthorisedCall): Promise<T> {
  return withStaff((token) => send<T>({ ...call, token }))
}
