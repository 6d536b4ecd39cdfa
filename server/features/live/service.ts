import type { LiveEvent } from '../../../types/api/live'
import type { Commits } from '../../db/after-commit'
import type { Db } from '../../db/database'
import { AppError } from '../../errors/app-error'
import { newId } from '../../ids'
import type { LiveTransport } from './transport'

/** Events kept for pages that come back. */
export const KEPT_EVENTS = 1_000
export const HEARTBEAT_MS = 20_000
const MAX_WATCHERS = 500
const MAX_WATCHERS_EACH = 12

/** What changed; the time is added. */
export type News = Omit<LiveEvent, 'at' | 'work_order_id'> & { work_order_id?: string | null }

export interface Entry {
  /** `<process>-<number>`: another process, or this one started anew, does not know it. */
  id: string
  event: LiveEvent
}

/** One connection. */
export interface Watcher {
  /** Whose it is. */
  owner: string
  tell(entry: Entry): void
  beat(): void
  end(): void
}

export interface LiveDeps {
  transport: LiveTransport
  afterCommit: Commits['afterCommit']
  now: () => Date
}

/** Tells consoles what changed. Nothing rests on it: who misses an event sees the change when they next ask. */
export function createLive({ transport, afterCommit, now }: LiveDeps) {
  const self = newId().slice(-12)
  const kept: Entry[] = []
  const watchers = new Set<Watcher>()
  let count = 0
  let heartbeat: NodeJS.Timeout | undefined
  let closed = false

  const unsubscribe = transport.subscribe((event) => {
    count += 1
    const entry = { id: `${self}-${count}`, event }
    kept.push(entry)
    if (kept.length > KEPT_EVENTS) kept.shift()
    for (const watcher of watchers) watcher.tell(entry)
  })

  function publish(news: News): void {
    if (!closed) transport.publish({ work_order_id: null, ...news, at: now().toISOString() })
  }

  function beat(): void {
    for (const watcher of watchers) watcher.beat()
  }

  function leave(watcher: Watcher): void {
    watchers.delete(watcher)
    if (watchers.size > 0) return
    clearInterval(heartbeat)
    heartbeat = undefined
  }

  return {
    /** To be called when what it tells of has been committed. */
    publish,

    /** Tells it when this transaction has been committed. */
    publishAfter: (trx: Db, news: News): void => afterCommit(trx, () => publish(news)),

    /** Id of the newest event. */
    position: () => `${self}-${count}`,

    /** Events after the one with this id; null where that is not known any more. */
    since(id: string): Entry[] | null {
      const [, process, number] = /^(\w+)-(\d{1,15})$/.exec(id) ?? []
      const missed = count - Number(number)
      if (process !== self || missed < 0 || missed > kept.length) return null
      return missed === 0 ? [] : kept.slice(-missed)
    },

    /** @returns a function that ends it. @throws AppError RATE_LIMITED, UNAVAILABLE */
    watch(watcher: Watcher): () => void {
      if (closed) throw new AppError('UNAVAILABLE')
      const own = [...watchers].filter(({ owner }) => owner === watcher.owner).length
      if (own >= MAX_WATCHERS_EACH || watchers.size >= MAX_WATCHERS)
        throw new AppError('RATE_LIMITED', { retryAfterSeconds: HEARTBEAT_MS / 1000 })
      watchers.add(watcher)
      heartbeat ??= setInterval(beat, HEARTBEAT_MS).unref()
      return () => leave(watcher)
    },

    /** Shows every connection to be alive, and has it look whether it still may be; by itself every 20 s. */
    beat,

    watchers: () => watchers.size,

    /** Ends every connection; the server cannot close while one is open. */
    close(): void {
      closed = true
      unsubscribe()
      for (const watcher of watchers) watcher.end()
      watchers.clear()
      clearInterval(heartbeat)
    },
  }
}

export type Live = ReturnType<typeof createLive>
/** The part that whoever changes something needs. */
export type Publisher = Pick<Live, 'publish' | 'publishAfter'>
