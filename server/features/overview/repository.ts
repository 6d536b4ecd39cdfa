import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely'
import type { SessionState } from '../../../types/api/admin-external'
import { TASK_ATTENTIONS, type TaskAttention } from '../../../types/api/overview'
import type { TaskType } from '../../../types/task-types'
import type { Database } from '../../db/database'
import type { Schema } from '../../db/schema'
import { shanghaiDate } from '../../db/sql-kit'
import type { WxworkState } from '../../db/wxwork-schema'
import { isLowRating } from '../tasks/ratings'
import { needs } from '../work-orders/attention'

/** States in which an account at a partner waits for a person; open challenges are counted by themselves. */
const STOPPED_AT_SITES: SessionState[] = ['PASSWORD_WRONG', 'SITE_CHANGED']
const STOPPED_AT_GATEWAY: WxworkState[] = ['HUMAN_NEEDED', 'CODE_NEEDED']

export interface DayCount {
  day: string
  count: number
}

/** How things stand now. */
export type Standing = Record<TaskAttention, number> & {
  cancelled: number
  under_way: number
  flagged_unreviewed: number
  outbox_unknown: number
  outbox_dead: number
  challenges: number
  stopped_at_sites: number
  stopped_at_gateway: number
  external_systems: number
}

/** Numbers of the console's first page; each function is one query that finds its rows by index. */
export function createOverviewRepository({ db, engine }: Pick<Database, 'db' | 'engine'>) {
  /** Rows for which a condition holds; SQL Server adds up no bits. */
  const countWhere = <T extends keyof Schema>(
    eb: ExpressionBuilder<Schema, T>,
    condition: ExpressionWrapper<Schema, T, SqlBool>,
  ) => eb.fn.sum<number>(eb.case().when(condition).then(eb.lit(1)).else(eb.lit(0)).end())

  return {
    created: async (from: Date): Promise<(DayCount & { type: TaskType })[]> => {
      const day = shanghaiDate('create_time', engine)
      return db
        .selectFrom('task')
        .select((eb) => [day.as('day'), 'type', eb.fn.countAll<number>().as('count')])
        .where('create_time', '>=', from)
        .groupBy([day, 'type'])
        .execute()
    },

    /** By the end of the assignment that completed the task. */
    completed: async (from: Date): Promise<DayCount[]> => {
      const day = shanghaiDate('ended_at', engine)
      return db
        .selectFrom('hc_dispatch_assignments')
        .select((eb) => [day.as('day'), eb.fn.countAll<number>().as('count')])
        .where('status', '=', 'COMPLETED')
        .where('ended_at', '>=', from)
        .groupBy(day)
        .execute()
    },

    visits: async (from: Date): Promise<(DayCount & { flagged: number })[]> => {
      const day = shanghaiDate('checkin_at', engine)
      return db
        .selectFrom('ec_care_tasks')
        .select((eb) => [
          day.as('day'),
          eb.fn.countAll<number>().as('count'),
          countWhere(eb, eb('is_flagged', '=', true)).as('flagged'),
        ])
        .where('checkin_at', '>=', from)
        .groupBy(day)
        .execute()
    },

    /** Sums, not means: SQL Server's mean of whole numbers is whole. */
    ratings: async (from: Date) => {
      const day = shanghaiDate('create_time', engine)
      return db
        .selectFrom('service_evaluation')
        .select((eb) => [
          day.as('day'),
          eb.fn.countAll<number>().as('count'),
          countWhere(eb, isLowRating(eb)).as('low'),
          eb.fn.sum<number>('service_attitude').as('service_attitude'),
          eb.fn.sum<number>('service_quality').as('service_quality'),
          eb.fn.sum<number>('overall_rating').as('overall'),
        ])
        .where('create_time', '>=', from)
        .groupBy(day)
        .execute()
    },

    openSteps: (): Promise<{ current_step: number; count: number }[]> =>
      db
        .selectFrom('task')
        .select((eb) => ['current_step', eb.fn.countAll<number>().as('count')])
        .where('status', '=', 'open')
        .groupBy('current_step')
        .execute(),

    /** `today`: when it began. */
    standing: async ({ now, today }: { now: Date; today: Date }): Promise<Standing> => {
      const row = await db
        .selectNoFrom((eb) => {
          const count = eb.fn.countAll<number>().as('count')
          const reasons = TASK_ATTENTIONS.map((reason) =>
            eb
              .selectFrom('task')
              .select(count)
              .where((task) => needs(task, reason, now))
              .as(reason),
          )
          return [
            ...reasons,
            eb
              .selectFrom('hc_work_order_events')
              .select(count)
              .where('event_type', '=', 'CANCELLED')
              .where('created_at', '>=', today)
              .as('cancelled'),
            eb.selectFrom('ec_care_tasks').select(count).where('open_key', 'is not', null).as('under_way'),
            eb
              .selectFrom('ec_care_tasks')
              .select(count)
              .where('is_flagged', '=', true)
              .where('reviewed_at', 'is', null)
              .as('flagged_unreviewed'),
            eb.selectFrom('outbox').select(count).where('state', '=', 'UNKNOWN').as('outbox_unknown'),
            eb.selectFrom('outbox').select(count).where('state', '=', 'DEAD').as('outbox_dead'),
            eb
              .selectFrom('external_challenge')
              .select(count)
              .where('live_key', 'is not', null)
              .where('expires_at', '>', now)
              .as('challenges'),
            eb
              .selectFrom('external_auth_session')
              .select(count)
              .where('state', 'in', STOPPED_AT_SITES)
              .as('stopped_at_sites'),
            eb
              .selectFrom('wxwork_session')
              .select(count)
              .where('state', 'in', STOPPED_AT_GATEWAY)
              .where('monitored', '=', true)
              .as('stopped_at_gateway'),
            eb.selectFrom('external_system').select(count).where('is_active', '=', true).as('external_systems'),
          ]
        })
        .executeTakeFirstOrThrow()
      return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])) as Standing
    },
  }
}

export type OverviewRepository = ReturnType<typeof createOverviewRepository>
