import { setTimeout as wait } from 'node:timers/promises'
import type { CaptchaDecoder } from '../../connectors/captcha'
import type { SiteCredential } from '../../connectors/external-site'
import { NO_CREDENTIAL } from '../../connectors/external-site/credential'
import type { Database } from '../../db/database'
import { AppError } from '../../errors/app-error'
import type { StaffPrincipal } from '../../http/authenticate'
import { toPage } from '../../http/page'
import { newId } from '../../ids'
import type { Vault } from '../../vault'
import type { AuditService } from '../audit/service'
import { purposeOf } from '../external-systems/sealing'
import type { ExternalSystemService } from '../external-systems/service'
import type { OpenSystem } from '../external-systems/sites'
import { type AnnounceDeps, createAnnounce } from './announce'
import { newChallenge, ticketOf } from './challenges'
import { LeaseLost, Login, type LoginResult } from './login'
import {
  alive,
  type Changes,
  expired,
  isHeldBack,
  isNearEnd,
  type HeldSession,
  isUsable,
  isWorthChecking,
  siteFault,
  type StoredLogin,
  waitsForPerson,
} from './outcomes'
import type { ChallengeRow, ExternalSessionRepository, SessionRow } from './repository'
import { refusalOf, toChallenge, toSession, toSessionRow } from './views'

const LEASE_MS = 30_000
const RENEW_MS = 8_000
const POLL_MS = 150
const PATIENCE_MS = 120_000
const PERSON_POLL_MS = 250
const DUE_AT_ONCE = 20

export interface ExternalSessionDeps extends AnnounceDeps {
  repository: ExternalSessionRepository
  systems: ExternalSystemService
  decoder: CaptchaDecoder | null
  vault: Vault
  audit: AuditService
  transaction: Database['transaction']
  random?: () => number
  now: () => Date
}

interface Account {
  system: string
  account: string
}

/** What a session is asked for. `check` asks the site; `renew` logs in though the session may still be good. */
type Wish = 'usable' | 'check' | 'renew'

/** Keeps accounts of external systems logged in (external-site-session.md). */
export function createExternalSessionService(deps: ExternalSessionDeps) {
  const { repository, systems, vault, audit, transaction, log, now, random = Math.random } = deps
  const login = new Login({ ...deps, random })
  const announce = createAnnounce(deps)
  const flights = new Map<string, Promise<SessionRow>>()

  async function get({ system, account }: Account): Promise<SessionRow> {
    const { system_name } = await systems.get(system)
    const row = await repository.findByAccount(system_name, account)
    if (!row) throw new AppError('NOT_FOUND', { message: '外部系统或账号不存在' })
    return row
  }

  /** Concurrent callers of one account share one piece of work. */
  function share(row: SessionRow, wish: Wish): Promise<SessionRow> {
    const key = `${row.id} ${wish}`
    const found = flights.get(key)
    if (found) return found
    const flight = bring(row.id, wish).finally(() => flights.delete(key))
    flights.set(key, flight)
    return flight
  }

  /** Brings a session to where it can be: usable, or held back with a reason. Across processes one works at a time. */
  async function bring(id: string, wish: Wish): Promise<SessionRow> {
    const deadline = performance.now() + PATIENCE_MS
    let asked = wish
    while (performance.now() < deadline) {
      const row = await repository.find(id)
      if (!row) throw new AppError('NOT_FOUND', { message: '外部系统或账号不存在' })
      if (asked === 'usable' && isUsable(row, now())) return row
      if (isHeldBack(row, now()) || (await waitsOnPerson(row))) return row
      const lease = await take(id)
      if (!lease) {
        // Whoever has it is doing what we want: its result will do for us.
        asked = 'usable'
        await wait(POLL_MS)
      } else {
        await underLease(lease, () => improve(lease, asked))
        asked = 'usable'
      }
    }
    throw new AppError('SITE_DOWN', { message: '登录未在规定时间内完成' })
  }

  const waitsOnPerson = async ({ id, state }: SessionRow): Promise<ChallengeRow | null> =>
    state === 'CHALLENGE' ? repository.openChallenge(id, now()) : null

  const take = (id: string) =>
    repository.takeLease({ id, owner: newId(), now: now(), until: new Date(now().getTime() + LEASE_MS) })

  /** Keeps the lease while `work` runs; a result that comes too late is dropped. */
  async function underLease<T>(row: SessionRow, work: () => Promise<T>): Promise<T | null> {
    const extend = () => repository.hold(row, { lease_until: new Date(now().getTime() + LEASE_MS) })
    const renewal = setInterval(() => void extend().catch(() => {}), RENEW_MS).unref()
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof LeaseLost)) {
        await repository.hold(row, { lease_owner: null, lease_until: null }).catch(() => {})
        throw error
      }
      log.warn({ session: row.id, token: row.fencing_token }, 'late result of a login was dropped')
      return null
    } finally {
      clearInterval(renewal)
    }
  }

  async function improve(row: SessionRow, wish: Wish): Promise<void> {
    if (wish === 'usable' && isUsable(row, now())) return void (await finish(row, {}))
    const open = await systems.open(row.system_name)
    const known = storedLogin(row)
    const mayBeAlive = known.credential !== NO_CREDENTIAL && isWorthChecking(row, now())
    if (wish !== 'renew' && mayBeAlive) {
      const isAlive = await check(open, row, known.credential)
      if (isAlive !== false) return
    }
    await conclude(open, row, await login.run(open, row))
  }

  /** True or undefined: concluded. False: the session is over, the lease is still held. */
  async function check(open: OpenSystem, row: SessionRow, credential: SiteCredential): Promise<boolean | undefined> {
    let changes: Changes
    try {
      const isAlive = await open.site.check(credential, row.account)
      if (isAlive) return await finish(row, alive(row, open.system, { now: now(), random }))
      changes = expired(row, open.system, now())
    } catch (error) {
      await finish(row, { ...siteFault(row, now(), error), last_check_at: now() })
      return undefined
    }
    if (!(await repository.hold(row, changes))) throw new LeaseLost()
    announce.changed(row)
    Object.assign(row, changes)
    return false
  }

  async function conclude(open: OpenSystem, row: SessionRow, result: LoginResult, answered?: ChallengeRow) {
    const state = 'person' in result ? 'CHALLENGE' : result.changes.state
    const closed = answered ?? (await waitsOnPerson(row))
    const opened = 'person' in result ? newChallenge(open, row, result.person, deps) : null
    await transaction(async (trx) => {
      const changes = 'person' in result ? waitsForPerson(row, result.reason) : result.changes
      const isHeld = await repository.hold(
        row,
        { ...changes, lease_owner: null, lease_until: null, update_time: now() },
        trx,
      )
      if (!isHeld) throw new LeaseLost()
      if (answered) await repository.closeChallenge(answered.id, state === 'ACTIVE' ? 'solved' : 'failed', trx)
      else await repository.closeChallengesOf(row.id, trx)
      if (opened) await repository.insertChallenge(opened, trx)
    })
    announce.challenges({ closed, opened })
    if (state !== row.state) await announce.state(row, state!)
  }

  /** Writes and gives the lease back. @throws LeaseLost */
  async function finish(row: SessionRow, changes: Changes): Promise<true> {
    const released = { ...changes, lease_owner: null, lease_until: null, update_time: now() }
    if (!(await repository.hold(row, released))) throw new LeaseLost()
    if (changes.state && changes.state !== row.state) await announce.state(row, changes.state)
    return true
  }

  function storedLogin(row: SessionRow): StoredLogin {
    const stored = JSON.parse(vault.open(row.cookie, purposeOf(row.id, 'cookie'))) as Partial<StoredLogin>
    return { credential: stored.credential ?? NO_CREDENTIAL, cookies: stored.cookies ?? {} }
  }

  async function refuse(row: SessionRow): Promise<never> {
    throw refusalOf(row, (await waitsOnPerson(row))?.id ?? null, now())
  }

  async function ensure(at: Account): Promise<SessionRow> {
    const row = await share(await get(at), 'usable')
    return isUsable(row, now()) ? row : refuse(row)
  }

  /** Lifts back-off and stop; a wrong password stays wrong until it is changed. */
  async function lift(row: SessionRow): Promise<void> {
    systems.forgetFailures(await systems.get(row.system_name))
    if (row.status !== 'failed' || row.state === 'PASSWORD_WRONG') return
    await repository.lift(row, { state: 'EXPIRED', status: 'expired', retry_at: null, failures: 0, update_time: now() })
    announce.changed(row)
  }

  async function maintain(row: SessionRow): Promise<void> {
    const system = await systems.get(row.system_name)
    if (!system.is_active) return void (await repository.hold(row, { next_action_at: null }))
    if (isHeldBack(row, now()) || (await waitsOnPerson(row)))
      return void (await repository.hold(row, { next_action_at: row.retry_at }))
    await share(row, isUsable(row, now()) && isNearEnd(row, system, now()) ? 'renew' : 'check')
  }

  systems.onChange((system, accounts) => {
    for (const account of accounts)
      ensure({ system, account }).catch((error: unknown) => log.warn({ err: error, system }, 'login after a change'))
  })

  return {
    /** Whose login a pull uses: the first account that is not stopped, by name. */
    firstAccount: async (system: string): Promise<string | null> => {
      const { rows } = await repository.list(system, { page: 1, size: 100 })
      const best = rows.find((row) => isUsable(row, now())) ?? rows.find((row) => !isHeldBack(row, now())) ?? rows[0]
      return best?.account ?? null
    },

    /** A valid login: the stored one, else a new one. @throws AppError CHALLENGE_OPEN, or why there is none */
    async ensureSession(at: Account) {
      const row = await ensure(at)
      return toSession(row, storedLogin(row))
    },

    /** For services: as `ensureSession`, but waits for a person's answer up to `patienceMs`. */
    async hold(at: Account, { patienceMs = 0 }: { patienceMs?: number } = {}): Promise<HeldSession> {
      const deadline = performance.now() + patienceMs
      for (;;) {
        try {
          const row = await ensure(at)
          const { credential } = storedLogin(row)
          return { id: row.id, account: row.account, fencingToken: row.fencing_token, credential }
        } catch (error) {
          const isWaiting = error instanceof AppError && error.code === 'CHALLENGE_OPEN'
          if (!isWaiting || performance.now() >= deadline) throw error
          await wait(PERSON_POLL_MS)
        }
      }
    },

    /** The site has refused this login: it is over, unless there is a newer one by now. */
    async retire({ id, fencingToken }: HeldSession): Promise<void> {
      const row = await repository.find(id)
      if (row?.fencing_token !== fencingToken || row.state !== 'ACTIVE') return
      const changes = expired(row, await systems.get(row.system_name), now())
      if (await repository.hold(row, { ...changes, update_time: now() })) announce.changed(row)
    },

    /** By an admin: asks the site now, whatever was decided before, and logs in where needed. */
    async check(who: StaffPrincipal, at: Account) {
      const row = await get(at)
      await lift(row)
      await transaction((trx) =>
        audit.record(trx, who, { action: 'external.session.check', target: `${row.system_name} ${row.account}` }),
      )
      const settled = await share(row, 'check')
      if (!isUsable(settled, now())) return refuse(settled)
      const { cookie: _cookie, ...view } = toSession(settled, storedLogin(settled))
      return view
    },

    async list({ system, page, size }: { system?: string; page: number; size: number }) {
      const { rows, total } = await repository.list(system, { page, size })
      const list = await Promise.all(
        rows.map(async (row) =>
          toSessionRow(row, {
            system: await systems.get(row.system_name),
            now: now(),
            challengeId: (await waitsOnPerson(row))?.id ?? null,
          }),
        ),
      )
      return toPage(list, total, { page, size })
    },

    async challenges(page: { page: number; size: number }) {
      const { rows, total } = await repository.openChallenges(now(), page)
      return toPage(rows.map(toChallenge), total, page)
    },

    async challenge(id: string) {
      const row = await repository.findChallenge(id)
      if (!row) throw new AppError('NOT_FOUND', { message: '验证码不存在' })
      return toChallenge(row)
    },

    /** A person read the captcha: the login is sent with it. @throws AppError CHALLENGE_OPEN with a fresh one */
    async answer(who: StaffPrincipal, id: string, answer: string) {
      const challenge = await repository.findChallenge(id)
      if (!challenge) throw new AppError('NOT_FOUND', { message: '验证码不存在' })
      const lease = await takePatiently(challenge.session_id)
      const isFirst = await repository.answerChallenge(id, { name: who.name, time: now() })
      if (!isFirst) {
        await repository.hold(lease, { lease_owner: null, lease_until: null })
        throw new AppError('CHALLENGE_CLOSED')
      }
      await underLease(lease, async () => {
        const open = await systems.open(lease.system_name)
        const ticket = ticketOf(challenge, vault)
        await conclude(open, lease, await login.answer(open, lease, { ticket, answer }), challenge)
      })
      const target = `${challenge.system_name} ${challenge.account}`
      await transaction((trx) => audit.record(trx, who, { action: 'external.challenge.answer', target }))
      const row = await repository.find(challenge.session_id)
      if (!row || !isUsable(row, now())) return refuse(row ?? lease)
      return toSession(row, storedLogin(row))
    },

    /** By the clock: checks and renews what is due. @returns how many were looked at */
    async keep(): Promise<{ looked: number }> {
      const due = await repository.due(now(), DUE_AT_ONCE)
      await Promise.all(
        due.map((row) =>
          maintain(row).catch((error: unknown) => {
            log.warn({ err: error, system: row.system_name, account: row.account }, 'scheduled check failed')
          }),
        ),
      )
      return { looked: due.length }
    },
  }

  async function takePatiently(id: string): Promise<SessionRow> {
    const deadline = performance.now() + LEASE_MS
    while (performance.now() < deadline) {
      const lease = await take(id)
      if (lease) return lease
      await wait(POLL_MS)
    }
    throw new AppError('CONFLICT', { message: '该账号正在登录，请稍后再试' })
  }
}

export type ExternalSessionService = ReturnType<typeof createExternalSessionService>
