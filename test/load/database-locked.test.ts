import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { cleanUp, follow } from '../support/server-process'
import { busy, during, seconds } from './drive'
import { createMix } from './mix'
import { type Stage, startStage } from './stage'

/** What the server waits for a lock before it says 503. */
const PATIENCE_MS = 5_000

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

/** Slowest of reads made all the while. */
async function slowestRead(until: Promise<unknown>): Promise<number> {
  const { tally, people, api } = stage
  let slowest = 0
  let over = false
  void until.then(() => (over = true))
  while (!over) {
    const began = performance.now()
    await tally.note('list', api.get('/api/v1/tasks', people.customers[0]))
    await tally.note('livez', api.get('/livez'))
    slowest = Math.max(slowest, performance.now() - began)
    await wait(20)
  }
  return slowest
}

test('a lock held for two seconds is waited out: nobody is refused, and readers do not wait', async () => {
  const mix = await createMix(stage)
  await busy(mix, 500)
  const { free } = await holdLock(2_000)
  stage.tally.fault()
  const [slowest] = await Promise.all([slowestRead(free), busy(mix, seconds(3) * 1000)])
  expect(stage.tally.wrong).toEqual([])
  expect(slowest).toBeLessThan(1_500)
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
    const slowest = await slowestRead(free)
    expect(slowest).toBeLessThan(1_500)
    expect(await first).toBe('refused')
    await refusals
  })
  expect(tally.count(503)).toBe(12)
  await mix.settle()
  await busy(mix, 500)
  expect(tally.wrong).toEqual([])
  await stage.finish('database locked for 8 s')
})
