import type { LiveEvent } from '../../types/api/live'

export interface StreamMessage {
  id: string
  /** `message` where none is named. */
  event: string
  data: LiveEvent
}

const PATIENCE_MS = 5_000

/** Listens to `/api/v1/admin/events/stream` as a browser's EventSource does. */
export async function openEventStream(url: string, headers: Record<string, string>, query = '') {
  const gone = new AbortController()
  const response = await fetch(`${url}/api/v1/admin/events/stream${query}`, { headers, signal: gone.signal })
  const messages: StreamMessage[] = []
  let comments = 0
  let ended = false
  let wake = () => {}

  function take(block: string): void {
    if (block.startsWith(':')) comments += 1
    const fields = Object.fromEntries(
      block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    )
    if (fields.data === undefined) return
    messages.push({ id: fields.id ?? '', event: fields.event ?? 'message', data: JSON.parse(fields.data) })
  }

  async function read(): Promise<void> {
    const decoder = new TextDecoder()
    let text = ''
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop()!
      blocks.forEach(take)
      wake()
    }
  }
  const reading = (response.ok ? read() : Promise.resolve())
    .catch(() => {})
    .finally(() => {
      ended = true
      wake()
    })

  /** Waits until something is so; a change of the stream is looked at as it comes. */
  async function until<T>(what: () => T | undefined): Promise<T> {
    const deadline = Date.now() + PATIENCE_MS
    for (;;) {
      const found = what()
      if (found !== undefined) return found
      const left = deadline - Date.now()
      if (left <= 0) throw new Error(`it did not come: ${JSON.stringify(messages.map(({ data }) => data))}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  return {
    response,
    messages,
    comments: () => comments,
    /** The events so far as `topic EVENT`. */
    told: () => messages.filter(({ event }) => event === 'message').map(({ data }) => `${data.topic} ${data.event}`),
    until,
    /** The first event of this topic and name. */
    event: (topic: string, name: string) =>
      until(() => messages.find(({ data }) => data.topic === topic && data.event === name)),
    ended: () => until(() => (ended ? true : undefined)),
    isOpen: () => !ended,
    async close() {
      gone.abort()
      await reading
    },
  }
}

export type EventStream = Awaited<ReturnType<typeof openEventStream>>
