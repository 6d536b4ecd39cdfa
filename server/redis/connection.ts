import { Redis, type RedisOptions } from 'ioredis'
import type { Logger } from 'pino'

/** Begins every key, so that a Redis may serve other programs too. */
export const KEY_PREFIX = 'field-service'

const FIRST_ANSWER_MS = 3_000
/** A request does not wait longer for what it can do without. */
const COMMAND_TIMEOUT_MS = 1_000
const MAX_PAUSE_MS = 2_000
/** A Redis that does not answer the end of a connection keeps nobody from stopping. */
const DISCONNECT_TIMEOUT_MS = 200

/** The Redis that replicas share, reached again by itself after every loss. */
export interface RedisConnections {
  /** For what a request waits for: fails at once while there is no connection, and never repeats a command. */
  commands: Redis
  isUp(): boolean
  /** Calls at every connection made, the present one included. */
  onUp(listener: () => void): void
  /** A connection of its own, whose commands wait until there is one: for queues and subscriptions. */
  another(): Redis
  /** Throws when Redis does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}

/**
 * Connects to `redis://` or `rediss://`. A Redis that does not answer is logged and awaited, not an error: a replica
 * must be able to start during an outage.
 */
export async function openRedis(url: string, log: Logger): Promise<RedisConnections> {
  const open: Redis[] = []
  const connect = (options: RedisOptions): Redis => {
    const retryStrategy = (times: number) => Math.min(50 * 2 ** times, MAX_PAUSE_MS)
    return track(new Redis(url, { ...options, retryStrategy, disconnectTimeout: DISCONNECT_TIMEOUT_MS }))
  }
  /** BullMQ makes further connections of those it is given. */
  const track = (redis: Redis): Redis => {
    open.push(redis)
    const duplicate = redis.duplicate.bind(redis)
    redis.duplicate = (override) => track(duplicate(override))
    // What is lost is told of once, below; without a listener every failed attempt would be printed.
    redis.on('error', () => {})
    return redis
  }
  const commands = connect({
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
  })
  let closing = false
  logOutages(commands, log, () => closing)
  const isUp = () => commands.status === 'ready'
  await firstAnswer(commands)
  if (!isUp()) log.error('Redis does not answer; this process does alone what replicas would share')
  return {
    commands,
    isUp,
    onUp(listener) {
      commands.on('ready', listener)
      if (isUp()) listener()
    },
    another: () => connect({ maxRetriesPerRequest: null }),
    ping: async () => {
      await commands.ping()
    },
    close: async () => {
      closing = true
      // One that has ended would wait for its end once more.
      for (const redis of open) if (redis.status !== 'end') redis.disconnect()
    },
  }
}

function logOutages(redis: Redis, log: Logger, isClosing: () => boolean): void {
  let up = false
  redis.on('ready', () => {
    up = true
    log.info('Redis is connected')
  })
  redis.on('close', () => {
    if (up && !isClosing()) log.warn('Redis is lost; this process does alone what replicas would share')
    up = false
  })
}

function firstAnswer(redis: Redis): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(resolve, FIRST_ANSWER_MS)
    redis.once('ready', () => {
      clearTimeout(patience)
      resolve()
    })
    redis.once('error', () => {
      clearTimeout(patience)
      resolve()
    })
  })
}
