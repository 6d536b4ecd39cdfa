import type { Logger } from 'pino'
import type { Config } from '../config/config'
import type { Secrets } from '../config/secrets'
import type { TokenShelf } from '../connectors/wechat/session'
import { createLocalInFlight, type InFlight } from '../features/idempotency/in-flight'
import { createLocalTransport, type LiveTransport } from '../features/live/transport'
import { type CreateRateLimit, createMemoryRateLimit } from '../http/limits'
import type { JobQueue } from '../jobs/scheduler'
import { openRedis, type RedisConnections } from '../redis/connection'
import { createRedisInFlight } from '../redis/in-flight'
import { createRedisJobQueue } from '../redis/job-queue'
import { createRedisTransport } from '../redis/live'
import { createLocks } from '../redis/locks'
import { createRedisRateLimit } from '../redis/rate-limit'
import { createTokenShelf } from '../redis/wechat-token'
import { createVault } from '../vault'

/** What replicas have in common beside the database and the files. */
export interface SharedParts {
  redis: RedisConnections | null
  createRateLimit: CreateRateLimit
  inFlight: InFlight
  jobQueue: JobQueue | null
  liveTransport: LiveTransport
  tokenShelf?: TokenShelf
}

interface Deps {
  config: Config
  secrets: Secrets
  log: Logger
}

/** Through Redis where there is one; otherwise one process has it all to itself. */
export async function openSharedParts({ config, secrets, log }: Deps): Promise<SharedParts> {
  if (!config.redisUrl)
    return {
      redis: null,
      createRateLimit: createMemoryRateLimit,
      inFlight: createLocalInFlight(),
      jobQueue: null,
      liveTransport: createLocalTransport(),
    }
  const redis = await openRedis(config.redisUrl, log)
  const locks = createLocks(redis)
  const vault = createVault({ current: secrets.dataKey, previous: secrets.previousDataKey })
  return {
    redis,
    createRateLimit: createRedisRateLimit(redis),
    inFlight: createRedisInFlight(locks),
    jobQueue: createRedisJobQueue({ redis, log }),
    liveTransport: createRedisTransport(redis),
    tokenShelf: config.wechat ? createTokenShelf({ redis, locks, vault, appId: config.wechat.appId }) : undefined,
  }
}
