import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { TokenShelf } from '../connectors/wechat/session'
import type { Vault } from '../vault'
import { KEY_PREFIX, type RedisConnections } from './connection'
import type { Locks } from './locks'

const LOOK_AGAIN_MS = 50
/** Longer than a login takes with its retries; after that a replica asks WeChat by itself. */
const PATIENCE_MS = 15_000

const heldToken = z.object({
  token: z.string(),
  since: z.number(),
  renewAt: z.number(),
  forcedAt: z.number().nullable(),
})

export interface TokenShelfDeps {
  redis: Pick<RedisConnections, 'commands'>
  locks: Locks
  vault: Vault
  appId: string
  /** Epoch milliseconds, as the session's. */
  clock?: () => number
}

/** WeChat's access token, sealed with the data key. Whatever is wrong with the shelf, a replica asks WeChat itself. */
export function createTokenShelf({ redis, locks, vault, appId, clock = Date.now }: TokenShelfDeps): TokenShelf {
  const key = `${KEY_PREFIX}:wechat-token:${appId}`

  async function takeTurn(): Promise<{ release(): Promise<void> } | null> {
    for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await pause(LOOK_AGAIN_MS)) {
      const lock = await locks.take(`wechat-token:${appId}`)
      if (lock) return lock
    }
    return null
  }

  return {
    async read() {
      try {
        const sealed = await redis.commands.get(key)
        return sealed === null ? null : heldToken.parse(JSON.parse(vault.open(sealed, key)))
      } catch {
        return null
      }
    },
    async write(held) {
      const lifetimeMs = Math.ceil(held.renewAt - clock())
      if (lifetimeMs <= 0) return
      await redis.commands.set(key, vault.seal(JSON.stringify(held), key), 'PX', lifetimeMs).catch(() => {})
    },
    async alone(work) {
      const turn = await takeTurn().catch(() => null)
      try {
        return await work()
      } finally {
        await turn?.release()
      }
    },
  }
}
