/** A process with nothing but jobs: one that runs every fifth second and writes down that it did. */
import fs from 'node:fs'
import pino from 'pino'
import type { DatabaseConfig } from '../../../server/config/config'
import { openDatabase } from '../../../server/db/database'
import { createJobRepository } from '../../../server/features/jobs/repository'
import { createJobService } from '../../../server/features/jobs/service'
import { createScheduler } from '../../../server/jobs/scheduler'
import { openRedis } from '../../../server/redis/connection'
import { createRedisJobQueue } from '../../../server/redis/job-queue'

/** `database` is a `DatabaseConfig`. */
const [database = '{}', redisUrl = '', runsFile = ''] = process.argv.slice(2)

async function main(): Promise<void> {
  const log = pino({ level: 'error' }, pino.destination(2))
  const opened = await openDatabase(JSON.parse(database) as DatabaseConfig)
  const redis = await openRedis(redisUrl, log)
  const runs = createJobService({ repository: createJobRepository(opened), now: () => new Date(), leaseMs: 2_500 })
  const run = async () => fs.appendFileSync(runsFile, `${Math.floor(Date.now() / 5_000)} ${process.pid}\n`)
  const queue = createRedisJobQueue({ redis, log, lockMs: 2_000 })
  const job = { name: 'every-fifth-second', title: '每五秒一次', pattern: '*/5 * * * * *', run }
  const scheduler = await createScheduler([job], { runs, log, queue, graceMs: 1_000 })
  process.stdout.write('ready\n')
  process.once('SIGTERM', () => {
    void scheduler
      .stop()
      .then(() => redis.close())
      .then(() => opened.close())
  })
}

void main()
