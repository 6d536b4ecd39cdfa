import { once } from 'node:events'
import { cleanUp, follow } from '../support/server-process'
import { busy, during, seconds } from './drive'
import { createMix } from './mix'
import { type Stage, startStage } from './stage'

/** What the server waits for a lock before it says 503. */
const PATIENCE_MS = 5_000
/** Reads behind a lock: whoever waited for it would come back from one of them after it. */
const SEVERAL = 5

let stage: Stage
beforeEach(async () => {
  stage = await startStage()
})
afterEach(async () => {
  await stage.close()
  cleanUp()
})

/** Holds the write lock of the server's database from another process. @returns once it has it */
async function holdLock(milliseconds: number): Promise<{ free: Promise<unknown> }> {
  const script = `
    const db = require('better-sqlite3')(process.argv[1])
    db.exec('begin immediate')
    process.stdout.write('locked')
    setTimeout(() => db.exec('rollback'), Number(process.argv[2]))`
  const file = `${stage.dataDir}/app.db`
  const { child, ended } = follow(['--eval', script, file, String(milliseconds)], {}, { cwd: __dirname })
  await once(child.stdout, 'data')
  return { free: ended }
}

/** Reads one after the other. @returns how many of them came back before the lock was free */
async function readUntil(free: Promise<unknown>): Promise<number> {
  const { tally, people, api } = stage
  let reads = 0
  let over = false
  void free.then(() => (over = true))
  while (!over) {
    await tally.note('list', api.get('/api/v1/tasks', people.customers[0]))
    await tally.note('livez', api.get('/livez'))
    if (!over) reads++
  }
  return reads
}

test('a lock held for two seconds is waited out: nobody is refused, and readers do not wait', async () => {
  const mix = await createMix(stage)
  await busy(mix, 500)
  const { free } = await holdLock(2_000)
  stage.tally.fault()
  const [reads] = await Promise.all([readUntil(free), busy(mix, seconds(3) * 1000)])
  expect(stage.tally.wrong).toEqual([])
  expect(reads).toBeGreaterThanOrEqual(SEVERAL)
  await stage.finish('database locked for 2 s')
})

test('behind a lock held for longer writers hear 503 in time, readers go on, and retries find one result', async () => {
  const { tally } = stage
  const mix = await createMix(stage)
  await busy(mix, 500)
  await during(tally, async () => {
    const { free } = await holdLock(PATIENCE_MS + 3_000)
    const refusals = Promise.all(Array.from({ length: 12 }, () => mix.acts.create(false)))
    const first = Promise.race([refusals.then(() => 'refused'), free.then(() => 'free')])
    expect(await readUntil(free)).toBeGreaterThanOrEqual(SEVERAL)
    expect(await first).toBe('refused')
    await refusals
  })
  expect(tally.count(503)).toBe(12)
  await mix.settle()
  await busy(mix, 500)
  expect(tally.wrong).toEqual([])
  await stage.finish('database locked for 8 s')
})
