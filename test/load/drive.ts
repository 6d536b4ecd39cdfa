import { setTimeout as wait } from 'node:timers/promises'
import type { Mix } from './mix'
import type { Tally } from './tally'

/** The long form is for nights and machines of one's own. */
// oxlint-disable-next-line node/no-process-env
export const LONG = process.env.LOAD === 'long'
/** Servers start and stop several times a test, also on a machine with other work. */
jest.setTimeout(LONG ? 30 * 60_000 : 4 * 60_000)
/** Seconds of load of a case: short, long. */
export const seconds = (short: number, long = short * 10): number => (LONG ? long : short)

/** The bench measures latency at 70 % of what a server can do; this is twice that. */
const OVERLOAD = 2 * 0.7
const CLIENTS = 8
const MAX_OUTSTANDING = 150
const TICK_MS = 10

/** Acts one after the other, from several clients, for so long. */
export async function busy(mix: Mix, milliseconds: number, clients = CLIENTS): Promise<number> {
  const until = performance.now() + milliseconds
  let acts = 0
  const client = async () => {
    while (performance.now() < until) {
      await mix.next()
      acts++
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return acts
}

export interface Overload {
  /** Acts a second that the server did when it was asked one after the other. */
  managed: number
  asked: number
  done: number
  /** Asked for when {@link MAX_OUTSTANDING} were under way. */
  dropped: number
}

/** Acts at 1.4 times the rate the server can manage, whether it keeps up or not; nobody waits in a longer line. */
export async function overload(mix: Mix, milliseconds: number): Promise<Overload> {
  const measured = 1_500
  const managed = (await busy(mix, measured)) / (measured / 1000)
  const perSecond = OVERLOAD * managed
  const began = performance.now()
  const outstanding = new Set<Promise<unknown>>()
  let asked = 0
  let dropped = 0
  for (;;) {
    const elapsed = performance.now() - began
    if (elapsed > milliseconds) break
    for (; asked < (elapsed / 1000) * perSecond; asked++) {
      if (outstanding.size >= MAX_OUTSTANDING) {
        dropped++
        continue
      }
      const act = mix.next().finally(() => outstanding.delete(act))
      outstanding.add(act)
    }
    await wait(TICK_MS)
  }
  await Promise.all(outstanding)
  return { managed, asked, done: asked - dropped, dropped }
}

/** Load while something is broken. @param acts may fail meanwhile, by their names in the tally; by default all */
export async function during(
  tally: Tally,
  work: () => Promise<unknown>,
  acts: boolean | readonly string[] = true,
): Promise<void> {
  tally.fault()
  tally.troubled = acts
  try {
    await work()
  } finally {
    tally.troubled = false
  }
}
