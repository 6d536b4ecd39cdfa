import type { Selectable } from 'kysely'
import type { Database, Db } from '../../db/database'
import { isUniqueViolation } from '../../db/db-error'
import type { SlaConfigTable } from '../../db/field-work-schema'
import { contains, paged, pageWithTotal, prepare } from '../../db/sql-kit'

export type SlaRow = Selectable<SlaConfigTable>
export type SlaRule = Pick<SlaRow, 'config_key' | 'config_value' | 'scope_type' | 'scope_id'>

export interface SlaFilter {
  /** Looked for in the scope's id and the value. */
  q?: string
  config_key?: string
  scope_type?: SlaRow['scope_type']
  active?: boolean
}

/** Whom a rule may apply to. */
export interface SlaSubject {
  id: string
  org_id: string
  team_id: string | null
}

/** A stored fix of a check-in with what deciding it again needs. */
export interface RehearsedFix {
  id: string
  work_order_id: string
  task_id: string
  org_id: string
  team_id: string | null
  worker_name: string | null
  accuracy_meters: number | null
  distance_meters: number | null
  created_at: Date
}

type Scope = 'order' | 'org' | 'team'
type Spelling = Scope | `${Scope}Lower`

export function createSlaRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  // Scope ids are stored in lower case; a row edited by hand may have the order's own spelling.
  const either = (name: Scope): Spelling[] => [name, `${name}Lower`]
  const rules = prepare<Record<Spelling, string>, SlaRule>(db, (value) =>
    db
      .selectFrom('sys_sla_config')
      .select(['config_key', 'config_value', 'scope_type', 'scope_id'])
      .where('is_active', '=', true)
      .where((eb) =>
        eb.or([
          eb('scope_type', '=', 'GLOBAL'),
          eb.and([eb('scope_type', '=', 'WORK_ORDER'), eb('scope_id', 'in', either('order').map(value))]),
          eb.and([eb('scope_type', '=', 'ORG'), eb('scope_id', 'in', either('org').map(value))]),
          eb.and([eb('scope_type', '=', 'TEAM'), eb('scope_id', 'in', either('team').map(value))]),
        ]),
      ),
  )

  const matching = ({ q, config_key, scope_type, active }: SlaFilter) =>
    db
      .selectFrom('sys_sla_config')
      .$if(q !== undefined, (query) =>
        query.where((eb) => eb.or(['scope_id', 'config_value'].map((column) => contains(column, q!)))),
      )
      .$if(config_key !== undefined, (query) => query.where('config_key', '=', config_key!))
      .$if(scope_type !== undefined, (query) => query.where('scope_type', '=', scope_type!))
      .$if(active !== undefined, (query) => query.where('is_active', '=', active!))

  const change = async (row: SlaRow, on: Db) => {
    const { config_value, is_active, updated_at } = row
    const { numUpdatedRows } = await on
      .updateTable('sys_sla_config')
      .set({ config_value, is_active, updated_at })
      .where('config_key', '=', row.config_key)
      .where('scope_type', '=', row.scope_type)
      .where('scope_id', '=', row.scope_id)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  }

  return {
    /** Active rules that may apply to a work order. */
    rulesFor: ({ id, org_id, team_id }: SlaSubject, on?: Db): Promise<SlaRule[]> =>
      rules(
        {
          order: id,
          orderLower: id.toLowerCase(),
          org: org_id,
          orgLower: org_id.toLowerCase(),
          team: team_id ?? '',
          teamLower: (team_id ?? '').toLowerCase(),
        },
        on,
      ),

    allActive: (): Promise<SlaRule[]> =>
      db
        .selectFrom('sys_sla_config')
        .select(['config_key', 'config_value', 'scope_type', 'scope_id'])
        .where('is_active', '=', true)
        .execute(),

    list: (filter: SlaFilter, page: { page: number; size: number }): Promise<{ rows: SlaRow[]; total: number }> => {
      const filtered = matching(filter)
      const rows = filtered.selectAll().orderBy('config_key').orderBy('scope_type').orderBy('scope_id')
      return pageWithTotal({ filtered, rows }, engine, page)
    },

    /** One row per key and scope. @returns it as it now stands */
    upsert: async (row: SlaRow, on: Db): Promise<SlaRow> => {
      if (!(await change(row, on)))
        try {
          await on.insertInto('sys_sla_config').values(row).execute()
        } catch (error) {
          if (!isUniqueViolation(error)) throw error
          await change(row, on)
        }
      return on
        .selectFrom('sys_sla_config')
        .selectAll()
        .where('config_key', '=', row.config_key)
        .where('scope_type', '=', row.scope_type)
        .where('scope_id', '=', row.scope_id)
        .executeTakeFirstOrThrow()
    },

    subject: async (workOrderId: string): Promise<SlaSubject | null> =>
      (await db
        .selectFrom('task')
        .select(['id', 'org_id', 'team_id'])
        .where('id', '=', workOrderId)
        .executeTakeFirst()) ?? null,

    /** Fixes of check-ins since `from`, newest first, at most one page of them. */
    submittedFixes: (from: Date, page: { page: number; size: number }): Promise<RehearsedFix[]> =>
      paged(
        db
          .selectFrom('hc_worker_locations as fix')
          .innerJoin('task', 'task.id', 'fix.work_order_id')
          .leftJoin('staff', 'staff.id', 'fix.worker_id')
          .select([
            'fix.id',
            'fix.work_order_id',
            'fix.accuracy_meters',
            'fix.distance_meters',
            'fix.created_at',
            'task.task_id',
            'task.org_id',
            'task.team_id',
            'staff.full_name as worker_name',
          ])
          .where('fix.source', '=', 'submit')
          .where('fix.created_at', '>=', from)
          .orderBy('fix.created_at', 'desc')
          .orderBy('fix.id', 'desc'),
        engine,
        page,
      ).execute(),
  }
}

export type SlaRepository = ReturnType<typeof createSlaRepository>
