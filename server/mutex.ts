/** Hands out turns one after the other, in the order they were asked for. */
export class Mutex {
  #tail: Promise<void> = Promise.resolve()

  /** Waits for its turn; the caller must call the returned function exactly once. */
  async acquire(): Promise<() => void> {
    const before = this.#tail
    let release!: () => void
    this.#tail = new Promise((resolve) => (release = resolve))
    await before
    return release
  }
}
