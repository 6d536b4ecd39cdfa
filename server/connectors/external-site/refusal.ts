import type { SiteProfile } from './profile'

/** What a refused login means. */
export type Refusal =
  | { kind: 'captcha-wrong' }
  /** `left`: tries before the lock, where the site says so. */
  | { kind: 'password-wrong'; left: number | null }
  | { kind: 'locked'; minutes: number | null }
  | { kind: 'busy' }

const MINUTES: [unit: RegExp, factor: number][] = [
  [/(\d+)\s*(?:分钟|分|minutes?)/i, 1],
  [/(\d+)\s*(?:小时|个小时|hours?)/i, 60],
  [/(\d+)\s*(?:天|days?)/i, 1440],
]
/** A week: a message that says more is about something else, or means a person must act anyway. */
const MAX_MINUTES = 10_080
const LEFT = /(?:还可|还剩|还有|剩余|再输错)[^\d]{0,10}(\d+)\s*次/

/** A sentence, not a page. */
const MAX_MESSAGE = 500

/** Reads the message of a refusal; null where it says nothing known: then the page has changed. */
export function readRefusal(answered: string, says: SiteProfile['login']['says']): Refusal | null {
  const message = answered.slice(0, MAX_MESSAGE)
  const lower = message.toLowerCase()
  const has = (texts: string[]) => texts.some((text) => lower.includes(text.toLowerCase()))
  // A warning names the lock that is to come and is a wrong password all the same.
  const warned = has(says.warned)
  if (!warned && has(says.locked)) return { kind: 'locked', minutes: minutesIn(message) }
  if (has(says.captcha)) return { kind: 'captcha-wrong' }
  if (warned || has(says.password)) return { kind: 'password-wrong', left: leftIn(message) }
  return has(says.busy) ? { kind: 'busy' } : null
}

function minutesIn(message: string): number | null {
  for (const [unit, factor] of MINUTES) {
    const [, amount] = unit.exec(message) ?? []
    if (amount) return Math.min(MAX_MINUTES, Number(amount) * factor)
  }
  return null
}

function leftIn(message: string): number | null {
  const [, left] = LEFT.exec(message) ?? []
  return left ? Number(left) : null
}
