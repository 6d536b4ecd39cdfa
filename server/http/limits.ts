import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { AppError } from '../errors/app-error'

export interface RateLimit {
  /** @throws AppError RATE_LIMITED with the seconds to wait */
  consume(key: string): Promise<void>
}

/** At most `points` per minute and key. */
export type CreateRateLimit = (name: string, points: number) => RateLimit

export const createMemoryRateLimit: CreateRateLimit = (name, points) => {
  const limiter = new RateLimiterMemory({ keyPrefix: name, points, duration: 60 })
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
