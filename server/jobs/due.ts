import { setTimeout as wait } from 'node:timers/promises'
import { Cron } from 'croner'
import type { Logger } from 'pino'
import type { JobService } from '../features/jobs/service'
import { execute, factsOf, type Job, TIME_ZONE } from './scheduler'

const PATIENCE_MS = 20_000

export interface DueJobs {
  list: { name: string; result: 'ok' | 'failed' | 'elsewhere' | 'running' }[]
}

/**
 * Runs what was due and has not been run since, for a timer outside: whichever of several servers and schedulers is
 * first takes a job, the others find it `elsewhere`. What takes long goes on after the answer.
 */
export async function runDueJobs(
  jobs: Job[],
  { runs, log, now }: { runs: JobService; log: Logger; now: () => Date },
): Promise<DueJobs> {
  async function runOne(job: Job): Promise<DueJobs['list'][number]['result']> {
    const timer = new Cron(job.pattern, { timezone: TIME_ZONE, paused: true })
    const nextRun = () => timer.nextRun(now())
    const [due] = timer.previousRuns(1, now())
    let result: 'ok' | 'failed' | 'elsewhere' = 'elsewhere'
    await runs.announce(factsOf(job), nextRun())
    const work = async () => {
      const outcome = await execute(job, log, nextRun)
      result = outcome.result
      return outcome
    }
    await runs.run(factsOf(job), work, due)
    return result
  }

  const late = new AbortController()
  const patience = wait(PATIENCE_MS, 'running' as const, { signal: late.signal, ref: false }).catch(
    () => 'running' as const,
  )
  const list = await Promise.all(
    jobs.map(async (job) => ({
      name: job.name,
      result: await Promise.race([
        runOne(job).catch((error: unknown) => {
          log.error({ job: job.name, err: error }, 'job could not be noted')
          return 'failed' as const
        }),
        patience,
      ]),
    })),
  )
  late.abort()
  return { list }
}
