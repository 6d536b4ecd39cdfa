import type { LiveTopic } from '../../types/api/live'
import { createFeed, type LiveState, POLL_MS, QUIET_MS } from '../../server/console/src/live/feed'

const CONNECTING = 0
const CLOSED = 2

/** A stream that does what the test says. */
class Stream extends EventTarget {
  readyState = CONNECTING
  close = () => (this.readyState = CLOSED)
  tell = (topic: string) => this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify({ topic }) }))
  opens = () => this.dispatchEvent(new Event('open'))
  fails(readyState: number) {
    this.readyState = readyState
    this.dispatchEvent(new Event('error'))
  }
}

beforeEach(() => jest.useFakeTimers({ now: 0 }))
afterEach(() => jest.useRealTimers())

function start({ refreshMs = 0 } = {}) {
  const streams: Stream[] = []
  const refreshes: { at: number; topics: LiveTopic[] }[] = []
  const states: LiveState[] = []
  const looks = { hidden: false }
  const feed = createFeed({
    open: () => streams[streams.push(new Stream()) - 1] as unknown as EventSource,
    refresh: (topics) => {
      refreshes.push({ at: Date.now(), topics: [...topics].toSorted() })
      return new Promise((resolve) => setTimeout(resolve, refreshMs))
    },
    onState: (state) => states.push(state),
    isHidden: () => looks.hidden,
  })
  feed.start()
  return { feed, streams, refreshes, states, looks }
}

test('a thousand events in a minute are a refresh every four seconds', async () => {
  const { streams, refreshes } = start()
  streams[0]!.opens()
  for (let count = 0; count < 1000; count++) {
    streams[0]!.tell(count % 2 ? 'task' : 'visit')
    await jest.advanceTimersByTimeAsync(60)
  }
  expect(refreshes.length).toBeGreaterThan(10)
  expect(refreshes.length).toBeLessThanOrEqual(60_000 / QUIET_MS + 1)
  expect(refreshes[3]!.topics).toEqual(['task', 'visit'])
})

test('the last event is always followed by a refresh, and a quiet stream by none', async () => {
  const { streams, refreshes } = start()
  streams[0]!.tell('task')
  await jest.advanceTimersByTimeAsync(500)
  streams[0]!.tell('outbox')
  await jest.advanceTimersByTimeAsync(60_000)
  expect(refreshes.map(({ topics }) => topics)).toEqual([['task'], ['outbox']])
})

test('a slow server is not asked again while it still answers', async () => {
  const { streams, refreshes } = start({ refreshMs: 10_000 })
  for (let count = 0; count < 25; count++) {
    streams[0]!.tell('task')
    await jest.advanceTimersByTimeAsync(1_000)
  }
  expect(refreshes.map(({ at }) => Math.round(at / 1000))).toEqual([0, 14])
})

test('nobody looks: nothing is asked until somebody does', async () => {
  const { feed, streams, refreshes, looks } = start()
  looks.hidden = true
  streams[0]!.tell('task')
  await jest.advanceTimersByTimeAsync(60_000)
  expect(refreshes).toEqual([])
  looks.hidden = false
  feed.wake()
  await jest.advanceTimersByTimeAsync(500)
  expect(refreshes).toHaveLength(1)
})

test('while the browser connects again the page polls, and looks at everything once the stream is back', async () => {
  const { streams, refreshes, states } = start()
  streams[0]!.opens()
  streams[0]!.fails(CONNECTING)
  await jest.advanceTimersByTimeAsync(POLL_MS * 2 + 500)
  expect(refreshes).toHaveLength(2)
  expect(refreshes[0]!.topics).toHaveLength(8)
  streams[0]!.opens()
  await jest.advanceTimersByTimeAsync(POLL_MS * 4)
  expect(refreshes).toHaveLength(3)
  expect(states).toEqual(['connecting', 'live', 'polling', 'live'])
  expect(streams).toHaveLength(1)
})

test('a stream that is refused is opened anew after a minute, not by the browser', async () => {
  const { streams, states } = start()
  streams[0]!.fails(CLOSED)
  await jest.advanceTimersByTimeAsync(59_000)
  expect(streams).toHaveLength(1)
  await jest.advanceTimersByTimeAsync(2_000)
  expect(streams).toHaveLength(2)
  streams[1]!.opens()
  expect(states.at(-1)).toBe('live')
})

test('stopped, it leaves no timer behind', async () => {
  const { feed, streams } = start()
  streams[0]!.tell('task')
  streams[0]!.fails(CLOSED)
  feed.stop()
  expect(jest.getTimerCount()).toBe(0)
  expect(streams[0]!.readyState).toBe(CLOSED)
})
