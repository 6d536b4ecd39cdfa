import type { ErrorCode } from '../../../types/errors'
import { AppError } from '../../errors/app-error'
import { shanghaiTime } from '../../time'
import { isUsable, type StoredLogin } from './outcomes'
import type { ChallengeRow, ListedSession, SessionRow } from './repository'

const time = (instant: Date | null) => instant && shanghaiTime(instant)

/** What a caller of the session route gets; the only answer that carries the login. */
export function toSession(row: SessionRow, { cookies, credential }: StoredLogin) {
  return {
    system_name: row.system_name,
    account: row.account,
    status: row.status,
    cookie: { cookies, ...(credential.token ? { token: credential.token } : {}) },
    expire_at: time(row.expire_at),
    last_login_at: time(row.last_login_at),
    fencing_token: row.fencing_token,
  }
}

/** Why a session cannot be had now. */
export function refusalOf(row: SessionRow, challengeId: string | null, now: Date): AppError {
  if (challengeId) return new AppError('CHALLENGE_OPEN', { details: { challenge_id: challengeId } })
  const known: readonly string[] = [
    'CAPTCHA_EXHAUSTED',
    'PASSWORD_WRONG',
    'ACCOUNT_LOCKED',
    'SITE_DOWN',
    'SITE_CHANGED',
  ]
  const code = (known.includes(row.state) ? row.state : 'SITE_DOWN') as ErrorCode
  const waitMs = row.retry_at ? row.retry_at.getTime() - now.getTime() : 0
  return new AppError(code, waitMs > 0 ? { retryAfterSeconds: Math.ceil(waitMs / 1000) } : {})
}

/** The keeper's own words for what happens next. */
function nextAction(row: SessionRow, challenge: boolean, now: Date): string {
  if (challenge) return '等待人工输入验证码'
  if (row.lease_until && row.lease_until > now) return '正在登录或检查'
  if (row.state === 'PASSWORD_WRONG') return '等待管理员更新密码'
  if (row.state === 'SITE_CHANGED') return '等待管理员检查系统配置'
  if (row.state === 'NEW') return '首次使用时登录'
  if (row.state === 'EXPIRED' && row.next_action_at === null) return '下次使用时登录'
  if (row.state === 'CHALLENGE') return '下次使用时重新获取验证码'
  return isUsable(row, now) ? '定时检查' : '重新登录'
}

/** Since when a session is what it is. What is tried again and again is known by when it was last good. */
function sinceOf(row: SessionRow): Date | null {
  if (row.state === 'ACTIVE') return row.last_login_at
  if (row.state === 'EXPIRED') return row.expire_at
  if (row.state === 'SITE_DOWN' || row.state === 'CAPTCHA_EXHAUSTED') return row.last_alive_at
  return row.update_time
}

/** A session as the console shows it: without the login. */
export function toSessionRow(row: ListedSession, now: Date) {
  const challengeId = row.state === 'CHALLENGE' ? row.challenge_id : null
  const age = row.last_login_at && row.status === 'active' ? now.getTime() - row.last_login_at.getTime() : null
  return {
    id: row.id,
    system_name: row.system_name,
    account: row.account,
    status: row.status,
    state: row.state,
    is_active: row.is_active,
    since: time(sinceOf(row)),
    age_seconds: age === null ? null : Math.floor(age / 1000),
    expire_at: time(row.expire_at),
    last_login_at: time(row.last_login_at),
    last_check_at: time(row.last_check_at),
    learned_lifetime_seconds: row.learned_lifetime_seconds,
    failures: row.failures,
    password_failures: row.password_failures,
    attempts_left: Math.max(0, row.lock_threshold - row.password_failures),
    next_action: nextAction(row, challengeId !== null, now),
    next_action_at: time(row.next_action_at),
    last_error: row.last_error,
    fencing_token: row.fencing_token,
    challenge_id: challengeId,
  }
}

export const toChallenge = (row: ChallengeRow) => ({
  id: row.id,
  system_name: row.system_name,
  account: row.account,
  kind: row.kind,
  image: row.image,
  expires_at: shanghaiTime(row.expires_at),
})
