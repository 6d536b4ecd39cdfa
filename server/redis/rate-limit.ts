import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'
import { type CreateRateLimit, PERIOD_S, rateLimit } from '../http/limits'
import { KEY_PREFIX, type RedisConnections } from './connection'

/** Counted for all replicas together; by this process alone while Redis is away. */
export const createRedisRateLimit =
  ({ commands }: Pick<RedisConnections, 'commands'>): CreateRateLimit =>
  (name, points) =>
    rateLimit(
      new RateLimiterRedis({
        storeClient: commands,
        keyPrefix: `${KEY_PREFIX}:limit:${name}`,
        points,
        duration: PERIOD_S,
        rejectIfRedisNotReady: true,
        insuranceLimiter: new RateLimiterMemory({ points, duration: PERIOD_S }),
      }),
    )
