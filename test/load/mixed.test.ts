import fs from 'node:fs'
import { ENGINES } from '../support/engines'
import { cleanUp } from '../support/server-process'
import { busy, overload, seconds } from './drive'
import { createMix } from './mix'
import { type Stage, startStage } from './stage'

const HEAP_MB = 96
/** Code, database caches and picture buffers come on top of the heap. */
const MAX_RESIDENT_MB = 420
const LARGE_AT_ONCE = 12

let stage: Stage
afterEach(async () => {
  await stage.close()
  cleanUp()
})

test.each(ENGINES)(
  '1.4 times what the server manages loses nothing, doubles nothing and breaks nothing (%s)',
  async (engine) => {
    stage = await startStage({ engine })
    await logIntoGateway(stage)
    const mix = await createMix(stage)
    const forMs = seconds(4, 60) * 1000
    const { managed, asked, done, dropped } = await overload(mix, forMs)
    const ratio = asked / (forMs / 1000) / managed
    process.stdout.write(
      `load: ${managed.toFixed(0)} acts a second managed, ${ratio.toFixed(2)} times as many asked for: ${asked}; ` +
        `${done} done, ${dropped} dropped by callers that do not wait\n`,
    )
    expect(ratio).toBeGreaterThan(1.3)
    expect(done).toBeGreaterThan(0)
    expect(stage.tally.wrong).toEqual([])
    expect(stage.ledger.tasks.size).toBeGreaterThan(5)
    expect(stage.ledger.visits.size).toBeGreaterThan(0)
    expect(stage.ledger.notices.size).toBeGreaterThan(0)
    await stage.finish(`mixed load on ${engine}`)
  },
)

test('the day’s mix with 5 MB uploads at once stays within a small heap', async () => {
  stage = await startStage({ env: { NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` } })
  const mix = await createMix(stage)
  const large = async () => {
    for (let round = 0; round < seconds(1); round++)
      await Promise.all(Array.from({ length: LARGE_AT_ONCE }, () => mix.acts.large()))
  }
  await Promise.all([busy(mix, seconds(2) * 1000), large()])
  // A heap that was too small says so here.
  expect(stage.server.output.stderr).toBe('')
  expect(stage.tally.wrong).toEqual([])
  expect(stage.ledger.uploads.size).toBeGreaterThanOrEqual(LARGE_AT_ONCE)
  const peak = peakMegabytes(stage.server.child.pid!)
  if (peak === null) process.stdout.write('not run here: the limit of resident memory (there is no /proc)\n')
  else expect(peak).toBeLessThan(MAX_RESIDENT_MB)
  await stage.finish(`mixed load and 5 MB uploads in a heap of ${HEAP_MB} MB`)
})

async function logIntoGateway({ api, people: { admin } }: Stage): Promise<void> {
  await api.post('/api/start-login', {}, admin)
  await api.post('/api/check-code', { code: '123456' }, admin)
}

/** Highest resident memory of a process so far; null where the system does not tell. */
function peakMegabytes(pid: number): number | null {
  const file = `/proc/${pid}/status`
  if (!fs.existsSync(file)) return null
  return Number(/VmHWM:\s+(\d+) kB/.exec(fs.readFileSync(file, 'utf8'))![1]) / 1024
}
