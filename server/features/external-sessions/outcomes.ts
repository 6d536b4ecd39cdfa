import type { Updateable } from 'kysely'
import type { LoggedIn, SiteCredential } from '../../connectors/external-site'
import { UpstreamError } from '../../connectors/kit/upstream-error'
import type { ExternalAuthSessionTable } from '../../db/external-schema'
import type { SystemRow } from '../external-systems/repository'
import type { SessionRow } from './repository'

/** What a login or a check makes of a session's row. */
export type Changes = Updateable<ExternalAuthSessionTable>

const MAX_BACKOFF_SECONDS = 300
const CAPTCHA_BACKOFF_SECONDS = 15
const LOCK_MARGIN_MS = 5_000
const MAX_ERROR = 500
/** Grown by this much each time a renewal came before the end: a lifetime once learned too short is outgrown. */
const LIFETIME_GROWTH = 1.1
const MAX_LIFETIME_SECONDS = 30 * 24 * 3600

const after = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1000)

/** A stopped or waiting session: `retryAt` null means until a person acts. */
function failed(
  state: SessionRow['state'],
  { retryAt, error, failures }: { retryAt: Date | null; error: string; failures: number },
): Changes {
  const status = state === 'CHALLENGE' ? 'challenge' : 'failed'
  return {
    state,
    status,
    retry_at: retryAt,
    next_action_at: retryAt,
    last_error: error.slice(0, MAX_ERROR),
    failures: failures + 1,
  }
}

/** 2, 4, 8 … seconds, at most five minutes. */
export const siteDown = ({ failures }: SessionRow, now: Date, error: string): Changes =>
  failed('SITE_DOWN', {
    retryAt: after(now, Math.min(MAX_BACKOFF_SECONDS, 2 ** Math.min(failures + 1, 10))),
    error,
    failures,
  })

export const siteChanged = ({ failures }: SessionRow, error: string): Changes =>
  failed('SITE_CHANGED', { retryAt: null, error, failures })

export const captchaExhausted = ({ failures, state }: SessionRow, now: Date): Changes => {
  const before = state === 'CAPTCHA_EXHAUSTED' ? failures : 0
  const seconds = Math.min(MAX_BACKOFF_SECONDS, CAPTCHA_BACKOFF_SECONDS * 2 ** Math.min(before, 10))
  return failed('CAPTCHA_EXHAUSTED', { retryAt: after(now, seconds), error: '验证码多次识别失败', failures })
}

export const passwordWrong = ({ failures }: SessionRow): Changes =>
  failed('PASSWORD_WRONG', { retryAt: null, error: '账号或密码被拒绝', failures })

/** When the lock ends the site counts from zero again, and so do we. */
export const accountLocked = ({ failures }: SessionRow, now: Date, minutes: number): Changes => ({
  ...failed('ACCOUNT_LOCKED', {
    retryAt: new Date(now.getTime() + minutes * 60_000 + LOCK_MARGIN_MS),
    error: `账号被锁定 ${minutes} 分钟`,
    failures,
  }),
  password_failures: 0,
})

export const waitsForPerson = ({ failures }: SessionRow, reason: string): Changes =>
  failed('CHALLENGE', { retryAt: null, error: reason, failures })

/** Down or changed, by how the call failed; anything else is a fault of ours and is thrown on. */
export function siteFault(row: SessionRow, now: Date, error: unknown): Changes {
  if (!(error instanceof UpstreamError)) throw error
  const isDown = ['unavailable', 'rate-limited', 'unknown-outcome'].includes(error.kind)
  return isDown ? siteDown(row, now, error.message) : siteChanged(row, error.message)
}

/** When the keeper looks at a good session again: after its interval give or take 15 %, or before it ends. */
function nextLook(now: Date, interval: number, expireAt: Date | null, random: () => number): Date {
  const look = after(now, interval * (0.85 + 0.3 * random()))
  if (!expireAt) return look
  const renewal = new Date(expireAt.getTime() - interval * 1000 * 0.5)
  return renewal < look && renewal > now ? renewal : look
}

export interface Moment {
  now: Date
  random: () => number
}

export function loggedIn(
  row: SessionRow,
  { check_interval_seconds: interval }: SystemRow,
  outcome: LoggedIn & { sealed: string },
  { now, random }: Moment,
): Changes {
  const renewed = row.status === 'active' && row.learned_lifetime_seconds !== null
  const learned = renewed
    ? Math.min(MAX_LIFETIME_SECONDS, Math.ceil(row.learned_lifetime_seconds! * LIFETIME_GROWTH))
    : row.learned_lifetime_seconds
  const expireAt = outcome.expiresAt ?? (learned === null ? null : after(now, learned))
  return {
    state: 'ACTIVE',
    status: 'active',
    cookie: outcome.sealed,
    expire_at: expireAt,
    last_login_at: now,
    last_alive_at: now,
    next_action_at: nextLook(now, interval, expireAt, random),
    retry_at: null,
    learned_lifetime_seconds: learned,
    password_failures: 0,
    password_proven: true,
    failures: 0,
    last_error: null,
  }
}

/** The site still takes the session. */
export const alive = (row: SessionRow, system: SystemRow, { now, random }: Moment): Changes => ({
  state: 'ACTIVE',
  status: 'active',
  last_alive_at: now,
  last_check_at: now,
  next_action_at: nextLook(now, system.check_interval_seconds, row.expire_at, random),
  retry_at: null,
  failures: 0,
  last_error: null,
})

/**
 * The site no longer takes the session: how long it lived for sure is learned, but never less than the check interval,
 * so that one session ended early does not make the keeper log in all the time.
 */
export function expired(row: SessionRow, { check_interval_seconds: interval }: SystemRow, now: Date): Changes {
  const lived =
    row.last_login_at && row.last_alive_at && row.status === 'active'
      ? Math.floor((row.last_alive_at.getTime() - row.last_login_at.getTime()) / 1000)
      : null
  return {
    state: 'EXPIRED',
    status: 'expired',
    expire_at: now,
    last_check_at: now,
    ...(lived === null ? {} : { learned_lifetime_seconds: Math.max(interval, lived) }),
  }
}

/** Whether the session can be handed out as it is. */
export const isUsable = (row: SessionRow, now: Date): boolean =>
  row.state === 'ACTIVE' && (row.expire_at === null || row.expire_at > now)

/** Whether this session must be renewed before the next look. */
export const isNearEnd = (row: SessionRow, { check_interval_seconds: interval }: SystemRow, now: Date): boolean =>
  row.expire_at !== null && row.expire_at.getTime() - now.getTime() <= interval * 1000

/** Whether nothing is tried now: backing off, or stopped until a person acts. An open challenge is looked up beside. */
export function isHeldBack(row: SessionRow, now: Date): boolean {
  if (row.state === 'PASSWORD_WRONG' || row.state === 'SITE_CHANGED') return true
  return row.retry_at !== null && row.retry_at > now
}

/** A stored login as it is sealed. */
export interface StoredLogin {
  credential: SiteCredential
  cookies: Record<string, string>
}

/** A login as other services use it. */
export interface HeldSession {
  id: string
  account: string
  /** The login as it stands in the row: checks in between change the token, and not the login. */
  sealed: string
  credential: SiteCredential
}

/** A check costs nothing where a login costs a captcha: so it comes first, unless the session is known to be over. */
export const isWorthChecking = (row: SessionRow, now: Date): boolean =>
  row.last_login_at !== null && (row.expire_at === null || row.expire_at > now)
