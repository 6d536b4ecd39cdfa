import { newId } from '../../ids'
import { shanghaiTime } from '../../time'
import type { JobRepository, JobRunRow } from './repository'

const LEASE_MS = 3 * 60_000
const RENEW_MS = 60_000
/** A job that runs every second is written down this often, unless its result changes. */
const QUIET_MS = 30_000
const MAX_DETAIL = 500

export interface JobFacts {
  name: string
  /** For people. */
  title: string
  schedule: string
  /** Runs in every process, at work that is shared out otherwise; by default one process runs it at a time. */
  everywhere?: boolean
}

export interface JobOutcome {
  result: 'ok' | 'failed'
  detail: unknown
  nextRunAt: Date | null
}

/** When each job ran, what came of it and when it runs next; across processes, nobody runs one that another has. */
export function createJobService({ repository, now }: { repository: JobRepository; now: () => Date }) {
  const owner = newId()
  const written = new Map<string, { time: number; result: string }>()

  function isQuiet({ name, everywhere }: JobFacts, result: string): boolean {
    const last = written.get(name)
    const quiet = everywhere && last?.result === result && now().getTime() - last.time < QUIET_MS
    if (!quiet) written.set(name, { time: now().getTime(), result })
    return Boolean(quiet)
  }

  async function take({ name, everywhere }: JobFacts, dueAt?: Date): Promise<{ release(): void } | null> {
    if (everywhere) return { release: () => {} }
    const lease = () => ({ name, owner, until: new Date(now().getTime() + LEASE_MS) })
    const time = now()
    const due = dueAt ?? new Date(Math.floor(time.getTime() / 1000) * 1000)
    if (!(await repository.take(lease(), { now: time, due }))) return null
    const renewal = setInterval(() => void repository.renew(lease()).catch(() => {}), RENEW_MS).unref()
    return { release: () => clearInterval(renewal) }
  }

  return {
    announce: ({ name, title, schedule }: JobFacts, nextRunAt: Date | null): Promise<void> =>
      repository.announce({ name, title, schedule, next_run_at: nextRunAt }),

    /**
     * Runs `work` unless another process is at it or has done it since `due` (the present second unless given); `work`
     * must not throw. @returns whether it ran
     */
    async run(job: JobFacts, work: () => Promise<JobOutcome>, due?: Date): Promise<boolean> {
      const taken = await take(job, due)
      if (!taken) return false
      const started = now()
      try {
        const { result, detail, nextRunAt } = await work()
        if (isQuiet(job, result)) return true
        await repository.finish(job.name, {
          started_at: started,
          finished_at: now(),
          duration_ms: now().getTime() - started.getTime(),
          result,
          detail: (JSON.stringify(detail) ?? 'null').slice(0, MAX_DETAIL),
          next_run_at: nextRunAt,
        })
        return true
      } finally {
        taken.release()
      }
    },

    async list() {
      return { list: (await repository.list()).map((row) => toView(row, now())) }
    },
  }
}

export type JobService = ReturnType<typeof createJobService>

const time = (instant: Date | null) => instant && shanghaiTime(instant)

const toView = (row: JobRunRow, now: Date) => ({
  name: row.name,
  title: row.title,
  schedule: row.schedule,
  running: row.lease_until !== null && row.lease_until > now,
  last_run_at: time(row.started_at),
  last_finished_at: time(row.finished_at),
  last_result: row.result,
  last_detail: row.detail,
  duration_ms: row.duration_ms,
  next_run_at: time(row.next_run_at),
})
