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
