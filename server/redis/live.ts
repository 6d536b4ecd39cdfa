import type { LiveEvent } from '../../types/api/live'
import { createLocalTransport, type LiveTransport } from '../features/live/transport'
import { newId } from '../ids'
import { KEY_PREFIX, type RedisConnections } from './connection'

interface Message {
  from: string
  event: LiveEvent
}

/**
 * Events of all replicas. What happens here reaches this replica's own pages without Redis; the rest is lost while
 * Redis is away, as `LiveEvent` allows.
 */
export function createRedisTransport(redis: Pick<RedisConnections, 'commands' | 'another'>): LiveTransport {
  const self = newId()
  // Channels are common to all databases of a Redis, where another installation may be.
  const channel = `${KEY_PREFIX}:live:${redis.commands.options.db ?? 0}`
  const here = createLocalTransport()
  const subscriber = redis.another()
  // ioredis subscribes again by itself after every loss.
  subscriber.subscribe(channel).catch(() => {})
  subscriber.on('message', (_from, text) => {
    const { from, event } = JSON.parse(text) as Message
    if (from !== self) here.publish(event)
  })
  return {
    publish(event) {
      here.publish(event)
      redis.commands.publish(channel, JSON.stringify({ from: self, event } satisfies Message)).catch(() => {})
    },
    subscribe: here.subscribe,
  }
}
