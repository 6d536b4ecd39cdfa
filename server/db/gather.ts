interface Waiting<T, R> {
  item: T
  resolve(result: R): void
  reject(error: unknown): void
}

/**
 * One call of `work` for what comes in one turn of the event loop, or while the call before is under way, so that rows
 * share a statement and its commit, which waits for the disk.
 * @param most items of one call
 * @param work answers in the order of its items
 */
export function gather<T, R>(most: number, work: (items: T[]) => Promise<R[]>): (item: T) => Promise<R> {
  const waiting: Waiting<T, R>[] = []
  let isRunning = false

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const some = waiting.splice(0, most)
      try {
        const results = await work(some.map(({ item }) => item))
        for (const [index, { resolve }] of some.entries()) resolve(results[index]!)
      } catch (error) {
        for (const { reject } of some) reject(error)
      }
    }
    isRunning = false
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (isRunning) return
      isRunning = true
      setImmediate(() => void run())
    })
}
