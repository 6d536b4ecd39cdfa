import type { StaffLogin, StaffUser } from '../../../types/api/staff'
import { ERROR_TEXT } from '../../../types/errors'
import type { Database, Db } from '../../db/database'
import { isUniqueViolation } from '../../db/db-error'
import { AppError, invalidField } from '../../errors/app-error'
import type { FindPrincipal, StaffPrincipal } from '../../http/authenticate'
import type { RateLimit } from '../../http/limits'
import { toPage } from '../../http/page'
import type { Tokens } from '../../http/tokens'
import { newId } from '../../ids'
import { DEFAULT_ORG_ID } from '../../organisation'
import { shanghaiTime } from '../../time'
import type { AuditService } from '../audit/service'
import type { Once } from '../idempotency/service'
import { hashPassword, verifyPassword } from './password'
import type { StaffFilter, StaffRepository, StaffRow } from './repository'
import type { NewStaff, StaffPatch } from './schema'

export interface StaffServiceDeps {
  repository: StaffRepository
  audit: AuditService
  tokens: Tokens
  transaction: Database['transaction']
  /** Attempts per account; those per address are the route's business. */
  accountLimit: RateLimit
  now: () => Date
}

export function createStaffService({ repository, audit, tokens, transaction, accountLimit, now }: StaffServiceDeps) {
  async function mustFind(id: string, on?: Db): Promise<StaffRow> {
    const row = await repository.find(id, on)
    if (!row) throw new AppError('NOT_FOUND', { message: '员工不存在' })
    return row
  }

  /** SQL Server's collations take ｗorker@ for worker@; attempts under each spelling would count apart. */
  async function accountOf(address: string): Promise<StaffRow | null> {
    const row = await repository.findByEmail(address)
    return row?.email.toLowerCase() === address ? row : null
  }

  /** Changes an account so that tokens issued before are dead. */
  async function change(
    who: StaffPrincipal,
    id: string,
    act: { action: string; changes: Partial<StaffRow>; message: string; once?: Once },
  ): Promise<{ message: string }> {
    return transaction(async (trx) => {
      const row = await mustFind(id, trx)
      const time = now()
      await repository.update(id, { ...act.changes, tokens_valid_after: time, updated_at: time }, trx)
      await audit.record(trx, who, { action: act.action, target: row.email })
      const answer = { message: act.message }
      await act.once?.save(trx, answer)
      return answer
    })
  }

  return {
    /**
     * auth-and-checkin.md 1: an unknown address is a 404, a wrong password a 401; both take as long and count alike.
     * @throws AppError USER_NOT_FOUND, WRONG_PASSWORD, ACCOUNT_DISABLED, RATE_LIMITED
     */
    async login(email: string, password: string): Promise<StaffLogin> {
      const address = email.toLowerCase()
      await accountLimit.consume(address)
      const row = await accountOf(address)
      const matches = await verifyPassword(row?.password_hash ?? null, password)
      if (!row) throw new AppError('USER_NOT_FOUND')
      if (!matches) throw new AppError('WRONG_PASSWORD')
      if (!row.is_active) throw new AppError('ACCOUNT_DISABLED')
      return { token: tokens.issue('staff', row.id, row.tokens_valid_after), user: toUser(row) }
    },

    me: async (who: StaffPrincipal): Promise<StaffUser> => toUser(await mustFind(who.id)),

    /** Every token issued before is dead afterwards; the answer brings a new one. */
    async changePassword(
      who: StaffPrincipal,
      input: { oldPassword: string; newPassword: string },
    ): Promise<StaffLogin> {
      await accountLimit.consume(who.email)
      const row = await mustFind(who.id)
      if (!(await verifyPassword(row.password_hash, input.oldPassword)))
        throw invalidField('oldPassword', '原密码不正确')
      await change(who, who.id, {
        action: 'staff.change-password',
        changes: { password_hash: await hashPassword(input.newPassword) },
        message: '密码已修改',
      })
      return { token: tokens.issue('staff', row.id), user: toUser(row) }
    },

    async list(filter: StaffFilter & { page: number; size: number }) {
      const { page, size, ...conditions } = filter
      const { rows, total } = await repository.list(conditions, { page, size })
      const list = rows.map((row) => ({ ...toRow(row), load: Number(row.load ?? 0) }))
      return toPage(list, total, { page, size })
    },

    /** @throws AppError EMAIL_TAKEN */
    async create(who: StaffPrincipal, input: NewStaff, once: Once) {
      const password_hash = await hashPassword(input.password)
      const time = now()
      const row: StaffRow = {
        id: newId(),
        email: input.email,
        password_hash,
        role: input.role,
        full_name: input.full_name,
        phone: input.phone,
        org_id: input.org_id ?? DEFAULT_ORG_ID,
        team_id: input.team_id,
        wxwork_user_id: input.wxwork_user_id,
        is_active: true,
        tokens_valid_after: null,
        created_at: time,
        updated_at: time,
      }
      if (await repository.findByEmail(row.email)) throw new AppError('EMAIL_TAKEN')
      try {
        return await transaction(async (trx) => {
          await repository.insert(row, trx)
          await audit.record(trx, who, { action: 'staff.create', target: row.email, detail: { role: row.role } })
          const answer = { ...toRow(row), load: 0 }
          await once.save(trx, answer)
          return answer
        })
      } catch (error) {
        if (isUniqueViolation(error) && (await repository.findByEmail(row.email)))
          throw new AppError('EMAIL_TAKEN', { cause: error })
        throw error
      }
    },

    /** What does not concern the login: tokens live on. @throws AppError NOT_FOUND */
    patch: (who: StaffPrincipal, id: string, changes: StaffPatch) =>
      transaction(async (trx) => {
        const row = await mustFind(id, trx)
        const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
        await repository.update(id, { ...given, updated_at: now() }, trx)
        await audit.record(trx, who, { action: 'staff.patch', target: row.email, detail: given })
        return toRow(await mustFind(id, trx))
      }),

    async setActive(who: StaffPrincipal, id: string, { isActive, once }: { isActive: boolean; once: Once }) {
      if (id === who.id) throw new AppError('CONFLICT', { message: '不能停用自己的账号' })
      return change(who, id, {
        action: isActive ? 'staff.enable' : 'staff.disable',
        changes: { is_active: isActive },
        message: isActive ? '账号已启用' : '账号已停用',
        once,
      })
    },

    async resetPassword(who: StaffPrincipal, id: string, { password, once }: { password: string; once: Once }) {
      return change(who, id, {
        action: 'staff.reset-password',
        changes: { password_hash: await hashPassword(password) },
        message: '密码已重置',
        once,
      })
    },

    /** Which of these accounts can be logged in to with this password. */
    async openTo(emails: string[], password: string): Promise<string[]> {
      const rows = await Promise.all(emails.map(accountOf))
      const open = await Promise.all(
        rows.map(async (row) => row?.is_active && (await verifyPassword(row.password_hash, password)) && row.email),
      )
      return open.filter((email) => typeof email === 'string')
    },

    /** For dispatch: the worker, if work can be given to them. @throws AppError WORKER_DISABLED */
    async activeWorker(id: string, trx: Db): Promise<StaffRow> {
      const row = await repository.find(id, trx)
      if (!row) throw new AppError('NOT_FOUND', { message: '服务人员不存在' })
      if (!row.is_active || row.role !== 'HOMECARE_WORKER') throw new AppError('WORKER_DISABLED')
      return row
    },

    findPrincipal: (async ({ sub, iat }) => {
      const row = await repository.find(sub)
      if (!row) return null
      if (!row.is_active) throw new AppError('UNAUTHENTICATED', { message: ERROR_TEXT.ACCOUNT_DISABLED })
      const validAfter = row.tokens_valid_after
      if (validAfter && Math.round(iat * 1000) < validAfter.getTime()) return null
      const { id, email, role, org_id, team_id } = row
      return { typ: 'staff', id, name: row.full_name, email, role, orgId: org_id, teamId: team_id }
    }) satisfies FindPrincipal,
  }
}

export type StaffService = ReturnType<typeof createStaffService>

function toUser(row: StaffRow): StaffUser {
  const { id, email, role, full_name, org_id, created_at } = row
  return { id, email, role, full_name, org_id, created_at: created_at.toISOString() }
}

const toRow = (row: StaffRow) => ({
  ...toUser(row),
  created_at: shanghaiTime(row.created_at),
  phone: row.phone ?? '',
  team_id: row.team_id,
  wxwork_user_id: row.wxwork_user_id,
  is_active: row.is_active,
})
