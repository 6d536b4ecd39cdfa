import type { Context } from 'koa'
import type { StaffRole } from '../../types/api/staff'
import { AppError } from '../errors/app-error'
import type { CustomerRow } from '../features/customers/repository'
import { carriedOf } from './carried'
import type { TokenClaims, Tokens } from './tokens'

export interface CustomerPrincipal {
  typ: 'customer'
  id: number
  name: string
  /** The row the token led to, so that a route need not read it again. */
  row: CustomerRow & { wechat_openid: string }
}
export interface StaffPrincipal {
  typ: 'staff'
  id: string
  name: string
  role: StaffRole
  email: string
  orgId: string
  teamId: string | null
}
export type Principal = CustomerPrincipal | StaffPrincipal

/** `customer:12`, `staff:<uuid>`: the owner of files, idempotency keys and rate limits. */
export const principalKey = (who: Principal) => `${who.typ}:${who.id}`

/** Who may call a route; `check` narrows the caller or refuses it. */
export interface Access<Who> {
  name: string
  open: boolean
  check(who: Principal | null): Who
}

const known = (who: Principal | null) => {
  if (!who) throw new AppError('UNAUTHENTICATED')
  return who
}

export const open: Access<null> = { name: 'open', open: true, check: () => null }

export const customers: Access<CustomerPrincipal> = {
  name: 'customer',
  open: false,
  check: (caller) => {
    const who = known(caller)
    if (who.typ !== 'customer') throw new AppError('FORBIDDEN')
    return who
  },
}

/** Staff of any of these roles. */
export const staff = (...roles: StaffRole[]): Access<StaffPrincipal> => ({
  name: roles.join(', ') || 'staff',
  open: false,
  check: (caller) => {
    const who = known(caller)
    if (who.typ !== 'staff' || (roles.length > 0 && !roles.includes(who.role))) throw new AppError('FORBIDDEN')
    return who
  },
})

export const anyone: Access<Principal> = { name: 'customer, staff', open: false, check: known }

/** Finds the caller behind verified claims; null when the account is gone. */
export type FindPrincipal = (claims: TokenClaims) => Promise<Principal | null>

export const STAFF_COOKIE = 'staff_token'
export const CSRF_HEADER = 'x-csrf-token'

/** Reads the bearer token, else the console's cookie, and finds the account behind it. */
export function createAuthenticate(tokens: Tokens, find: Record<TokenClaims['typ'], FindPrincipal>) {
  return async (ctx: Context): Promise<Principal | null> => {
    const token = bearerOf(ctx) ?? cookieOf(ctx)
    if (!token) return null
    const claims = tokens.verify(token)
    const who = await find[claims.typ](claims)
    const carried = carriedOf(ctx)
    // Through the cloud a customer's token serves only the person it was given to.
    if (who?.typ === 'customer' && carried && carried.openid !== who.row.wechat_openid) return null
    if (!who) throw new AppError('UNAUTHENTICATED')
    return who
  }
}

function bearerOf(ctx: Context): string | null {
  const header = ctx.get('authorization')
  if (!header) return null
  const [, token] = /^Bearer +(\S+)$/i.exec(header) ?? []
  if (!token) throw new AppError('UNAUTHENTICATED')
  return token
}

/** A browser sends the cookie by itself, so a write must show that a page of ours made it. */
function cookieOf(ctx: Context): string | null {
  const token = ctx.cookies.get(STAFF_COOKIE)
  if (!token) return null
  const safe = ctx.method === 'GET' || ctx.method === 'HEAD'
  if (!safe && !ctx.is('json') && !ctx.get(CSRF_HEADER)) throw new AppError('CSRF_REJECTED')
  return token
}
