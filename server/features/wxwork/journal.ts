import { redactValue } from '../../connectors/kit/redact'
import type { Db } from '../../db/database'
import { newId } from '../../ids'
import type { Publisher } from '../live/service'
import type { WxworkRepository, WxworkSession } from './repository'

export interface JournalDeps {
  repository: WxworkRepository
  maxEvents: number
  /** Never written down. */
  callbackSecret: string
  live: Publisher
  now: () => Date
}

export interface JournalEntry {
  session: Pick<WxworkSession, 'id' | 'uuid'> | null
  /** The gateway's action, or `callback`. */
  stage: string
  type?: string
  payload: JournalPayload
}

/** Each part is masked, and cut where it is long, by itself. */
interface JournalPayload {
  request?: unknown
  response?: unknown
  error?: string
  uuid?: string
  type?: unknown
  json?: unknown
}

/** What happened to an account, for people: the newest of each session are kept. */
export function createJournal({ repository, maxEvents, callbackSecret, live, now }: JournalDeps) {
  /** Concealed before it is cut: of a secret that is cut in two the half would stay. */
  const textOf = (payload: object): string => {
    const concealed = JSON.parse(JSON.stringify(payload).replaceAll(callbackSecret, '***')) as object
    return JSON.stringify(
      Object.fromEntries(Object.entries(concealed).map(([name, value]) => [name, redactValue(value)])),
    )
  }
  async function write({ session, stage, type = '', payload }: JournalEntry, on?: Db): Promise<void> {
    await repository.insertEvent(
      {
        id: newId(),
        session_id: session?.id ?? '',
        session_uuid: session?.uuid ?? '',
        stage: stage.slice(0, 64),
        event_type: type.slice(0, 64),
        payload: textOf(payload),
        created_at: now(),
      },
      on,
    )
    const news = { topic: 'wxwork', id: session?.uuid ?? '', event: stage } as const
    if (on) live.publishAfter(on, news)
    else live.publish(news)
  }
  /** Of each session no more than is kept: the rest would only be removed again. */
  async function writeAll(entries: JournalEntry[], on: Db): Promise<void> {
    const counts = new Map<string, number>()
    const newest = entries.toReversed().filter(({ session }) => {
      const count = counts.get(session?.id ?? '') ?? 0
      counts.set(session?.id ?? '', count + 1)
      return count < maxEvents
    })
    for (const entry of newest.toReversed()) await write(entry, on)
  }
  const prune = (sessionId: string) => repository.pruneEvents(sessionId, maxEvents)
  return {
    writeAll,
    prune,
    async note(entry: JournalEntry): Promise<void> {
      await write(entry)
      await prune(entry.session?.id ?? '')
    },
  }
}

export type Journal = ReturnType<typeof createJournal>
