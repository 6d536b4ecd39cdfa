import { setTimeout as wait } from 'node:timers/promises'
import type { CaptchaDecoder } from '../../connectors/captcha'
import type { SiteCredential } from '../../connectors/external-site'
import { NO_CREDENTIAL } from '../../connectors/external-site/credential'
import type { Database } from '../../db/database'
import { AppError } from '../../errors/app-error'
import { newId } from '../../ids'
import type { Vault } from '../../vault'
import { purposeOf } from '../external-systems/sealing'
import type { ExternalSystemService } from '../external-systems/service'
import type { OpenSystem } from '../external-systems/sites'
import { type AnnounceDeps, createAnnounce } from './announce'
import { newChallenge } from './challenges'
import { LeaseLost, Login, type LoginResult } from './login'
import {
  alive,
  type Changes,
  expired,
  isHeldBack,
  isUsable,
  isWorthChecking,
  siteFault,
  type StoredLogin,
  waitsForPerson,
} from './outcomes'
import type { ChallengeRow, ExternalSessionRepository, SessionRow } from './repository'

const LEASE_MS = 30_000
const RENEW_MS = 8_000
const POLL_MS = 150
const PATIENCE_MS = 120_000

export interface KeeperDeps extends AnnounceDeps {
  repository: ExternalSessionRepository
  systems: ExternalSystemService
  decoder: CaptchaDecoder | null
  vault: Vault
  transaction: Database['transaction']
  random: () => number
  now: () => Date
}

/** What a session is asked for. `check` asks the site; `renew` logs in though the session may still be good. */
export type Wish = 'usable' | 'check' | 'renew'

/** Brings sessions to where they can be: one at work per account, in this process by sharing, across them by a lease. */
export class Keeper {
  readonly login: Login
  /** Who hears of what happens to a session. */
  readonly announce: ReturnType<typeof createAnnounce>
  readonly #flights = new Map<string, Promise<SessionRow>>()

  constructor(private readonly deps: KeeperDeps) {
    this.login = new Login(deps)
    this.announce = createAnnounce(deps)
  }

  get #repository() {
    return this.deps.repository
  }

  #now(): Date {
    return this.deps.now()
  }

  #leaseEnd(): Date {
    return new Date(this.#now().getTime() + LEASE_MS)
  }

  /** Concurrent callers of one account share one piece of work. */
  share(row: SessionRow, wish: Wish): Promise<SessionRow> {
    const key = `${row.id} ${wish}`
    const found = this.#flights.get(key)
    if (found) return found
    const flight = this.#bring(row.id, wish).finally(() => this.#flights.delete(key))
    this.#flights.set(key, flight)
    return flight
  }

  /** Brings a session to where it can be: usable, or held back with a reason. Across processes one works at a time. */
  async #bring(id: string, wish: Wish): Promise<SessionRow> {
    const deadline = performance.now() + PATIENCE_MS
    let asked = wish
    while (performance.now() < deadline) {
      const row = await this.#repository.find(id)
      if (!row) throw new AppError('NOT_FOUND', { message: '外部系统或账号不存在' })
      if (asked === 'usable' && isUsable(row, this.#now())) return row
      if (isHeldBack(row, this.#now()) || (await this.waitsOnPerson(row))) return row
      const lease = await this.#take(id)
      if (!lease) {
        // Whoever has it is doing what we want: its result will do for us.
        asked = 'usable'
        await wait(POLL_MS)
      } else {
        await this.underLease(lease, () => this.#improve(lease, asked))
        asked = 'usable'
      }
    }
    throw new AppError('SITE_DOWN', { message: '登录未在规定时间内完成' })
  }

  /** The challenge that this session waits on, if any. */
  async waitsOnPerson({ id, state }: SessionRow): Promise<ChallengeRow | null> {
    return state === 'CHALLENGE' ? this.#repository.openChallenge(id, this.#now()) : null
  }

  #take(id: string) {
    return this.#repository.takeLease({ id, owner: newId(), now: this.#now(), until: this.#leaseEnd() })
  }

  /** Keeps the lease while `work` runs; a result that comes too late is dropped. */
  async underLease<T>(row: SessionRow, work: () => Promise<T>): Promise<T | null> {
    const extend = () => this.#repository.hold(row, { lease_until: this.#leaseEnd() })
    const renewal = setInterval(() => void extend().catch(() => {}), RENEW_MS).unref()
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof LeaseLost)) {
        await this.#repository.hold(row, { lease_owner: null, lease_until: null }).catch(() => {})
        throw error
      }
      this.deps.log.warn({ session: row.id, token: row.fencing_token }, 'late result of a login was dropped')
      return null
    } finally {
      clearInterval(renewal)
    }
  }

  async #improve(row: SessionRow, wish: Wish): Promise<void> {
    if (wish === 'usable' && isUsable(row, this.#now())) return void (await this.#finish(row, {}))
    const open = await this.deps.systems.open(row.system_name)
    const known = this.storedLogin(row)
    const mayBeAlive = known.credential !== NO_CREDENTIAL && isWorthChecking(row, this.#now())
    if (wish !== 'renew' && mayBeAlive) {
      const isAlive = await this.#check(open, row, known.credential)
      if (isAlive !== false) return
    }
    await this.conclude(open, row, await this.login.run(open, row))
  }

  /** True or undefined: concluded. False: the session is over, the lease is still held. */
  async #check(open: OpenSystem, row: SessionRow, credential: SiteCredential): Promise<boolean | undefined> {
    let changes: Changes
    try {
      const isAlive = await open.site.check(credential, row.account)
      if (isAlive)
        return await this.#finish(row, alive(row, open.system, { now: this.#now(), random: this.deps.random }))
      changes = expired(row, open.system, this.#now())
    } catch (error) {
      await this.#finish(row, { ...siteFault(row, this.#now(), error), last_check_at: this.#now() })
      return undefined
    }
    if (!(await this.#repository.hold(row, changes))) throw new LeaseLost()
    this.announce.changed(row)
    Object.assign(row, changes)
    return false
  }

  /** Writes what came of a login and gives the lease back. @throws LeaseLost */
  async conclude(open: OpenSystem, row: SessionRow, result: LoginResult, answered?: ChallengeRow) {
    const state = 'person' in result ? 'CHALLENGE' : result.changes.state
    const closed = answered ?? (await this.waitsOnPerson(row))
    const opened = 'person' in result ? newChallenge(open, row, result.person, this.deps) : null
    await this.deps.transaction(async (trx) => {
      const changes = 'person' in result ? waitsForPerson(row, result.reason) : result.changes
      const isHeld = await this.#repository.hold(
        row,
        { ...changes, lease_owner: null, lease_until: null, update_time: this.#now() },
        trx,
      )
      if (!isHeld) throw new LeaseLost()
      if (answered) await this.#repository.closeChallenge(answered.id, state === 'ACTIVE' ? 'solved' : 'failed', trx)
      else await this.#repository.closeChallengesOf(row.id, trx)
      if (opened) await this.#repository.insertChallenge(opened, trx)
    })
    this.announce.challenges({ closed, opened })
    if (state !== row.state) await this.announce.state(row, state!)
  }

  /** Writes and gives the lease back. @throws LeaseLost */
  async #finish(row: SessionRow, changes: Changes): Promise<true> {
    const released = { ...changes, lease_owner: null, lease_until: null, update_time: this.#now() }
    if (!(await this.#repository.hold(row, released))) throw new LeaseLost()
    if (changes.state && changes.state !== row.state) await this.announce.state(row, changes.state)
    return true
  }

  /** The login as it was sealed. */
  storedLogin(row: SessionRow): StoredLogin {
    const stored = JSON.parse(this.deps.vault.open(row.cookie, purposeOf(row.id, 'cookie'))) as Partial<StoredLogin>
    return { credential: stored.credential ?? NO_CREDENTIAL, cookies: stored.cookies ?? {} }
  }

  /** Gives a lease back as it is. */
  async release(row: SessionRow): Promise<void> {
    await this.#repository.hold(row, { lease_owner: null, lease_until: null })
  }

  /** The lease, once it is free. @throws AppError CONFLICT */
  async takePatiently(id: string): Promise<SessionRow> {
    const deadline = performance.now() + LEASE_MS
    while (performance.now() < deadline) {
      const lease = await this.#take(id)
      if (lease) return lease
      await wait(POLL_MS)
    }
    throw new AppError('CONFLICT', { message: '该账号正在登录，请稍后再试' })
  }
}
