import Taro from '@tarojs/taro'
import type { CustomerLogin } from '@shared/api/customers'
import type { StaffLogin, StaffUser } from '@shared/api/staff'
import { ApiError } from '@/shared/api-error'
import { IS_BROWSER, IS_DEMO } from '@/shared/platform'
import { randomKey } from '@/shared/random-key'
import { useSession } from '@/stores/session'
import { assertConsent, send, transportError } from './request'
import { readStored, writeStored } from './storage'

let customerLogin: Promise<string> | null = null

/**
 * Logs the customer in with WeChat and keeps the token; calls made meanwhile share the one login.
 * Throws ApiError (`unsupported` in a browser that has no sandbox login).
 */
export function loginCustomer(): Promise<string> {
  customerLogin ??= exchangeCode().finally(() => {
    customerLogin = null
  })
  return customerLogin
}

async function exchangeCode(): Promise<string> {
  // Before wx.login, not only before the call: asking WeChat who this is needs the consent, too.
  assertConsent()
  const login = await send<CustomerLogin>({
    method: 'POST',
    path: '/api/v1/wechat/login',
    body: { code: await loginCode() },
  })
  useSession.getState().keepCustomer(login)
  return login.token
}

async function loginCode(): Promise<string> {
  // WeChat tells the cloud function who is calling.
  if (process.env.TARO_APP_TRANSPORT === 'cloud') return ''
  if (!IS_BROWSER) {
    const { code } = await Taro.login().catch((failure: unknown) => {
      throw transportError(failure)
    })
    return code
  }
  if (!IS_DEMO) throw new ApiError({ kind: 'unsupported' })
  return demoCode()
}

/** The sandbox WeChat maps a code with this prefix to a stable person: one per browser. */
function demoCode(): string {
  const kept = readStored('demoCode')
  if (kept) return kept
  const code = `demo-${randomKey()}`
  writeStored('demoCode', code)
  return code
}

/**
 * Runs a call with the customer's token: logs in on first need, renews once on 401 and repeats once.
 * Throws `unauthenticated` without a call after an explicit logout.
 */
export async function withCustomer<T>(run: (token: string) => Promise<T>): Promise<T> {
  const session = useSession.getState()
  if (session.customerLoggedOut) throw new ApiError({ kind: 'unauthenticated', code: 'UNAUTHENTICATED' })
  const token = session.customerToken ?? (await loginCustomer())
  try {
    return await run(token)
  } catch (error) {
    if (!isExpired(error)) throw error
    return run(await renew(token))
  }
}

/** A fresh token, unless another call already brought one since this call was sent. */
function renew(staleToken: string): Promise<string> {
  const { customerToken, dropCustomerToken } = useSession.getState()
  if (customerToken && customerToken !== staleToken) return Promise.resolve(customerToken)
  dropCustomerToken()
  return loginCustomer()
}

// A wrong password (also when changing it) is a 401, too, and says nothing about the token.
const isExpired = (error: unknown) =>
  error instanceof ApiError && error.kind === 'unauthenticated' && error.code !== 'WRONG_PASSWORD'

/** Forgets the customer on this phone: token, profile, draft. */
export function logoutCustomer(): void {
  useSession.getState().clearCustomer()
}

/** Logs a member of staff in; throws ApiError (wrong password, unknown account, too many tries). */
export async function loginStaff(email: string, password: string): Promise<StaffUser> {
  const login = await send<StaffLogin>({ method: 'POST', path: '/auth/email-login', body: { email, password } })
  useSession.getState().keepStaff(login)
  return login.user
}

/** Runs a call with the staff token; on 401 forgets it and opens the staff login. */
export async function withStaff<T>(run: (token: string) => Promise<T>): Promise<T> {
  const token = useSession.getState().staff?.token
  if (!token) throw staffLoginNeeded()
  try {
    return await run(token)
  } catch (error) {
    if (isExpired(error)) staffLoginNeeded()
    throw error
  }
}

function staffLoginNeeded(): ApiError {
  useSession.getState().expireStaff()
  const pages = Taro.getCurrentPages()
  const top = pages[pages.length - 1]
  if (!(top?.route ?? top?.path ?? '').includes('worker/login')) void Taro.redirectTo({ url: '/worker/login/index' })
  return new ApiError({ kind: 'unauthenticated', code: 'UNAUTHENTICATED' })
}

/** Tells the server, then forgets the member of staff with queue and cache, whether or not it answered. */
export async function logoutStaff(): Promise<void> {
  const token = useSession.getState().staff?.token
  useSession.getState().clearStaff()
  if (token) await send({ method: 'POST', path: '/auth/logout', token }).catch(() => undefined)
}
