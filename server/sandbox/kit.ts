import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

const MAX_RECORDED = 500

/** One request as the upstream saw it. */
export interface SandboxRequest {
  method: string
  path: string
  query: Record<string, string>
  headers: Record<string, string | string[] | undefined>
  /** Parsed where it is JSON or a form, otherwise the text. */
  body: unknown
  bytes: Buffer
}

/** At most one of json, text and bytes; status 200 unless said otherwise. */
export interface SandboxAnswer {
  status?: number
  headers?: Record<string, string | string[]>
  json?: unknown
  text?: string
  bytes?: Buffer
}

/** How many of the next requests misbehave; true: all until told otherwise. */
type Count = number | boolean

/** What `POST /__control` takes. Fields not named stay as they are; upstreams add fields of their own. */
export interface SandboxControl {
  /** Before every answer. */
  latencyMs?: number
  /** The next n requests are refused with `status` (503) and not executed. */
  failNext?: number
  /** With `failNext`: the status of those; alone: every request is refused with it, until 0. */
  status?: number
  /** The connection is cut before the request is executed. */
  dropConnection?: Count
  /** The request is executed, then the connection is cut before the answer. */
  dropAnswer?: Count
  /** The request is executed and answered with 200 and something that is not JSON. */
  garbage?: Count
  /** The faults above hit requests to this path only; empty: all. */
  path?: string
  /** Every session and token the upstream gave out is void. */
  expireSessions?: boolean
  /** Forgets faults, recorded requests and the upstream's state before the rest is applied. */
  reset?: boolean
  [field: string]: unknown
}

export interface SandboxOptions {
  /** A free loopback port unless given. */
  port?: number
  handle: (request: SandboxRequest) => SandboxAnswer | Promise<SandboxAnswer>
  /** The upstream's own part of a control message. */
  onControl?: (control: SandboxControl) => void
}

export interface Sandbox {
  url: string
  control(control: SandboxControl): void
  /** Oldest first, at most 500. */
  requests(): SandboxRequest[]
  close(): Promise<void>
}

type Faults = Required<Pick<SandboxControl, 'latencyMs' | 'failNext' | 'status' | 'path'>> &
  Record<'dropConnection' | 'dropAnswer' | 'garbage', Count>

const noFaults = (): Faults => ({
  latencyMs: 0,
  failNext: 0,
  status: 0,
  path: '',
  dropConnection: false,
  dropAnswer: false,
  garbage: false,
})

/** A real HTTP server on loopback that plays an upstream, records what it got and misbehaves on demand. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  let faults = noFaults()
  let recorded: SandboxRequest[] = []

  function control(message: SandboxControl): void {
    if (message.reset) {
      faults = noFaults()
      recorded = []
    }
    for (const key of Object.keys(faults) as (keyof Faults)[]) {
      if (message[key] !== undefined) Object.assign(faults, { [key]: message[key] })
    }
    options.onControl?.(message)
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await readRequest(incoming)
    if (request.path.startsWith('/__control')) return send(outgoing, controlAnswer(request))
    recorded = [...recorded, request].slice(-MAX_RECORDED)
    const active = faults.path === '' || faults.path === request.path ? faults : noFaults()
    if (active.latencyMs > 0) await wait(active.latencyMs)
    if (take(active, 'dropConnection')) return void incoming.socket.destroy()
    const answer = takeRefusal(active) ?? (await execute(request, active))
    if (answer) send(outgoing, answer)
    else incoming.socket.destroy()
  }

  /** Null: executed, but the answer is lost. */
  async function execute(request: SandboxRequest, active: Faults): Promise<SandboxAnswer | null> {
    const answer = await options.handle(request)
    if (take(active, 'dropAnswer')) return null
    return take(active, 'garbage') ? { text: '<html>garbage' } : answer
  }

  function controlAnswer(request: SandboxRequest): SandboxAnswer {
    if (request.path === '/__control/requests') return { json: { requests: recorded.map(withoutBytes) } }
    control((request.body ?? {}) as SandboxControl)
    return { json: { ok: true, faults } }
  }

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch((error: unknown) => {
      if (!outgoing.headersSent) send(outgoing, { status: 500, json: { message: String(error) } })
    })
  })
  const port = await listen(server, options.port ?? 0)
  return { url: `http://127.0.0.1:${port}`, control, requests: () => [...recorded], close: () => close(server) }
}

/** Counts a fault down; whether it hits now. */
function take(faults: Faults, key: 'dropConnection' | 'dropAnswer' | 'garbage'): boolean {
  const left = faults[key]
  if (typeof left === 'boolean') return left
  if (left <= 0) return false
  faults[key] = left - 1
  return true
}

function takeRefusal(faults: Faults): SandboxAnswer | null {
  if (faults.failNext <= 0) return faults.status > 0 ? { status: faults.status, text: 'sandbox fault' } : null
  const answer = { status: faults.status || 503, text: 'sandbox fault' }
  faults.failNext -= 1
  if (faults.failNext === 0) faults.status = 0
  return answer
}

async function readRequest(incoming: IncomingMessage): Promise<SandboxRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  const url = new URL(incoming.url ?? '/', 'http://sandbox')
  const query = Object.fromEntries(url.searchParams)
  const body = readBody(bytes.toString('utf8'), incoming.headers['content-type'] ?? '')
  return { method: incoming.method ?? '', path: url.pathname, query, headers: incoming.headers, body, bytes }
}

function readBody(text: string, contentType: string): unknown {
  if (text === '') return null
  if (contentType.includes('x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text))
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function withoutBytes({ bytes: _bytes, ...request }: SandboxRequest): object {
  return request
}

function send(outgoing: ServerResponse, { status = 200, headers = {}, json, text, bytes }: SandboxAnswer): void {
  const type = json === undefined ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8'
  outgoing.writeHead(status, { 'content-type': type, ...headers })
  outgoing.end(json === undefined ? (bytes ?? text ?? '') : JSON.stringify(json))
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
