import type { Publisher } from '../live/service'
import type { AlarmEvent } from '../notifications/catalog'
import { needOf } from './challenges'
import type { ChallengeRow, SessionRow } from './repository'

export interface AnnounceDeps {
  live: Publisher
  log: { warn(facts: object, message: string): void; error(facts: object, message: string): void }
  /** Tells whoever administers that a person is needed; a `source` is told once. */
  alarm: (event: AlarmEvent, about: { source: string; content: string }) => Promise<void>
}

/** Who hears of what happens to a session. */
export function createAnnounce({ live, log, alarm }: AnnounceDeps) {
  const changed = ({ system_name, account }: SessionRow) =>
    live.publish({ topic: 'session', id: `${system_name}/${account}`, event: 'SESSION_STATE' })

  return {
    changed,

    /** A new state, to admins too where they have to do something. */
    async state(row: SessionRow, state: SessionRow['state']): Promise<void> {
      changed(row)
      const need = needOf(row, state)
      if (!need) return
      log.warn({ system: row.system_name, account: row.account, state }, 'external session needs attention')
      await alarm(need.event, need).catch((error: unknown) => {
        log.error({ err: error }, 'admins could not be told')
      })
    },

    challenges({ closed, opened }: { closed: ChallengeRow | null; opened: ChallengeRow | null }): void {
      if (closed) live.publish({ topic: 'challenge', id: closed.id, event: 'CLOSED' })
      if (opened) live.publish({ topic: 'challenge', id: opened.id, event: 'OPENED' })
    },
  }
}
