import { createServer, type Server } from 'node:http'

/**
 * Longer than proxies and clients usually keep an idle connection (60 s), so that they let go of it first: a request on
 * a connection that is just being closed is lost, and a proxy answers 502.
 */
const KEEP_ALIVE_MS = 75_000

/** A server that is not listening yet. */
export function createHttpServer(): Server {
  const server = createServer()
  server.keepAliveTimeout = KEEP_ALIVE_MS
  return server
}
