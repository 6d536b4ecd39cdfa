import { DelayedError, type Job as QueuedJob, Queue, Worker } from 'bullmq'
import type { Logger } from 'pino'
import { type Job, type JobQueue, TIME_ZONE } from '../jobs/scheduler'
import { KEY_PREFIX, type RedisConnections } from './connection'

const QUEUE = 'jobs'
const AT_ONCE = 4
const LOCK_MS = 30_000
/** A connection that is away keeps nobody from stopping; a run whose end Redis does not learn is done all the same. */
const CLOSE_PATIENCE_MS = { up: 10_000, away: 500 }
const KEPT = { removeOnComplete: 100, removeOnFail: 100 }

export interface JobQueueOptions {
  redis: RedisConnections
  log: Logger
  /** After this long without a sign of life a process has lost the run that it was handed. */
  lockMs?: number
}

/** BullMQ: a scheduler for each job, one queue for all of them, a worker in every process. */
export function createRedisJobQueue({ redis, log, lockMs = LOCK_MS }: JobQueueOptions): JobQueue {
  let queue: Queue | null = null
  let worker: Worker | null = null
  const report = (error: Error) => log.debug({ err: error }, 'job queue')

  return {
    isUp: redis.isUp,

    open(jobs, { retries, run }) {
      const prefix = `${KEY_PREFIX}:queue`
      const byName = new Map(jobs.map((job) => [job.name, job]))
      const opened = new Queue(QUEUE, { connection: redis.another(), prefix })
      queue = opened
      worker = new Worker(QUEUE, (job, token) => handle(byName.get(job.name), { job, token, run, lockMs }), {
        connection: redis.another(),
        prefix,
        concurrency: AT_ONCE,
        lockDuration: lockMs,
        stalledInterval: lockMs,
        // A run is lost with its process, not by its own fault: as often as that happens, another takes it over.
        maxStalledCount: 100,
      })
      opened.on('error', report)
      worker.on('error', report)
      const attempts = retries.times + 1
      const opts = { attempts, backoff: { type: 'exponential', delay: retries.pauseMs }, ...KEPT }
      // What this version has no more goes once, at its start: the last version started has the last word.
      let tidied = false
      // The rest again at every connection: a Redis without persistence comes back empty.
      redis.onUp(() => {
        const schedulers = tidied ? add(opened, jobs, opts) : tidy(opened, jobs).then(() => add(opened, jobs, opts))
        tidied = true
        schedulers.catch(report)
      })
    },

    async close() {
      const closing = closeBoth(worker, queue).catch(report)
      const patience = new Promise((resolve) =>
        setTimeout(resolve, CLOSE_PATIENCE_MS[redis.isUp() ? 'up' : 'away']).unref(),
      )
      await Promise.race([closing, patience])
    },
  }
}

/** A worker that is closed before it was ready waits for ever. */
async function closeBoth(worker: Worker | null, queue: Queue | null): Promise<void> {
  await worker?.waitUntilReady()
  await worker?.close()
  await queue?.close()
}

async function tidy(queue: Queue, jobs: Job[]): Promise<void> {
  const names = new Set(jobs.map(({ name }) => name))
  for (const { key } of await queue.getJobSchedulers()) if (!names.has(key)) await queue.removeJobScheduler(key)
}

/** New schedulers begin, changed ones follow their new times. */
async function add(queue: Queue, jobs: Job[], opts: object): Promise<void> {
  for (const { name, pattern } of jobs) await queue.upsertJobScheduler(name, { pattern, tz: TIME_ZONE }, { name, opts })
}

interface Handed {
  job: QueuedJob
  token: string | undefined
  run: Parameters<JobQueue['open']>[1]['run']
  lockMs: number
}

async function handle(known: Job | undefined, { job, token, run, lockMs }: Handed): Promise<string> {
  // Of a newer version's, during an upgrade: its own processes get it at another try.
  if (!known) throw new Error(`there is no job ${job.name} in this version`)
  const { prevMillis } = job.opts as { prevMillis?: number }
  const result = await run(known, job.attemptsMade > 0 || !prevMillis ? undefined : new Date(prevMillis))
  if (result === 'failed') throw new Error('failed')
  // Taken over from a process that died: its lease has to run out first.
  if (result === 'held' && job.stalledCounter > 0) {
    await job.moveToDelayed(Date.now() + lockMs, token)
    throw new DelayedError()
  }
  return result
}
