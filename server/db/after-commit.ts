import type { Database, Db, Trx } from './database'

/** Transactions after whose commit something is done that must not happen before, and need not happen for certain. */
export function createCommits(transaction: Database['transaction']) {
  const hooks = new WeakMap<Db, Set<() => void>>()
  return {
    /** As the database's. */
    transaction: async <T>(work: (trx: Trx) => Promise<T>): Promise<T> => {
      let last: Set<() => void> = new Set()
      const result = await transaction((trx) => {
        last = new Set() // of a transaction that is run again, what the first try asked for is void
        hooks.set(trx, last)
        return work(trx)
      })
      for (const hook of last) hook()
      return result
    },
    /** Calls `hook` once when this transaction has been committed; `hook` must not throw. */
    afterCommit: (trx: Db, hook: () => void): void => {
      hooks.get(trx)?.add(hook)
    },
  }
}

export type Commits = ReturnType<typeof createCommits>
