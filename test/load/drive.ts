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

/** Acts at 1.4 times the rate the server can manage, whether it keeps up or not. @returns acts a second asked for */
export async function overload(mix: Mix, milliseconds: number): Promise<number> {
  const measured = 1_500
  const perSecond = OVERLOAD * ((await busy(mix, measured)) / (measured / 1000))
  const began = performance.now()
  const outstanding = new Set<Promise<unknown>>()
  let started = 0
  for (;;) {
    const elapsed = performance.now() - began
    if (elapsed > milliseconds) break
    for (; started < (elapsed / 1000) * perSecond; started++) {
      if (outstanding.size >= MAX_OUTSTANDING) continue // nobody waits in a longer line than this
      const act = mix.next().finally(() => outstanding.delete(act))
      outstanding.add(act)
    }
    await wait(TICK_MS)
  }
  await Promise.all(outstanding)
  return perSecond
}

/** Load while something is broken. */
export async function during(tally: Tally, work: () => Promise<unknown>): Promise<void> {
  tally.fault()
  tally.troubled = true
  try {
    await work()
  } finally {
    tally.troubled = false
  }
}
