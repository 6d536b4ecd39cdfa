/** A process with nothing but jobs: one that runs every fifth second; notes for what time a run begins and is done. */
import fs from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import pino from 'pino'
import type { DatabaseConfig } from '../../../server/config/config'
import { openDatabase } from '../../../server/db/database'
import { createJobRepository } from '../../../server/features/jobs/repository'
import { createJobService, type JobService } from '../../../server/features/jobs/service'
import { createScheduler } from '../../../server/jobs/scheduler'
import { openRedis } from '../../../server/redis/connection'
import { createRedisJobQueue } from '../../../server/redis/job-queue'

/** `database` is a `DatabaseConfig`. */
const [database = '{}', redisUrl = '', runsFile = ''] = process.argv.slice(2)
/** Long enough to be killed in. */
const WORK_MS = 600
const LEASE_MS = 2_500

/** `done` stands there once the database has it. */
const noting = (runs: JobService): JobService => ({
  ...runs,
  async run(job, work, due) {
    const note = (what: string) =>
      fs.appendFileSync(runsFile, `${due?.getTime()} ${what} ${process.pid} ${Date.now()}\n`)
    const noted = async () => {
      note('begun')
      return work()
    }
    const result = await runs.run(job, noted, due)
    if (result === 'ok') note('done')
    return result
  },
})

async function main(): Promise<void> {
  const log = pino({ level: 'error' }, pino.destination(2))
  const opened = await openDatabase(JSON.parse(database) as DatabaseConfig)
  const redis = await openRedis(redisUrl, log)
  const runs = createJobService({ repository: createJobRepository(opened), now: () => new Date(), leaseMs: LEASE_MS })
  const queue = createRedisJobQueue({ redis, log, lockMs: 2_000 })
  const job = { name: 'every-fifth-second', title: '每五秒一次', pattern: '*/5 * * * * *', run: () => wait(WORK_MS) }
  const scheduler = await createScheduler([job], { runs: noting(runs), log, queue, graceMs: 1_000 })
  process.stdout.write('ready\n')
  process.once('SIGTERM', () => {
    void scheduler
      .stop()
      .then(() => redis.close())
      .then(() => opened.close())
  })
}

void main()
