import type { CustomerProfile, PhoneBinding, ProfileUpdate } from '@shared/api/customers'
import { useSession } from '@/stores/session'
import { callAsCustomer } from './api'

/** The customer's own account; keeps a copy for the next start. */
export async function getProfile(): Promise<CustomerProfile> {
  const profile = await callAsCustomer<CustomerProfile>({ path: '/api/v1/user/profile' })
  useSession.getState().keepProfile(profile)
  return profile
}

export async function updateProfile(update: ProfileUpdate): Promise<CustomerProfile> {
  const profile = await callAsCustomer<CustomerProfile>({ method: 'PUT', path: '/api/v1/user/profile', body: update })
  useSession.getState().keepProfile(profile)
  return profile
}

/** Exchanges the code of WeChat's phone button; the profile may be one the company knew before. */
export async function bindPhone(code: string): Promise<PhoneBinding> {
  const binding = await callAsCustomer<PhoneBinding>({ method: 'POST', path: '/api/v1/wechat/phone', body: { code } })
  useSession.getState().keepProfile(binding.userInfo)
  return binding
}
