import type { Updateable } from 'kysely'
import type { OutboxTable } from '../../db/partner-schema'
import type { Delivery } from './handler'
import type { OutboxRow } from './repository'

const FIRST_PAUSE_MS = 1_000
const MAX_PAUSE_MS = 300_000
const HELD_MS = 2_000
const WAITING_MS = 30_000
/** A partner that keeps saying no, and one that is away for about a week. */
const MAX_REFUSALS = 8
const MAX_ATTEMPTS = 2_000
const MAX_ERROR = 500

export type Changes = Updateable<OutboxTable>

const pauseMs = (attempts: number) => Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 20))

/** What an attempt makes of its entry: `attempts` counts it, and what was not one is taken back. */
export function changesFor(
  { attempts, refusals }: OutboxRow,
  delivery: Delivery,
  { now, repeatable }: { now: Date; repeatable: boolean },
): Changes {
  if (delivery.state === 'sent') return sentAs(delivery.note, now)
  const last_error = delivery.error.slice(0, MAX_ERROR)
  const after = (ms: number) => new Date(now.getTime() + ms)
  const pending = { state: 'PENDING', claim: null, claimed_until: null, waiting_for: null, last_error } as const
  const untried = pauseOf(delivery, now)
  if (untried) return { ...pending, attempts: attempts - 1, ...untried }
  switch (delivery.state) {
    case 'unreachable':
      if (attempts >= MAX_ATTEMPTS) return { ...pending, state: 'DEAD' }
      return { ...pending, next_attempt_at: after(pauseMs(attempts)) }
    case 'unknown':
      if (!repeatable || refusals + 1 >= MAX_REFUSALS) return { ...pending, state: 'UNKNOWN', refusals: refusals + 1 }
      return { ...pending, refusals: refusals + 1, next_attempt_at: after(pauseMs(attempts)) }
    default:
      if (refusals + 1 >= MAX_REFUSALS) return { ...pending, state: 'DEAD', refusals: refusals + 1 }
      return { ...pending, refusals: refusals + 1, next_attempt_at: after(pauseMs(attempts)) }
  }
}

const sentAs = (note: string | undefined, now: Date): Changes => ({
  state: 'SENT',
  sent_at: now,
  last_error: null,
  waiting_for: null,
  claimed_until: null,
  ...(note === undefined ? {} : { note: note.slice(0, MAX_ERROR) }),
})

/** What was no attempt, and when the next one is. */
function pauseOf(delivery: Delivery, now: Date): Changes | null {
  const after = (ms: number) => new Date(now.getTime() + ms)
  switch (delivery.state) {
    case 'waiting':
      return { waiting_for: delivery.waitingFor, next_attempt_at: after(WAITING_MS) }
    case 'held':
      return { next_attempt_at: after(HELD_MS) }
    case 'later':
      return { next_attempt_at: delivery.until }
    default:
      return null
  }
}
