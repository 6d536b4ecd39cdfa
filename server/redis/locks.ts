import { KEY_PREFIX, type RedisConnections } from './connection'
import { newId } from '../ids'

const RELEASE = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`
const RENEW = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0`

export interface Lock {
  release(): Promise<void>
}

/**
 * Names that one process of several has at a time, given up by themselves soon after it dies. They spare work that
 * would be done twice; what must never happen twice is decided by the database.
 */
export function createLocks({ commands }: Pick<RedisConnections, 'commands'>, lifetimeMs = 10_000) {
  return {
    /** @returns null where somebody has it. @throws when Redis is away */
    async take(name: string): Promise<Lock | null> {
      const key = `${KEY_PREFIX}:lock:${name}`
      const owner = newId()
      if ((await commands.set(key, owner, 'PX', lifetimeMs, 'NX')) === null) return null
      const renew = () => commands.eval(RENEW, 1, key, owner, lifetimeMs).catch(() => {})
      const renewal = setInterval(() => void renew(), lifetimeMs / 3).unref()
      return {
        release: async () => {
          clearInterval(renewal)
          await commands.eval(RELEASE, 1, key, owner).catch(() => {})
        },
      }
    },
  }
}

export type Locks = ReturnType<typeof createLocks>
