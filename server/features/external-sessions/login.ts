import type { CaptchaDecoder, CaptchaReading } from '../../connectors/captcha'
import type { CaptchaNote, CaptchaTicket, LoginOutcome } from '../../connectors/external-site'
import { UpstreamError } from '../../connectors/kit/upstream-error'
import type { Vault } from '../../vault'
import { purposeOf } from '../external-systems/sealing'
import type { OpenSystem } from '../external-systems/sites'
import {
  accountLocked,
  captchaExhausted,
  type Changes,
  loggedIn,
  passwordWrong,
  siteDown,
  siteFault,
  type StoredLogin,
} from './outcomes'
import type { ExternalSessionRepository, SessionRow } from './repository'

/** Never spent by the keeper: a person may still need them. */
export const KEPT_ATTEMPTS = 2
/** Five captchas at most: below this margin a fresh image is the better bet, the last tries take what they get. */
export const MIN_MARGINS = [1.6, 1.6, 0.8, 0, 0]

/** What came of a login: changes to the row, or a captcha for a person. */
export type LoginResult = { changes: Changes } | { person: CaptchaTicket; reason: string }

export interface LoginDeps {
  repository: ExternalSessionRepository
  decoder: CaptchaDecoder | null
  vault: Vault
  log: { warn(facts: object, message: string): void }
  random: () => number
  now: () => Date
}

export interface PersonAnswer {
  ticket: CaptchaTicket
  answer: string
  /** In place of the saved one. */
  password?: string
}

/** Somebody has taken the lease over: whatever this login found out is void. */
export class LeaseLost extends Error {}

const isCounted = ({ kind }: LoginOutcome, { lockout }: OpenSystem['profile']): boolean =>
  kind === 'password-wrong' || (kind !== 'ok' && lockout.counts === 'every-refusal')

/** Logs one account in, under its lease. Every try has a fresh captcha and a fresh cookie jar. */
export class Login {
  constructor(private readonly deps: LoginDeps) {}

  /** By itself: up to five captchas, never the last two attempts before a lock. @throws LeaseLost */
  run(open: OpenSystem, row: SessionRow): Promise<LoginResult> {
    return this.#guarded(row, async () => {
      for (const minMargin of MIN_MARGINS) {
        const result = await this.#try(open, row, minMargin)
        if (result) return result
      }
      return { changes: captchaExhausted(row, this.deps.now()) }
    })
  }

  /** With a person's answer; a wrong one leads to a fresh captcha for a person. @throws LeaseLost */
  answer(open: OpenSystem, row: SessionRow, { ticket, answer }: PersonAnswer): Promise<LoginResult> {
    return this.#guarded(row, async () => {
      const changes = this.#settle(open, row, await this.attempt(open, row, { ticket, answer }))
      if (changes) return { changes }
      return { person: (await this.fetch(open, row.account)).ticket, reason: '人工输入的验证码不正确' }
    })
  }

  async #guarded(row: SessionRow, work: () => Promise<LoginResult>): Promise<LoginResult> {
    try {
      return await work()
    } catch (error) {
      return { changes: siteFault(row, this.deps.now(), error) }
    }
  }

  /** One captcha. Null: it could not be read, or the site says it was read wrong; another one may do. */
  async #try(open: OpenSystem, row: SessionRow, minMargin: number): Promise<LoginResult | null> {
    const { ticket, reading } = await this.fetch(open, row.account)
    if (row.password_failures >= open.system.lock_threshold - KEPT_ATTEMPTS)
      return ticket.image ? { person: ticket, reason: '剩余登录次数不足' } : { changes: passwordWrong(row) }
    if (ticket.image && !this.deps.decoder) return { person: ticket, reason: '没有可用的验证码识别' }
    if (ticket.image && (!reading || reading.margin < minMargin)) return null
    const answer = reading?.answer ?? ''
    const changes = this.#settle(open, row, await this.attempt(open, row, { ticket, answer }))
    return changes && { changes }
  }

  /** A fresh captcha, and what it was read as. */
  async fetch({ site }: OpenSystem, account: string) {
    const read: { reading: CaptchaReading | null; note: CaptchaNote | null } = { reading: null, note: null }
    const ticket = await site.fetchCaptcha(account, async (fresh) => {
      const { reading, ...note } = await this.#decode(fresh)
      Object.assign(read, { reading, note })
      return note
    })
    return { ticket, ...read }
  }

  async #decode(ticket: CaptchaTicket): Promise<CaptchaNote & { reading: CaptchaReading | null }> {
    const { decoder, log } = this.deps
    const hook = { name: 'decode-captcha', ...ticket.spec, decoder: decoder?.name ?? 'person' }
    if (!decoder || !ticket.image) return { hook, hookResult: { decoded: false }, reading: null }
    const started = performance.now()
    try {
      const reading = await decoder.read(ticket.image, ticket.spec)
      const margin = reading && Number.isFinite(reading.margin) ? Math.round(reading.margin * 10) / 10 : null
      const ms = Math.round(performance.now() - started)
      return { hook, hookResult: { decoded: reading !== null, answer: reading ? '***' : null, margin, ms }, reading }
    } catch (error) {
      log.warn({ err: error }, 'captcha decoder failed')
      return { hook, hookResult: { decoded: false, error: 'decoder failed' }, reading: null }
    }
  }

  /**
   * Sends one login. The attempt is counted before it leaves and the count put right afterwards, so that a process that
   * dies in between has counted one too many rather than one too few.
   */
  async attempt({ system, profile, site }: OpenSystem, row: SessionRow, given: PersonAnswer): Promise<LoginOutcome> {
    const before = row.password_failures
    await this.#count(row, before + 1)
    const password = given.password ?? this.deps.vault.open(row.password, purposeOf(row.id, 'password'))
    try {
      const outcome = await site.login(given.ticket, { account: row.account, password, answer: given.answer })
      if (outcome.kind === 'password-wrong' && outcome.left !== null)
        await this.#count(row, Math.max(before + 1, system.lock_threshold - outcome.left))
      else if (!isCounted(outcome, profile)) await this.#count(row, before)
      return outcome
    } catch (error) {
      const isSpent = error instanceof UpstreamError && ['unknown-outcome', 'bad-response'].includes(error.kind)
      if (error instanceof UpstreamError && (!isSpent || row.password_proven)) await this.#count(row, before)
      throw error
    }
  }

  async #count(row: SessionRow, failures: number): Promise<void> {
    row.password_failures = failures
    if (!(await this.deps.repository.hold(row, { password_failures: failures }))) throw new LeaseLost()
  }

  /** Null: the captcha was wrong. */
  #settle({ system, profile }: OpenSystem, row: SessionRow, outcome: LoginOutcome): Changes | null {
    const { vault, random } = this.deps
    const now = this.deps.now()
    switch (outcome.kind) {
      case 'ok': {
        const stored: StoredLogin = { credential: outcome.credential, cookies: outcome.cookies }
        const sealed = vault.seal(JSON.stringify(stored), purposeOf(row.id, 'cookie'))
        return loggedIn(row, system, { ...outcome, sealed }, { now, random })
      }
      case 'captcha-wrong':
        return null
      case 'password-wrong':
        return passwordWrong(row)
      case 'locked':
        return accountLocked(row, now, outcome.minutes ?? profile.lockout.minutes)
      case 'busy':
        return siteDown(row, now, '外部系统繁忙')
    }
  }
}
