/** A clock that moves only when told to. */
export function createTestClock(start = '2026-03-02T02:00:00.000Z') {
  let time = new Date(start).getTime()
  return {
    now: () => new Date(time),
    set: (instant: string) => {
      time = new Date(instant).getTime()
    },
    advance: (ms: number) => {
      time += ms
    },
  }
}

const realNow = Date.now
let skippedMs = 0

/** Circuits go by the clock of the process and look again after five seconds; those are over now. Undone by `jest.restoreAllMocks`. */
export function skipCircuitPause(): void {
  skippedMs += 5_001
  jest.spyOn(Date, 'now').mockImplementation(() => realNow() + skippedMs)
}
