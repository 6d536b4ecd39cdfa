import type { LiveEvent } from '../../types/api/live'
import { createLocalTransport, type LiveTransport } from '../features/live/transport'
import { newId } from '../ids'
import { KEY_PREFIX, type RedisConnections } from './connection'

const CHANNEL = `${KEY_PREFIX}:live`

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
  const here = createLocalTransport()
  const subscriber = redis.another()
  // ioredis subscribes again by itself after every loss.
  subscriber.subscribe(CHANNEL).catch(() => {})
  subscriber.on('message', (_channel, text) => {
    const { from, event } = JSON.parse(text) as Message
    if (from !== self) here.publish(event)
  })
  return {
    publish(event) {
      here.publish(event)
      redis.commands.publish(CHANNEL, JSON.stringify({ from: self, event } satisfies Message)).catch(() => {})
    },
    subscribe: here.subscribe,
  }
}
