import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** For what must be known before somebody listens there; whoever can, listens on port 0 and tells. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
