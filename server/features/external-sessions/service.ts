import { setTimeout as wait } from 'node:timers/promises'
import type { DryRunResult } from '../../../types/api/sessions'
import { NO_CREDENTIAL } from '../../connectors/external-site/credential'
import { AppError } from '../../errors/app-error'
import type { StaffPrincipal } from '../../http/authenticate'
import { toPage } from '../../http/page'
import type { AuditService } from '../audit/service'
import { ticketOf } from './challenges'
import { Keeper, type KeeperDeps } from './keeper'
import { expired, type HeldSession, isHeldBack, isNearEnd, isUsable } from './outcomes'
import type { SessionRow } from './repository'
import type { DryRunInput } from './schema'
import { Trials } from './trials'
import { refusalOf, toChallenge, toSession, toSessionRow } from './views'

const PERSON_POLL_MS = 250
const DUE_AT_ONCE = 20

export interface ExternalSessionDeps extends Omit<KeeperDeps, 'random'> {
  audit: AuditService
  random?: () => number
}

interface Account {
  system: string
  account: string
}

/** Keeps accounts of external systems logged in (external-site-session.md). */
export function createExternalSessionService(deps: ExternalSessionDeps) {
  const { repository, systems, vault, audit, transaction, log, now } = deps
  const keeper = new Keeper({ ...deps, random: deps.random ?? Math.random })

  async function get({ system, account }: Account): Promise<SessionRow> {
    const { system_name } = await systems.get(system)
    const row = await repository.findByAccount(system_name, account)
    if (!row) throw new AppError('NOT_FOUND', { message: '外部系统或账号不存在' })
    return row
  }

  async function refuse(row: SessionRow): Promise<never> {
    throw refusalOf(row, (await keeper.waitsOnPerson(row))?.id ?? null, now())
  }

  async function ensure(at: Account): Promise<SessionRow> {
    const row = await keeper.share(await get(at), 'usable')
    return isUsable(row, now()) ? row : refuse(row)
  }

  /** Lifts back-off and stop; a wrong password stays wrong until it is changed. */
  async function lift(row: SessionRow): Promise<void> {
    systems.forgetFailures(await systems.get(row.system_name))
    if (row.status !== 'failed' || row.state === 'PASSWORD_WRONG') return
    await repository.lift(row, { state: 'EXPIRED', status: 'expired', retry_at: null, failures: 0, update_time: now() })
    keeper.announce.changed(row)
  }

  async function maintain(row: SessionRow): Promise<void> {
    const system = await systems.get(row.system_name)
    if (!system.is_active) return void (await repository.hold(row, { next_action_at: null }))
    if (isHeldBack(row, now()) || (await keeper.waitsOnPerson(row)))
      return void (await repository.hold(row, { next_action_at: row.retry_at }))
    await keeper.share(row, isUsable(row, now()) && isNearEnd(row, system, now()) ? 'renew' : 'check')
  }

  systems.onChange((system, accounts) => {
    for (const account of accounts)
      ensure({ system, account }).catch((error: unknown) => log.warn({ err: error, system }, 'login after a change'))
  })

  systems.onEnd(async ({ site }, rows) => {
    const goodbyes = rows.map(async (row) => {
      keeper.announce.changed(row)
      const { credential } = keeper.storedLogin(row)
      if (credential !== NO_CREDENTIAL) await site.logout(credential, row.account)
    })
    for (const [index, { status, ...goodbye }] of (await Promise.allSettled(goodbyes)).entries())
      if (status === 'rejected') log.warn({ ...goodbye, session: rows[index]!.id }, 'a login was not ended at the site')
  })

  async function firstAccount(system: string): Promise<string | null> {
    const { rows } = await repository.list(system, now(), { page: 1, size: 100 })
    const best = rows.find((row) => isUsable(row, now())) ?? rows.find((row) => !isHeldBack(row, now())) ?? rows[0]
    return best?.account ?? null
  }

  const trials = new Trials({ ...deps, keeper, firstAccount })

  return {
    /** Whose login a pull uses: the first account that is not stopped, by name. */
    firstAccount,

    /** A valid login: the stored one, else a new one. @throws AppError CHALLENGE_OPEN, or why there is none */
    async ensureSession(at: Account) {
      const row = await ensure(at)
      return toSession(row, keeper.storedLogin(row))
    },

    /** For services: as `ensureSession`, but waits for a person's answer up to `patienceMs`, or until the caller stops. */
    async hold(
      at: Account,
      { patienceMs = 0, isStopping = () => false }: { patienceMs?: number; isStopping?: () => boolean } = {},
    ): Promise<HeldSession> {
      const deadline = performance.now() + patienceMs
      for (;;) {
        try {
          const row = await ensure(at)
          const { credential } = keeper.storedLogin(row)
          return { id: row.id, account: row.account, sealed: row.cookie, credential }
        } catch (error) {
          const isWaiting = error instanceof AppError && error.code === 'CHALLENGE_OPEN'
          if (!isWaiting || isStopping() || performance.now() >= deadline) throw error
          await wait(PERSON_POLL_MS)
        }
      }
    },

    /** The site has refused this login: it is over, unless there is a newer one by now. */
    async retire({ id, sealed }: HeldSession): Promise<void> {
      const row = await repository.find(id)
      if (row?.cookie !== sealed || row.state !== 'ACTIVE') return
      const changes = expired(row, await systems.get(row.system_name), now())
      if (await repository.hold(row, { ...changes, update_time: now() })) keeper.announce.changed(row)
    },

    /** By an admin: asks the site now, whatever was decided before, and logs in where needed. */
    async check(who: StaffPrincipal, at: Account) {
      const row = await get(at)
      await lift(row)
      await transaction((trx) =>
        audit.record(trx, who, { action: 'external.session.check', target: `${row.system_name} ${row.account}` }),
      )
      const settled = await keeper.share(row, 'check')
      if (!isUsable(settled, now())) return refuse(settled)
      const { cookie: _cookie, ...view } = toSession(settled, keeper.storedLogin(settled))
      return view
    },

    async list({ system, page, size }: { system?: string; page: number; size: number }) {
      const { rows, total } = await repository.list(system, now(), { page, size })
      const list = rows.map((row) => toSessionRow(row, now()))
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
      const lease = await keeper.takePatiently(challenge.session_id)
      const isFirst = await repository.answerChallenge(id, { name: who.name, time: now() })
      if (!isFirst) {
        await keeper.release(lease)
        throw new AppError('CHALLENGE_CLOSED')
      }
      await keeper.underLease(lease, async () => {
        const open = await systems.open(lease.system_name)
        const ticket = ticketOf(challenge, vault)
        await keeper.conclude(open, lease, await keeper.login.answer(open, lease, { ticket, answer }), challenge)
      })
      const target = `${challenge.system_name} ${challenge.account}`
      await transaction((trx) => audit.record(trx, who, { action: 'external.challenge.answer', target }))
      const row = await repository.find(challenge.session_id)
      if (!row || !isUsable(row, now())) return refuse(row ?? lease)
      return toSession(row, keeper.storedLogin(row))
    },

    /** Tries a system out, saved or as it may be; the saved session stays what it is. */
    async dryRun(who: StaffPrincipal, reference: string, input: DryRunInput): Promise<DryRunResult> {
      const result = await trials.run(reference, input)
      const detail = { account: result.account, ok: result.ok, unsaved: input.system !== undefined }
      await transaction((trx) => audit.record(trx, who, { action: 'external.dry-run', target: reference, detail }))
      return result
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
}

export type ExternalSessionService = ReturnType<typeof createExternalSessionService>
