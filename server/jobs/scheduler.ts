import { Cron } from 'croner'
import type { Logger } from 'pino'
import type { JobFacts, JobOutcome, JobService, RunResult } from '../features/jobs/service'
import { newId } from '../ids'
import { withTrace } from '../trace'

export const TIME_ZONE = 'Asia/Shanghai'

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

/** How often and after what pause (doubled each time) a failed run is tried again before its next time. */
export interface Retries {
  times: number
  pauseMs: number
}

/** Hands every time of a job to one of several processes. */
export interface JobQueue {
  isUp(): boolean
  /** `run` says what came of a time; `due` is none where a failed run is tried again. */
  open(jobs: Job[], options: { retries: Retries; run(job: Job, due?: Date): Promise<RunResult> }): void
  /** Hands out nothing more; waits for what was handed to this process. */
  close(): Promise<void>
}

export interface SchedulerDeps {
  runs: JobService
  log: Logger
  /** None: this process alone watches the clock. */
  queue?: JobQueue | null
  retries?: Retries
  /** How long after a time the queue is trusted to have handed it out. */
  graceMs?: number
}

const RETRIES: Retries = { times: 2, pauseMs: 5_000 }
const GRACE_MS = 10_000

/**
 * A job never runs twice at once, and one time is one run, whoever saw the clock reach it: its row in the database
 * decides. With a queue the clock here is the second to look: it runs what the queue lost, and everything while the
 * queue is away. Jobs that run everywhere never pass through the queue. A failed run is tried again.
 */
export async function createScheduler(jobs: Job[], deps: SchedulerDeps): Promise<Scheduler> {
  const { runs, log, queue = null, retries = RETRIES, graceMs = GRACE_MS } = deps
  const running = new Map<string, Promise<RunResult>>()
  const later = createLater()

  function start(job: Job, due?: Date): Promise<RunResult> {
    const underWay = running.get(job.name)
    if (underWay) return underWay
    const work = runs
      .run(factsOf(job), () => execute(job, log, () => timers.get(job.name)?.nextRun() ?? null), due)
      .catch((error: unknown) => {
        log.error({ job: job.name, err: error }, 'job could not be noted')
        return 'failed' as const
      })
      .finally(() => running.delete(job.name))
    running.set(job.name, work)
    return work
  }

  async function startWithRetries(job: Job, due?: Date, tried = 0): Promise<void> {
    const result = await start(job, due)
    if (result !== 'failed' || job.everywhere || tried === retries.times) return
    later(retries.pauseMs * 2 ** tried, () => startWithRetries(job, undefined, tried + 1))
  }

  async function onTime(job: Job): Promise<void> {
    // Not the present second: a process that was busy sees a time late, and it is that time all the same.
    const [due] = timers.get(job.name)!.previousRuns(1, new Date(Date.now() + 1))
    if (job.everywhere || !queue?.isUp()) return startWithRetries(job, due)
    later(graceMs, () => startWithRetries(job, due))
  }

  const timers = new Map(jobs.map((job) => [job.name, timerOf(job, () => onTime(job))]))
  for (const job of jobs) await runs.announce(factsOf(job), timers.get(job.name)?.nextRun() ?? null)
  queue?.open(
    jobs.filter((job) => !job.everywhere),
    { retries, run: start },
  )
  for (const timer of timers.values()) timer.resume()

  return {
    async run(name) {
      const job = jobs.find((one) => one.name === name)
      if (!job) throw new TypeError(`there is no job ${name}`)
      await start(job)
    },
    async stop() {
      for (const timer of timers.values()) timer.stop()
      later.stop()
      await queue?.close()
      await Promise.all(running.values())
    },
  }
}

/** Without a name: croner keeps those in one list for the whole process. */
const timerOf = ({ pattern }: Job, start: () => Promise<void>) =>
  new Cron(pattern, { timezone: TIME_ZONE, protect: true, unref: true, paused: true }, start)

/** Timers that end with the scheduler. */
function createLater() {
  const timers = new Set<NodeJS.Timeout>()
  const later = (ms: number, work: () => Promise<void>): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      void work()
    }, ms).unref()
    timers.add(timer)
  }
  later.stop = () => {
    for (const timer of timers) clearTimeout(timer)
    timers.clear()
  }
  return later
}

export const factsOf = ({ name, title, pattern, everywhere }: Job): JobFacts => ({
  name,
  title,
  schedule: pattern,
  everywhere,
})

/** One run with its outcome; never throws. */
export async function execute(
  { name, run, everywhere }: Job,
  log: Logger,
  nextRun: () => Date | null,
): Promise<JobOutcome> {
  try {
    const detail = (await withTrace(newId(), run)) ?? null
    log[everywhere ? 'debug' : 'info']({ job: name, result: detail }, 'job done')
    return { result: 'ok', detail, nextRunAt: nextRun() }
  } catch (error) {
    log.error({ job: name, err: error }, 'job failed')
    return { result: 'failed', detail: (error as Error).message, nextRunAt: nextRun() }
  }
}
