import { createLocalInFlight, type InFlight } from '../features/idempotency/in-flight'
import type { Locks } from './locks'

/** Known to all replicas; while Redis is away to this process, and the key's row in the database decides as ever. */
export function createRedisInFlight(locks: Locks): InFlight {
  const here = createLocalInFlight()
  return {
    async begin(id) {
      const mine = await here.begin(id)
      if (!mine) return null
      const lock = await locks.take(`request:${id}`).catch(() => 'away' as const)
      if (lock === 'away') return mine
      if (lock === null) await mine.end()
      return lock && { end: async () => void (await Promise.all([lock.release(), mine.end()])) }
    },
  }
}
