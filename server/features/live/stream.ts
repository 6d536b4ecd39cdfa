import { PassThrough } from 'node:stream'
import { AppError } from '../../errors/app-error'
import type { Entry, Live } from './service'

/** More than this unread: the reader is gone or too slow, and is cut. A page that comes back resumes. */
const MAX_UNREAD_BYTES = 256 * 1024
/** How long a page waits before it comes back, ms. */
const RETRY_MS = 3_000

export interface StreamOptions {
  live: Live
  owner: string
  /** Of the newest event the page has, where it has been here before. */
  lastId: string
  /** @throws AppError where the caller may not listen any more */
  authenticate(): Promise<unknown>
}

/** `text/event-stream` (HTML, server-sent events): what was missed, then everything new as it comes. */
export function openStream({ live, owner, lastId, authenticate }: StreamOptions): PassThrough {
  const stream = new PassThrough()
  const write = (text: string) => {
    if (stream.destroyed || stream.writableEnded) return
    stream.write(text)
    if (stream.writableLength + stream.readableLength > MAX_UNREAD_BYTES) stream.destroy()
  }
  const tell = (entry: Entry) => write(`id: ${entry.id}\ndata: ${JSON.stringify(entry.event)}\n\n`)
  const recheck = () =>
    authenticate().catch((error: unknown) => {
      // A database that does not answer is no reason to send a page away.
      if (error instanceof AppError) stream.end()
    })
  const beat = () => {
    write(': \n\n')
    void recheck()
  }
  const leave = live.watch({ owner, tell, beat, end: () => stream.end() })
  stream.once('close', leave)
  stream.once('finish', leave)

  const missed = lastId ? live.since(lastId) : []
  const opening = missed ? 'ready' : 'reset'
  // With data, so that the page knows an id to come back with before anything has happened.
  const at = missed && missed.length > 0 ? lastId : live.position()
  write(`retry: ${RETRY_MS}\nid: ${at}\nevent: ${opening}\ndata: {}\n\n`)
  missed?.forEach(tell)
  return stream
}
