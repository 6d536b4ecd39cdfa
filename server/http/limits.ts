import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { AppError } from '../errors/app-error'

export const PERIOD_S = 60

export interface RateLimit {
  /** @throws AppError RATE_LIMITED with the seconds to wait */
  consume(key: string): Promise<void>
}

/** At most `points` per minute and key. */
export type CreateRateLimit = (name: string, points: number) => RateLimit

/** Counted by this process. */
export const createMemoryRateLimit: CreateRateLimit = (name, points) =>
  rateLimit(new RateLimiterMemory({ keyPrefix: name, points, duration: PERIOD_S }))

export function rateLimit(limiter: RateLimiterAbstract): RateLimit {
  return {
    consume: async (key) => {
      try {
        await limiter.consume(key)
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal
        throw new AppError('RATE_LIMITED', { retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) })
      }
    },
  }
}
