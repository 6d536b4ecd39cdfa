import { Cron } from 'croner'
import type { Logger } from 'pino'
import type { JobFacts, JobOutcome, JobService } from '../features/jobs/service'
import { newId } from '../ids'
import { withTrace } from '../trace'

export interface Job extends Omit<JobFacts, 'schedule'> {
  /** Cron pattern with seconds, Asia/Shanghai. */
  pattern: string
  /** What it returns is kept as its last result. */
  run(): Promise<unknown>
}

/** Runs jobs at their times; what they are made of does not know by what. */
export interface Scheduler {
  /** Runs a job now, unless it is running. */
  run(name: string): Promise<void>
  /** No further runs; waits for those under way. */
  stop(): Promise<void>
}

/** In this process, by croner: a job never runs twice at once; a failure is noted and the next time comes all the same. */
export async function createScheduler(
  jobs: Job[],
  { runs, log }: { runs: JobService; log: Logger },
): Promise<Scheduler> {
  const running = new Map<string, Promise<void>>()

  function start(job: Job): Promise<void> {
    const underWay = running.get(job.name)
    if (underWay) return underWay
    const work = runs
      .run(factsOf(job), () => execute(job, log, () => timers.get(job.name)?.nextRun() ?? null))
      .then(() => {})
      .catch((error: unknown) => log.error({ job: job.name, err: error }, 'job could not be noted'))
      .finally(() => running.delete(job.name))
    running.set(job.name, work)
    return work
  }

  const timers = new Map(jobs.map((job) => [job.name, timerOf(job, () => start(job))]))
  for (const job of jobs) await runs.announce(factsOf(job), timers.get(job.name)?.nextRun() ?? null)
  for (const timer of timers.values()) timer.resume()

  return {
    async run(name) {
      const job = jobs.find((one) => one.name === name)
      if (!job) throw new TypeError(`there is no job ${name}`)
      await start(job)
    },
    async stop() {
      for (const timer of timers.values()) timer.stop()
      await Promise.all(running.values())
    },
  }
}

/** Without a name: croner keeps those in one list for the whole process. */
const timerOf = ({ pattern }: Job, start: () => Promise<void>) =>
  new Cron(pattern, { timezone: 'Asia/Shanghai', protect: true, unref: true, paused: true }, start)

const factsOf = ({ name, title, pattern, everywhere }: Job): JobFacts => ({
  name,
  title,
  schedule: pattern,
  everywhere,
})

async function execute({ name, run, everywhere }: Job, log: Logger, nextRun: () => Date | null): Promise<JobOutcome> {
  try {
    const detail = (await withTrace(newId(), run)) ?? null
    log[everywhere ? 'debug' : 'info']({ job: name, result: detail }, 'job done')
    return { result: 'ok', detail, nextRunAt: nextRun() }
  } catch (error) {
    log.error({ job: name, err: error }, 'job failed')
    return { result: 'failed', detail: (error as Error).message, nextRunAt: nextRun() }
  }
}
