import { setTimeout as wait } from 'node:timers/promises'

const PATIENCE_MS = 40_000
const LOOK_MS = 10

/**
 * Waits for what goes on by itself.
 * @param what names it where it does not happen in time: "… did not happen"
 * @returns what the condition found
 */
export async function until<T>(condition: () => T | Promise<T>, what: string, patienceMs = PATIENCE_MS): Promise<T> {
  for (const deadline = performance.now() + patienceMs; ; await wait(LOOK_MS)) {
    const found = await condition()
    if (found) return found
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${patienceMs / 1000} s`)
  }
}
