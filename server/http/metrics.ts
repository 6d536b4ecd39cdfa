import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { Database } from '../db/database'

const SAMPLE_MS = 10_000

interface OutboxDepth {
  topic: string
  state: string
  count: number
}

/** Prometheus metrics of one server: requests, event loop and process, database pool. */
export function createMetrics(database: Pick<Database, 'pool'>) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Requests by method, route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  new Gauge({
    name: 'database_pool_connections',
    help: 'Database connections by state',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      for (const [state, count] of Object.entries(database.pool())) this.set({ state }, count)
    },
  })
  const partnerCalls = new Histogram({
    name: 'partner_call_duration_seconds',
    help: 'Calls to partners by their outcome',
    labelNames: ['partner', 'outcome'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  })
  /** One series per account and state, 1 for the present one. */
  const watchAccounts = (accounts: () => Promise<{ name: string; state: string }[]>) =>
    new Gauge({
      name: 'wxwork_account_state',
      help: 'Enterprise-WeChat accounts by state',
      labelNames: ['account', 'state'],
      registers: [registry],
      async collect() {
        this.reset()
        const list = await accounts().catch(() => [])
        for (const { name, state } of list) this.set({ account: name, state }, 1)
      },
    })
  return {
    registry,
    watchOutbox: (depth: () => Promise<OutboxDepth[]>) => watchOutbox(registry, depth),
    watchAccounts,
    watchRedis: (isUp: () => boolean) => watchRedis(registry, isUp),
    watchJobs: (jobs: () => Promise<JobResults>) => watchJobs(registry, jobs),
    partnerCall: (call: { upstream: string; status: number | null; success: boolean; ms: number }) =>
      partnerCalls.observe({ partner: call.upstream, outcome: outcomeOf(call) }, call.ms / 1000),
    request: (method: string, route: string, status: number, seconds: number) =>
      requests.observe({ method, route, status }, seconds),
    text: () => registry.metrics(),
  }
}

export type Metrics = ReturnType<typeof createMetrics>

/** 1 where Redis is connected; no series where there is none. */
const watchRedis = (registry: Registry, isUp: () => boolean) =>
  new Gauge({
    name: 'redis_up',
    help: 'Whether Redis is connected',
    registers: [registry],
    collect() {
      this.set(isUp() ? 1 : 0)
    },
  })

interface JobResults {
  list: { name: string; last_result: string | null }[]
}

/** 1 where the last run went well, 0 where it failed. */
const watchJobs = (registry: Registry, jobs: () => Promise<JobResults>) =>
  new Gauge({
    name: 'job_last_run_ok',
    help: 'Scheduled jobs by the result of their last run',
    labelNames: ['name'],
    registers: [registry],
    async collect() {
      this.reset()
      const { list } = await jobs().catch(() => ({ list: [] }))
      for (const { name, last_result } of list) if (last_result) this.set({ name }, last_result === 'ok' ? 1 : 0)
    },
  })
function watchOutbox(registry: Registry, depth: () => Promise<OutboxDepth[]>): void {
  const sample = sampled(depth)
  new Gauge({
    name: 'outbox_entries',
    help: 'Writes owed to partners that are not sent, by topic and state; sampled',
    labelNames: ['topic', 'state'],
    registers: [registry],
    async collect() {
      const list = await sample()
      this.reset()
      for (const { topic, state, count } of list) this.set({ topic, state }, Number(count))
    },
  })
}

/** However often it is asked, one question at the database in ten seconds; while that fails, the answer before. */
function sampled<T>(ask: () => Promise<T[]>): () => Promise<T[]> {
  let last: T[] = []
  let askedAt = -Infinity
  return async () => {
    if (performance.now() - askedAt < SAMPLE_MS) return last
    askedAt = performance.now()
    last = await ask().catch(() => last)
    return last
  }
}

/** `lost`: no answer came; `refused`: an answer, but not the one hoped for. */
function outcomeOf({ status, success }: { status: number | null; success: boolean }): string {
  if (success) return 'ok'
  return status === null ? 'lost' : 'refused'
}
