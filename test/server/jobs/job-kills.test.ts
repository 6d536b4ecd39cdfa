import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { build } from 'esbuild'
import { ROOT } from '../../../server/cli/server-bundle'
import type { DatabaseConfig } from '../../../server/config/config'
import { openDatabase } from '../../../server/db/database'
import { migrate } from '../../../server/db/migrate'
import { ENGINES, freshDatabase, tempDir } from '../../support/engines'
import { HAS_REDIS, type RedisServer, startRedis } from '../../support/redis'
import { cleanUp, follow } from '../../support/server-process'
import { until } from '../../support/until'

const KILLS = 4
const PERIOD_MS = 5_000
/** As long a dead process keeps the job. */
const LEASE_MS = 2_500
const SOURCE = path.join(ROOT, 'test/server/jobs/job-process.ts')
const PROGRAM = path.join(ROOT, 'dist/test/job-process.js')

interface Note {
  /** The time that is run for. */
  due: number
  what: 'begun' | 'done'
  pid: number
  at: number
}

const suite = HAS_REDIS ? describe : describe.skip

suite.each(ENGINES)('two processes on one Redis and one database (%s)', (engine) => {
  let dataDir: string
  let database: DatabaseConfig
  let redis: RedisServer
  const running = new Map<number, ReturnType<typeof follow>>()
  const killed = new Set<number>()
  beforeEach(async () => {
    dataDir = tempDir()
    database = await freshDatabase(engine, dataDir)
    const opened = await openDatabase(database)
    await migrate(opened)
    await opened.close()
    redis = await startRedis()
    const options = { bundle: true, platform: 'node', packages: 'external' } as const
    await build({ ...options, entryPoints: [SOURCE], outfile: PROGRAM })
  })
  afterEach(async () => {
    cleanUp()
    await redis.stop()
    fs.rmSync(dataDir, { recursive: true, force: true })
  })

  const notesFile = () => path.join(dataDir, 'notes')
  function notes(): Note[] {
    if (!fs.existsSync(notesFile())) return []
    const lines = fs.readFileSync(notesFile(), 'utf8').trim().split('\n')
    return lines.map((line) => {
      const [due, what, pid, at] = line.split(' ')
      return { due: Number(due), what: what as Note['what'], pid: Number(pid), at: Number(at) }
    })
  }
  const done = () => notes().filter(({ what }) => what === 'done')

  async function launch(): Promise<void> {
    const started = follow([PROGRAM, JSON.stringify(database), redis.url, notesFile()], {}, { cwd: ROOT })
    await until(() => started.output.stdout.includes('ready'), 'the start of a process')
    running.set(started.child.pid!, started)
  }
  /** Another one comes in its place. */
  async function kill(pid: number): Promise<void> {
    const { child, ended } = running.get(pid)!
    child.kill('SIGKILL')
    await ended
    killed.add(pid)
    running.delete(pid)
    await launch()
  }
  /** @returns the process that is in the middle of a run for a time that nobody was killed in */
  const busyOne = () =>
    until(() => {
      const last = notes().at(-1)
      const isFirst = notes().filter(({ due }) => due === last?.due).length === 1
      return isFirst && running.has(last!.pid) ? last!.pid : 0
    }, 'a run')

  test(`killed −9 at any moment and ${KILLS} times in mid-run, a job is run once at each of its times`, async () => {
    await launch()
    await launch()
    for (let round = 0; round < KILLS; round++) {
      await wait(Math.random() * 1_000)
      await kill([...running.keys()][round % 2]!)
      await kill(await busyOne())
    }
    const before = done().length
    await until(() => done().length >= before + 3, 'three times more')
    for (const one of running.values()) one.child.kill('SIGTERM')
    for (const one of running.values()) expect(await one.ended).toMatchObject({ code: 0, stderr: '' })

    const { interrupted, ...faults } = audit(notes(), killed)
    expect(faults).toEqual({ offPattern: [], missing: [], doneTwice: [], begunTwice: [] })
    expect(interrupted.length).toBeGreaterThanOrEqual(KILLS)
    const times = new Set(done().map(({ due }) => due)).size
    process.stdout.write(
      `\njobs: ${killed.size} kills, ${times} times run once, ${interrupted.length} broken off by a kill\n`,
    )
  }, 300_000)
})

/**
 * What is promised: no time is done twice, none is at work in two living processes, none is passed over. A time whose
 * process was killed in mid-run is begun again, or gives way to the next one; those that come until then give way to it.
 */
function audit(notes: Note[], killed: Set<number>) {
  const of = (due: number, what: Note['what']) => notes.filter((note) => note.due === due && note.what === what)
  const dues = [...new Set(notes.map(({ due }) => due))]
  const interrupted = dues.filter((due) =>
    of(due, 'begun').some(({ pid }) => killed.has(pid) && !of(due, 'done').some((note) => note.pid === pid)),
  )
  const givesWay = (due: number) =>
    interrupted.some((broken) => broken <= due && due <= of(broken, 'begun').at(-1)!.at + LEASE_MS)
  const [first, last] = [Math.min(...dues), Math.max(...dues)]
  const all = Array.from({ length: (last - first) / PERIOD_MS + 1 }, (_, index) => first + index * PERIOD_MS)
  return {
    interrupted,
    offPattern: dues.filter((due) => !(due % PERIOD_MS === 0)),
    missing: all.filter((due) => of(due, 'done').length === 0 && !givesWay(due)),
    doneTwice: dues.filter((due) => of(due, 'done').length > 1),
    begunTwice: dues.filter((due) => of(due, 'begun').filter(({ pid }) => !killed.has(pid)).length > 1),
  }
}
