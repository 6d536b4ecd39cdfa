import type { Overview } from '../../../types/api/overview'
import { LAST_STEP, TASK_TYPES, type TaskType } from '../../../types/task-types'
import { shanghaiDate, shanghaiMidnight } from '../../time'
import type { HealthService } from '../platform/health'
import { partnersFrom } from './partners'
import type { DayCount, OverviewRepository } from './repository'

export const OVERVIEW_DAYS = 30

export interface OverviewDeps {
  repository: OverviewRepository
  health: Pick<HealthService, 'partners'>
  now: () => Date
}

type Rating = Awaited<ReturnType<OverviewRepository['ratings']>>[number]

/** The numbers a dispatcher's day begins with, in a fixed number of queries. */
export function createOverviewService({ repository, health, now }: OverviewDeps) {
  return {
    async get(): Promise<Overview> {
      const time = now()
      const from = shanghaiMidnight(time, OVERVIEW_DAYS - 1)
      const [created, completed, visits, ratings, steps, standing, partners] = await Promise.all([
        repository.created(from),
        repository.completed(from),
        repository.visits(from),
        repository.ratings(from),
        repository.openSteps(),
        repository.standing({ now: time, today: shanghaiMidnight(time) }),
        health.partners(),
      ])
      const today = shanghaiDate(time)
      const days = daysUntil(time).map((date) => ({
        date,
        created: countOn(created, date),
        completed: countOn(completed, date),
        visits: countOn(visits, date),
        flagged: sum(visits.filter(({ day }) => day === date).map(({ flagged }) => flagged)),
        score: scoreOf(ratings.filter(({ day }) => day === date)),
      }))
      const { undispatched, unaccepted, appointment_soon, appointment_missed } = standing
      const { outbox_unknown, outbox_dead, challenges, stopped_at_sites, stopped_at_gateway } = standing
      return {
        today: {
          created: countOn(created, today),
          completed: countOn(completed, today),
          cancelled: standing.cancelled,
          by_type: Object.fromEntries(
            TASK_TYPES.map((type) => [type, countOn(ofType(created, type), today)]),
          ) as Overview['today']['by_type'],
        },
        open: openOf(steps),
        visits: {
          today: countOn(visits, today),
          under_way: standing.under_way,
          flagged_unreviewed: standing.flagged_unreviewed,
        },
        evaluations: {
          count: sum(ratings.map(({ count }) => count)),
          low: sum(ratings.map(({ low }) => low)),
          service_attitude: meanOf(ratings, ['service_attitude']),
          service_quality: meanOf(ratings, ['service_quality']),
          overall: meanOf(ratings, ['overall']),
        },
        attention: { undispatched, unaccepted, appointment_soon, appointment_missed },
        waiting: {
          outbox_unknown,
          outbox_dead,
          challenges,
          sessions_needing_human: stopped_at_sites + stopped_at_gateway,
        },
        partners: partnersFrom(partners, standing),
        days,
      }
    },
  }
}

export type OverviewService = ReturnType<typeof createOverviewService>

const daysUntil = (time: Date): string[] =>
  Array.from({ length: OVERVIEW_DAYS }, (_, i) => shanghaiDate(shanghaiMidnight(time, OVERVIEW_DAYS - 1 - i)))

/** Drivers may give counts and sums as text. */
const sum = (values: (number | string)[]): number => values.reduce<number>((total, value) => total + Number(value), 0)

const countOn = (rows: DayCount[], date: string): number =>
  sum(rows.filter(({ day }) => day === date).map(({ count }) => count))

const ofType = <T extends { type: TaskType }>(rows: T[], type: TaskType): T[] => rows.filter((row) => row.type === type)

function openOf(steps: { current_step: number; count: number }[]): Overview['open'] {
  const by_step = Array.from({ length: LAST_STEP + 1 }, (_, step) =>
    sum(steps.filter(({ current_step }) => current_step === step).map(({ count }) => count)),
  )
  return { total: sum(by_step), by_step }
}

type Score = 'service_attitude' | 'service_quality' | 'overall'

/** Mean of these scores over all ratings, two decimals; null without any. */
function meanOf(ratings: Rating[], scores: Score[]): number | null {
  const count = sum(ratings.map((rating) => rating.count)) * scores.length
  const total = sum(ratings.flatMap((rating) => scores.map((score) => rating[score])))
  return count === 0 ? null : Math.round((total / count) * 100) / 100
}

const scoreOf = (ratings: Rating[]) => meanOf(ratings, ['service_attitude', 'service_quality', 'overall'])
