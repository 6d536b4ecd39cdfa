import { newId } from '../../ids'
import { shanghaiTime } from '../../time'
import type { JobRepository, JobRunRow } from './repository'

const LEASE_MS = 3 * 60_000
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

/** `held`: another process is at it; `done`: what was due has been run. */
export type RunResult = JobOutcome['result'] | 'held' | 'done'

export interface JobServiceDeps {
  repository: JobRepository
  now: () => Date
  /** How long a job stays with a process that died. */
  leaseMs?: number
}

/** When each job ran, what came of it and when it runs next; across processes, nobody runs one that another has. */
export function createJobService({ repository, now, leaseMs = LEASE_MS }: JobServiceDeps) {
  const owner = newId()
  const written = new Map<string, { time: number; result: string }>()

  function isQuiet({ name, everywhere }: JobFacts, result: string): boolean {
    const last = written.get(name)
    const quiet = everywhere && last?.result === result && now().getTime() - last.time < QUIET_MS
    if (!quiet) written.set(name, { time: now().getTime(), result })
    return Boolean(quiet)
  }

  async function take({ name, everywhere }: JobFacts, due?: Date): Promise<'held' | 'done' | { release(): void }> {
    if (everywhere) return { release: () => {} }
    const lease = () => ({ name, owner, until: new Date(now().getTime() + leaseMs) })
    const time = now()
    const times = { now: time, due: due ?? new Date(Math.floor(time.getTime() / 1000) * 1000) }
    if (!(await repository.take(lease(), times))) return (await repository.isTaken(name, time)) ? 'held' : 'done'
    const renewal = setInterval(() => void repository.renew(lease()).catch(() => {}), leaseMs / 3).unref()
    return { release: () => clearInterval(renewal) }
  }

  return {
    announce: ({ name, title, schedule }: JobFacts, nextRunAt: Date | null): Promise<void> =>
      repository.announce({ name, title, schedule, next_run_at: nextRunAt }),

    /**
     * Runs `work` unless another process is at it or has done it since `due` (the present second unless given); `work`
     * must not throw.
     */
    async run(job: JobFacts, work: () => Promise<JobOutcome>, due?: Date): Promise<RunResult> {
      const taken = await take(job, due)
      if (typeof taken === 'string') return taken
      const started = now()
      try {
        const { result, detail, nextRunAt } = await work()
        if (isQuiet(job, result)) return result
        await repository.finish(job.name, job.everywhere ? null : owner, {
          started_at: started,
          finished_at: now(),
          duration_ms: now().getTime() - started.getTime(),
          result,
          detail: (JSON.stringify(detail) ?? 'null').slice(0, MAX_DETAIL),
          next_run_at: nextRunAt,
        })
        return result
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
