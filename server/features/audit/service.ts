import type { Db } from '../../db/database'
import type { StaffPrincipal } from '../../http/authenticate'
import { toPage } from '../../http/page'
import { newId } from '../../ids'
import { shanghaiTime } from '../../time'
import type { AuditFilter, AuditRepository } from './repository'

const MAX_TARGET = 100

/** Half an emoji at the cut would not survive storing. */
const cut = (target: string): string => target.slice(0, MAX_TARGET).replace(/[\uD800-\uDBFF]$/, '')

export function createAuditService({ repository, now }: { repository: AuditRepository; now: () => Date }) {
  return {
    /** Writes who did what to what, in the transaction of the act. `detail` must hold no secret. */
    record: (trx: Db, who: StaffPrincipal, act: { action: string; target: string; detail?: object }): Promise<void> =>
      repository.insert(
        {
          id: newId(),
          staff_id: who.id,
          staff_name: who.name,
          action: act.action,
          target: cut(act.target),
          detail: JSON.stringify(act.detail ?? {}),
          created_at: now(),
        },
        trx,
      ),

    async list({ page, size, ...filter }: AuditFilter & { page: number; size: number }) {
      const { rows, total } = await repository.list(filter, { page, size })
      const list = rows.map(({ created_at, detail, ...row }) => ({
        ...row,
        detail: JSON.parse(detail) as Record<string, unknown>,
        create_time: shanghaiTime(created_at),
      }))
      return toPage(list, total, { page, size })
    },
  }
}

export type AuditService = ReturnType<typeof createAuditService>
