/** Requests under way, by their key. */
export interface InFlight {
  /** @returns null where such a request is under way */
  begin(id: string): Promise<{ end(): Promise<void> } | null>
}

/** Those of this process. */
export function createLocalInFlight(): InFlight {
  const running = new Set<string>()
  return {
    async begin(id) {
      if (running.has(id)) return null
      running.add(id)
      return { end: async () => void running.delete(id) }
    },
  }
}
