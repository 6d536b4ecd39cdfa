import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { build } from 'esbuild'
import { ROOT } from '../../../server/cli/server-bundle'
import { type DatabaseConfig, parseConfig } from '../../../server/config/config'
import { loadSecrets } from '../../../server/config/secrets'
import { type Context, createContext } from '../../../server/context'
import { startNgsSandbox } from '../../../server/sandbox/ngs'
import { createApiClient } from '../../support/api-client'
import { buildSubmission } from '../../support/builders'
import { ENGINES, freshDatabase, tempDir } from '../../support/engines'
import { HAS_REDIS, startRedis } from '../../support/redis'
import { cleanUp, follow, freePort, startServer } from '../../support/server-process'

const KILLS = 10
const CLIENTS = 3
const NGS_TOKEN = 'ngs-token-of-the-test-4711'
/** A loaded machine takes several times the half minute that it needs. */
const TEST_MS = 300_000
/** A process that was sending leaves its claim for 20 s. */
const SETTLED_MS = 45_000
const JOB_PERIOD_MS = 5_000
const JOB_SOURCE = path.join(ROOT, 'test/server/jobs/job-process.ts')
const JOB_PROCESS = path.join(ROOT, 'dist/test/job-process.js')

const suite = HAS_REDIS ? describe : describe.skip

suite.each(ENGINES)('two servers on one Redis and one database (%s)', (engine) => {
  let dataDir: string
  let database: DatabaseConfig
  let redis: Awaited<ReturnType<typeof startRedis>>
  let ngs: Awaited<ReturnType<typeof startNgsSandbox>>
  let env: Record<string, string>
  beforeEach(async () => {
    dataDir = tempDir()
    database = await freshDatabase(engine, dataDir)
    redis = await startRedis()
    ngs = await startNgsSandbox({ token: NGS_TOKEN })
    ngs.control({ latencyMs: 5 })
    env = {
      DATA_DIR: dataDir,
      ...(database.url ? { DATABASE_URL: database.url } : {}),
      REDIS_URL: redis.url,
      NGS_BASE_URL: ngs.url,
      NGS_TOKEN,
      NGS_CUSTOMER_GUID: 'C1',
      NGS_MAP_IDS: '{"repair":"M1"}',
    }
  })
  afterEach(async () => {
    cleanUp()
    await ngs.close()
    await redis.stop()
    fs.rmSync(dataDir, { recursive: true, force: true })
  })

  test(
    `under load, one killed −9 and restarted ${KILLS} times: nothing acknowledged is lost, nothing done twice`,
    async () => {
      const ports = [await freePort(), await freePort()]
      const serve = (port: number) => startServer({ ...env, PORT: String(port) })
      const staying = await serve(ports[0]!)
      let killed = await serve(ports[1]!)
      const jobs = await startJobProcesses()

      const load = createLoad(ports)
      await load.start()
      for (let kill = 1; kill <= KILLS; kill++) {
        await wait(300 + Math.random() * 700)
        killed.child.kill('SIGKILL')
        const [server] = await Promise.all([killed.ended.then(() => serve(ports[1]!)), jobs.killOne()])
        killed = server
      }
      await load.stop()
      const ticks = await jobs.stop()

      for (const server of [staying, killed]) expect(server.output.stderr).toBe('')
      await settle(staying)
      for (const server of [staying, killed]) expect(await server.stop()).toMatchObject({ code: 0, stderr: '' })
      const context = await openContext(env)
      await expectTasks(context, load.acknowledged)
      await expectOrders(context)
      expect((await context.verifyEvents(await context.chainHeads.read())).fault).toBeNull()
      await context.close()

      expect(ticks.missing).toEqual([])
      expect(ticks.twice).toEqual([])
      expect(ticks.count).toBeGreaterThan(3)
      process.stdout.write(
        `\nreplicas: ${load.acknowledged.size} tasks acknowledged, ${load.repeats()} repeats, ${KILLS} kills, ${ticks.count} job times, each run once\n`,
      )
    },
    TEST_MS,
  )

  /** Two processes that run one job; @returns the times it was run for. */
  async function startJobProcesses() {
    const runsFile = path.join(dataDir, 'runs')
    const options = { bundle: true, platform: 'node', packages: 'external' } as const
    await build({ ...options, entryPoints: [JOB_SOURCE], outfile: JOB_PROCESS })
    const launch = async () => {
      const args = [JOB_PROCESS, JSON.stringify(database), redis.url, runsFile]
      const started = follow(args, {}, { cwd: ROOT })
      while (!started.output.stdout.includes('ready')) {
        if (started.child.exitCode !== null) throw new Error(started.output.stderr)
        await wait(20)
      }
      return started
    }
    const staying = await launch()
    let killed = await launch()
    const dead = new Set<number>()
    return {
      async killOne() {
        dead.add(killed.child.pid!)
        killed.child.kill('SIGKILL')
        await killed.ended
        killed = await launch()
      },
      async stop() {
        // A time that the last kill took away comes back before its successor.
        await wait(JOB_PERIOD_MS)
        for (const one of [staying, killed]) one.child.kill('SIGTERM')
        for (const one of [staying, killed]) expect(await one.ended).toMatchObject({ code: 0, stderr: '' })
        const lines = fs.readFileSync(runsFile, 'utf8').trim().split('\n')
        return countTimes(
          lines.map((line) => line.split(' ').map(Number) as [number, number]),
          dead,
        )
      },
    }
  }

  /** A task sent to ngs is SENT; one whose process died while sending may be UNKNOWN: nobody knows, so nobody repeats. */
  async function settle({ api }: Awaited<ReturnType<typeof startServer>>): Promise<void> {
    const token = await api.staff('admin@example.com')
    const left = async (state: string) =>
      (await api.get(`/api/v1/admin/outbox?state=${state}`, { token })).body.data.total as number
    for (
      const deadline = Date.now() + SETTLED_MS;
      (await left('PENDING')) + (await left('SENDING')) > 0;
      await wait(200)
    )
      if (Date.now() > deadline) throw new Error('the outbox did not empty')
  }

  async function expectOrders(context: Context): Promise<void> {
    const sent = ngs
      .requests()
      .map(({ body }) => (body as { objective: Record<string, string> }).objective.stringfield1!)
    expect(new Set(sent).size).toBe(sent.length)
    const rows = await context.database.db.selectFrom('outbox').select(['state', 'subject']).execute()
    const held = new Set(
      ngs.orders().map(({ history }) => (history[0]!.body.objective as { stringfield1: string }).stringfield1),
    )
    for (const { state, subject } of rows) if (state === 'SENT') expect(held).toContain(subject)
    expect(rows.filter(({ state }) => state === 'UNKNOWN').length).toBeLessThanOrEqual(KILLS * CLIENTS)
  }
})

/** Clients that create one task after another at either server, and repeat what got no answer at the other one. */
function createLoad(ports: number[]) {
  const apis = ports.map((port) => createApiClient(`http://127.0.0.1:${port}`))
  const acknowledged = new Map<string, string>()
  let stopping = false
  let repeats = 0
  let clients: Promise<void>[] = []

  async function create(description: string, token: string): Promise<void> {
    const request = { token, headers: { 'idempotency-key': description } }
    for (let attempt = 0; ; attempt++) {
      const api = apis[(attempt + Number(description.at(-1))) % apis.length]!
      const answer = await api.post('/api/v1/tasks', buildSubmission({ description }), request).catch(() => null)
      if (answer?.status === 200) return void acknowledged.set(description, answer.body.data.task_id)
      if (answer) expect([409, 502, 503]).toContain(answer.status)
      repeats += 1
      await wait(50)
    }
  }
  async function client(number: number, token: string): Promise<void> {
    for (let i = 0; !stopping; i++) {
      await create(`client ${number}, task ${i}`, token)
      await wait(20)
    }
  }
  return {
    acknowledged,
    repeats: () => repeats,
    async start() {
      const token = await apis[0]!.customer('demo-load')
      clients = Array.from({ length: CLIENTS }, (_, number) => client(number, token))
    },
    async stop() {
      stopping = true
      await Promise.all(clients)
    },
  }
}

/** What the stopped servers left. */
async function openContext(env: Record<string, string>): Promise<Context> {
  const config = parseConfig({ ...env, REDIS_URL: undefined })
  return createContext(config, loadSecrets({}, config))
}

async function expectTasks({ database: { db } }: Context, acknowledged: Map<string, string>): Promise<void> {
  const rows = await db
    .selectFrom('task')
    .select(['task_id', 'description'])
    .where('description', 'like', 'client %')
    .execute()
  expect(new Map(rows.map(({ description, task_id }) => [description, task_id]))).toEqual(acknowledged)
  expect(rows).toHaveLength(acknowledged.size)
  const all = await db.selectFrom('task').select('task_id').execute()
  expect(new Set(all.map(({ task_id }) => task_id)).size).toBe(all.length)
}

/** A run whose process was killed before it could say that it was done is run again; any other only once. */
function countTimes(runs: [time: number, pid: number][], dead: Set<number>) {
  const times = runs.map(([time]) => time)
  const first = Math.min(...times)
  const all = Array.from({ length: Math.max(...times) - first + 1 }, (_, i) => first + i)
  const finished = (time: number) => runs.filter(([at, pid]) => at === time && !dead.has(pid))
  return {
    count: all.length,
    missing: all.filter((time) => !times.includes(time)),
    twice: all.filter((time) => finished(time).length > 1),
  }
}
