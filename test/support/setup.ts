/** A request nobody expected fails the test: tests talk to this machine only. */
import net from 'node:net'

const LOCAL = new Set(['127.0.0.1', '0.0.0.0'])
const sqlServerHost = process.env.TEST_MSSQL_URL ? new URL(process.env.TEST_MSSQL_URL).hostname : undefined
const connect = net.Socket.prototype.connect

net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
  const [first] = args.flat() as { host?: string }[]
  const host = typeof first === 'object' ? first?.host : undefined
  const isPublic = host?.includes('.') && !LOCAL.has(host) && host !== sqlServerHost
  if (isPublic) throw new Error(`unexpected connection to ${host}`)
  return Reflect.apply(connect, this, args) as net.Socket
} as typeof connect
