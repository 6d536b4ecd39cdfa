import type { SlaInForce } from '../../../types/api/homecare'
import type { Database, Db } from '../../db/database'
import { AppError } from '../../errors/app-error'
import type { StaffPrincipal } from '../../http/authenticate'
import { toPage } from '../../http/page'
import { newId } from '../../ids'
import { shanghaiTime } from '../../time'
import type { AuditService } from '../audit/service'
import type { Once } from '../idempotency/service'
import { createRehearsal } from './rehearsal'
import type { SlaFilter, SlaRepository, SlaRow, SlaRule, SlaSubject } from './repository'
import { inForce } from './rules'
import type { SlaInput } from './schema'

const DAY_MS = 24 * 3600 * 1000
const BATCH = 1000
/** A rehearsal looks at this many fixes at most, the newest ones. */
const MAX_FIXES = 50_000

export interface SlaServiceDeps {
  repository: SlaRepository
  audit: AuditService
  transaction: Database['transaction']
  now: () => Date
}

export function createSlaService({ repository, audit, transaction, now }: SlaServiceDeps) {
  const toRow = ({ updated_at, ...row }: SlaRow) => ({ ...row, update_time: shanghaiTime(updated_at) })

  return {
    /** Radius and accuracy mode for a work order, and which scope gave the radius. */
    async inForce(subject: SlaSubject, on?: Db): Promise<SlaInForce> {
      return inForce(await repository.rulesFor(subject, on), subject)
    },

    async inForceFor(workOrderId: string): Promise<SlaInForce> {
      const subject = await repository.subject(workOrderId)
      if (!subject) throw new AppError('NOT_FOUND', { message: '工单不存在' })
      return this.inForce(subject)
    },

    async list({ page, size, ...filter }: SlaFilter & { page: number; size: number }) {
      const { rows, total } = await repository.list(filter, { page, size })
      return toPage(rows.map(toRow), total, { page, size })
    },

    /** One row per key and scope; setting it again changes it. */
    set: (who: StaffPrincipal, input: SlaInput, once: Once) =>
      transaction(async (trx) => {
        const row = await repository.upsert(
          { ...ruleOf(input), id: newId(), is_active: input.is_active, updated_at: now() },
          trx,
        )
        await audit.record(trx, who, {
          action: 'sla.set',
          target: `${row.config_key} ${row.scope_type} ${row.scope_id}`.trim(),
          detail: { value: row.config_value, active: row.is_active },
        })
        const answer = toRow(row)
        await once.save(trx, answer)
        return answer
      }),

    /** Replays the check-ins of the last days under a proposed row (field-work.md, rehearsal); nothing is stored. */
    async rehearse({ days, ...input }: SlaInput & { days: number }) {
      const before = await repository.allActive()
      const proposed = ruleOf(input)
      const others = before.filter((rule) => !sameScope(rule, proposed))
      const rehearsal = createRehearsal(before, input.is_active ? [...others, proposed] : others)
      const from = new Date(now().getTime() - days * DAY_MS)
      let truncated = false
      for (let page = 1; ; page++) {
        const fixes = await repository.submittedFixes(from, { page, size: BATCH })
        fixes.forEach(rehearsal.add)
        if (fixes.length < BATCH) break
        if (page * BATCH >= MAX_FIXES) {
          truncated = true
          break
        }
      }
      return { days, truncated, ...rehearsal.result() }
    },
  }
}

export type SlaService = ReturnType<typeof createSlaService>

const ruleOf = ({ config_key, config_value, scope_type, scope_id }: SlaInput): SlaRule => ({
  config_key,
  config_value,
  scope_type,
  scope_id: scope_type === 'GLOBAL' ? '' : (scope_id ?? '').toLowerCase(),
})

const sameScope = (a: SlaRule, b: SlaRule) =>
  a.config_key === b.config_key && a.scope_type === b.scope_type && a.scope_id.toLowerCase() === b.scope_id
