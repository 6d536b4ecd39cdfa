import { setTimeout as pause } from 'node:timers/promises'
import { isTransient } from './db-error'

const TRIES = 4

/** Runs `work` again from its start when the server chose it as a deadlock's victim or let it wait too long for a lock. */
export async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++)
    try {
      return await work()
    } catch (error) {
      if (attempt === TRIES || !isTransient(error)) throw error
      await pause(10 * 2 ** attempt * Math.random())
    }
}
