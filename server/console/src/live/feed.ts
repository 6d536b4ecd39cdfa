import { LIVE_TOPICS, type LiveTopic } from '@shared/api/live'

/** `polling`: there is no stream now, the page asks by itself. */
export type LiveState = 'connecting' | 'live' | 'polling'

export interface FeedDeps {
  open: () => Pick<EventSource, 'close' | 'addEventListener' | 'readyState'>
  /** Asks anew for what is on the screen and rests on these topics; resolves when the answers are there. */
  refresh: (topics: ReadonlySet<LiveTopic>) => Promise<unknown>
  onState: (state: LiveState) => void
  isHidden: () => boolean
}

/** The least time between two refreshes, however many events come. */
export const QUIET_MS = 4_000
const FIRST_MS = 300
export const POLL_MS = 15_000
/** A stream that the server refused is tried again after this. */
const REOPEN_MS = 60_000
const CLOSED = 2

const ALL: ReadonlySet<LiveTopic> = new Set(LIVE_TOPICS)

/**
 * Marks of what has changed, handed over in few refreshes: at most one every QUIET_MS, never while another runs, and
 * none while nobody looks. What is kept does not grow with the number of events.
 */
function createMarks({ refresh, isHidden }: Pick<FeedDeps, 'refresh' | 'isHidden'>) {
  let marks = new Set<LiveTopic>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let nextAt = 0
  let isRefreshing = false

  const schedule = () => {
    if (timer !== undefined || isRefreshing || marks.size === 0 || isHidden()) return
    timer = setTimeout(() => void flush(), Math.max(FIRST_MS, nextAt - Date.now()))
  }
  const flush = async () => {
    timer = undefined
    const topics = marks
    marks = new Set()
    isRefreshing = true
    await refresh(topics).catch(() => {})
    isRefreshing = false
    nextAt = Date.now() + QUIET_MS
    schedule()
  }
  return {
    add(topics: Iterable<LiveTopic>) {
      for (const topic of topics) marks.add(topic)
      schedule()
    },
    schedule,
    stop: () => clearTimeout(timer),
  }
}

/** Turns the stream of events into refreshes, and asks every POLL_MS where there is no stream. */
export function createFeed({ open, onState, ...rest }: FeedDeps) {
  const marks = createMarks(rest)
  let source: ReturnType<FeedDeps['open']> | null = null
  let pollTimer: ReturnType<typeof setInterval> | undefined
  let reopenTimer: ReturnType<typeof setTimeout> | undefined
  let wasInterrupted = false

  const onEvent = ({ data }: { data: string }) => {
    const { topic } = JSON.parse(data) as { topic?: LiveTopic }
    if (topic && ALL.has(topic)) marks.add([topic])
  }
  const onOpen = () => {
    clearInterval(pollTimer)
    pollTimer = undefined
    onState('live')
    if (wasInterrupted) marks.add(ALL) // what happened meanwhile was told to nobody
    wasInterrupted = false
  }
  const onError = () => {
    wasInterrupted = true
    onState('polling')
    pollTimer ??= setInterval(() => marks.add(ALL), POLL_MS)
    if (source?.readyState !== CLOSED) return // the browser connects again by itself
    source.close()
    clearTimeout(reopenTimer)
    reopenTimer = setTimeout(connect, REOPEN_MS)
  }
  function connect() {
    source = open()
    source.addEventListener('open', onOpen)
    source.addEventListener('error', onError)
    source.addEventListener('message', onEvent as unknown as EventListener)
  }

  return {
    start: () => {
      onState('connecting')
      connect()
    },
    /** Somebody looks again: what was marked meanwhile is due. */
    wake: marks.schedule,
    stop: () => {
      source?.close()
      marks.stop()
      clearTimeout(reopenTimer)
      clearInterval(pollTimer)
    },
  }
}
