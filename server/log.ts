import pino, { type Logger } from 'pino'

const BUFFER_BYTES = 4096
/** What is said quietly is seen after this long at the latest. */
const FLUSH_MS = 1000
const WARN = pino.levels.values.warn!

/** Lines are written together; from `warn` on at once, with what came before: a process that is killed has said it. */
export function createLog(level: string): Logger {
  const output = pino.destination({ sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_MS })
  const stream = {
    // pino then says which level it writes.
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write(line: string) {
      output.write(line)
      if (this.lastLevel >= WARN) output.flush()
    },
    flush: (done?: (error?: Error) => void) => output.flush(done),
  }
  return pino({ level }, stream)
}
