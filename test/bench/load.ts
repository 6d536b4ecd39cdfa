import autocannon from 'autocannon'
import { createTokens } from '../../server/http/tokens'
import { addOrders, workerId, WORKERS, workerOf } from './dataset'
import type { Scenario } from './scenarios'
import type { RunningServer } from './servers'
import { JWT_SECRET } from './settings'

export interface LoadOptions {
  rounds: number
  secondsPerRound: number
  connections: number
}

const tokens = createTokens(JWT_SECRET, () => new Date())

/** What one server did in one round. */
export interface Sample {
  perSecond: number
  /** Processor time of the server, microseconds a request: moves less than the rate when the machine has other work. */
  cpu: number
}

/** More than any of the servers can check in within a second. */
const ORDERS_PER_SECOND = 4000
const EVERY_WORKER = Array.from({ length: WORKERS }, (_, index) => index + 1)

/**
 * Loads the servers in turns, A B C A B C, so that whatever else the machine does hits them alike.
 * @param options `subjects` are ids of customers or numbers of work orders, one after the other
 * @returns one sample a round, a list for each server
 */
export async function compare(
  servers: RunningServer[],
  scenario: Scenario,
  { subjects = scenario.by === 'worker' ? EVERY_WORKER : [1], ...options }: LoadOptions & { subjects?: number[] },
): Promise<Sample[][]> {
  const samples: Sample[][] = servers.map(() => [])
  const load = (server: RunningServer, seconds: number) =>
    measure(server, requestsOf(scenario, server, { subjects, seconds }), { ...options, seconds })
  for (const server of servers) await load(server, 1)
  for (let round = 0; round < options.rounds; round++)
    for (const [index, server] of servers.entries()) samples[index]!.push(await load(server, options.secondsPerRound))
  return samples
}

function requestsOf(
  scenario: Scenario,
  server: RunningServer,
  { subjects, seconds }: { subjects: number[]; seconds: number },
): autocannon.Request[] {
  return scenario.once
    ? [onceEach(scenario, scenario.by === 'gateway' ? numbers : freshOrders(server, seconds))]
    : subjects.map((subject) => requestOf(scenario, subject))
}

const USUAL_LOAD = 0.7

/** Milliseconds an answer takes. */
export interface Latency {
  p50: number
  p99: number
}

/** How long answers take when the server gets 70 % of what it can do. */
export async function latencyOf(
  server: RunningServer,
  scenario: Scenario,
  { perSecond: most, secondsPerRound, connections }: LoadOptions & { perSecond: number },
): Promise<Latency> {
  const subjects = scenario.by === 'worker' ? EVERY_WORKER : [1]
  const times: number[] = []
  const options = {
    url: server.url,
    connections,
    duration: secondsPerRound,
    overallRate: Math.max(1, Math.round(most * USUAL_LOAD)),
    requests: requestsOf(scenario, server, { subjects, seconds: secondsPerRound }),
  }
  await new Promise<void>((resolve, reject) => {
    const run = autocannon(options, (error: Error | null) => (error ? reject(error) : resolve()))
    run.on('response', (_client, _status, _bytes, milliseconds) => times.push(milliseconds))
  })
  times.sort((a, b) => a - b)
  const at = (part: number) => times[Math.floor(part * (times.length - 1))] ?? 0
  return { p50: at(0.5), p99: at(0.99) }
}

export const authorization = (customerId: number) => `Bearer ${tokens.issue('customer', String(customerId))}`

const workerAuthorizations = new Map<number, string>()
function workerAuthorization(worker: number): string {
  const known = workerAuthorizations.get(worker)
  if (known) return known
  const made = `Bearer ${tokens.issue('staff', workerId(worker))}`
  workerAuthorizations.set(worker, made)
  return made
}

function requestOf({ method, path, by, body }: Scenario, subject: number): autocannon.Request {
  const headers: Record<string, string> = {}
  if (by === 'customer') headers.authorization = authorization(subject)
  if (by === 'worker') headers.authorization = workerAuthorization(workerOf(subject))
  if (body) headers['content-type'] = 'application/json'
  return { method, path, headers, body: body && JSON.stringify(body(subject)) }
}

/** Never the same twice. */
const numbers = (function* (): Generator<number, never> {
  for (let next = 1; ; next++) yield next
})()

/** Work orders that no request took yet, enough of them for so many seconds. */
function* freshOrders({ name, file, orders }: RunningServer, seconds: number): Generator<number, never> {
  const end = orders.next + seconds * ORDERS_PER_SECOND
  if (end > orders.end) addOrders(file, orders.end, end - 1)
  orders.end = Math.max(end, orders.end)
  while (orders.next < orders.end) yield orders.next++
  throw new Error(`${name} used up its work orders`)
}

function onceEach(scenario: Scenario, orders: Generator<number, never>): autocannon.Request {
  const next = () => requestOf(scenario, orders.next().value)
  return { ...next(), setupRequest: (request) => ({ ...request, ...next() }) }
}

async function measure(
  { name, url, usage }: RunningServer,
  requests: autocannon.Request[],
  { connections, seconds }: { connections: number; seconds: number },
): Promise<Sample> {
  const before = await usage()
  const result = await autocannon({ url, connections, duration: seconds, requests })
  if (result.errors > 0 || result.non2xx > 0 || result['2xx'] === 0)
    throw new Error(`${name} answered ${result.non2xx} requests with an error, ${result.errors} not at all`)
  const cpu = (await usage()).cpu - before.cpu
  return { perSecond: result['2xx'] / result.duration, cpu: cpu / result['2xx'] }
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Median over the rounds of what `one` did in relation to `other` in the same round. */
export const medianRatio = (one: Sample[], other: Sample[], of: (sample: Sample) => number): number =>
  median(one.map((sample, round) => of(sample) / of(other[round]!)))

export const perSecond = (sample: Sample): number => sample.perSecond
/** Higher is better, as with the rate. */
export const perCpu = (sample: Sample): number => 1 / sample.cpu
