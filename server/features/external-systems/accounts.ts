import type { Db } from '../../db/database'
import { AppError } from '../../errors/app-error'
import { newId } from '../../ids'
import type { Vault } from '../../vault'
import type { AccountRow, ExternalSystemRepository } from './repository'
import { purposeOf } from './sealing'

export interface AccountDeps {
  repository: ExternalSystemRepository
  vault: Vault
  now: () => Date
}

/** Accounts of a system, as far as its settings go: passwords, and what a changed setting does to their sessions. */
export class Accounts {
  constructor(private readonly deps: AccountDeps) {}

  /** Adds accounts and changes passwords. @returns accounts that are to be tried again */
  async put(trx: Db, systemName: string, inputs: { account: string; password?: string }[]): Promise<string[]> {
    const { repository } = this.deps
    const changed: string[] = []
    for (const { account, password } of inputs) {
      const found = await repository.findAccount(systemName, account, trx)
      if (!found && password === undefined)
        throw new AppError('INVALID_INPUT', { message: `新账号 ${account} 需要密码（accounts）` })
      if (!found) await repository.insertAccount(this.#create(systemName, account, password!), trx)
      else if (password !== undefined) {
        await repository.changeAccount(found.id, { ...this.#lifted(found), ...this.#sealed(found.id, password) }, trx)
        if (found.state !== 'NEW') changed.push(account)
      }
    }
    return changed
  }

  /** A changed system: sessions of the old one are void; a wrong password stays wrong. @returns as `put` */
  async lift(trx: Db, systemName: string): Promise<string[]> {
    const { repository } = this.deps
    const tried: string[] = []
    for (const { account, state } of await repository.accounts([systemName], trx)) {
      const row = state === 'PASSWORD_WRONG' ? null : await repository.findAccount(systemName, account, trx)
      if (!row) continue
      await repository.changeAccount(row.id, this.#lifted(row), trx)
      if (state !== 'NEW') tried.push(account)
    }
    return tried
  }

  /** The account's row. @throws AppError NOT_FOUND */
  async get(trx: Db, systemName: string, account: string): Promise<AccountRow> {
    const row = await this.deps.repository.findAccount(systemName, account, trx)
    if (!row) throw new AppError('NOT_FOUND', { message: '账号不存在' })
    return row
  }

  ofSystem(trx: Db, systemName: string): Promise<AccountRow[]> {
    return this.deps.repository.accountRows(systemName, trx)
  }

  /** @returns the rows as they were */
  async closeAll(trx: Db, systemName: string): Promise<AccountRow[]> {
    const rows = await this.ofSystem(trx, systemName)
    await this.close(trx, rows)
    return rows
  }

  /** Their logins are over, and nobody makes new ones until one is asked for; a stop stays one. */
  async close(trx: Db, rows: AccountRow[]): Promise<void> {
    const { repository, vault, now } = this.deps
    for (const { id, status } of rows) {
      const over = { status: 'expired', state: 'EXPIRED', expire_at: now() } as const
      const changes = { cookie: vault.seal('{}', purposeOf(id, 'cookie')), next_action_at: null, update_time: now() }
      await repository.changeAccount(id, { ...(status === 'active' ? over : {}), ...changes }, trx)
    }
  }

  #sealed(id: string, password: string) {
    return { password: this.deps.vault.seal(password, purposeOf(id, 'password')), password_proven: false }
  }

  /** Back-off and stop are over; the count of wrong passwords is the site's and stays. */
  #lifted({ state }: AccountRow) {
    const time = this.deps.now()
    return {
      status: 'expired' as const,
      state: state === 'NEW' ? ('NEW' as const) : ('EXPIRED' as const),
      expire_at: state === 'NEW' ? null : time,
      retry_at: null,
      next_action_at: state === 'NEW' ? null : time,
      failures: 0,
      last_error: null,
      update_time: time,
    }
  }

  #create(system_name: string, account: string, password: string): AccountRow {
    const { vault, now } = this.deps
    const id = newId()
    return {
      id,
      system_name,
      account,
      ...this.#sealed(id, password),
      cookie: vault.seal('{}', purposeOf(id, 'cookie')),
      status: 'expired',
      state: 'NEW',
      expire_at: null,
      last_login_at: null,
      last_alive_at: null,
      last_check_at: null,
      next_action_at: null,
      retry_at: null,
      learned_lifetime_seconds: null,
      password_failures: 0,
      failures: 0,
      last_error: null,
      lease_owner: null,
      lease_until: null,
      fencing_token: 0,
      update_time: now(),
      create_time: now(),
    }
  }
}
