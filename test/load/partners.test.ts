import { setTimeout as wait } from 'node:timers/promises'
import { SANDBOX_ACCOUNT } from '../../server/sandbox/external-site'
import { HAS_REDIS } from '../support/redis'
import { cleanUp } from '../support/server-process'
import { busy, during, seconds } from './drive'
import { FAULTS } from './faults'
import { createMix, type Mix } from './mix'
import { type Stage, startStage } from './stage'

const RECOVERY_MS = 60_000

let stage: Stage
let mix: Mix
beforeAll(async () => {
  stage = await startStage({ withRedis: HAS_REDIS })
  mix = await createMix(stage)
  const { api, partners, people } = stage
  await api.post('/api/start-login', {}, people.admin)
  await api.post('/api/check-code', { code: '123456' }, people.admin)
  const system = { system_name: 'city', base_url: partners.site.url, profile: 'classic-cookie' }
  await api.post('/api/v1/admin/external/systems', { ...system, accounts: [SANDBOX_ACCOUNT] }, people.admin)
})
afterAll(async () => {
  await stage.close()
  cleanUp()
})

test.each(FAULTS)('$name: what does not need it goes on, what needs it says so', async ({ begin, end, lean }) => {
  const { tally } = stage
  const tasks = stage.ledger.tasks.size
  await begin(stage)
  await during(tally, () => Promise.all([busy(mix, seconds(0.5) * 1000), lean?.(stage, mix), mix.acts.create(false)]))
  await end(stage)
  expect(tally.wrong.splice(0)).toEqual([])
  expect(stage.ledger.tasks.size).toBeGreaterThan(tasks)
})

test('with everybody well again all that is owed leaves, each once, and the books agree', async () => {
  const { tally } = stage
  await mix.settle()
  await until(async () => !(await owed()).includes('PENDING') && !(await owed()).includes('SENDING'))
  await until(async () => (await pull()) === 'done')
  expect((await get('/api/v1/admin/external/work-orders?size=1')).total).toBe(30)
  expect(await owed()).toContain('SENT')
  expect(tally.wrong.splice(0)).toEqual([])
  if (HAS_REDIS) await until(async () => (await stage.api.get('/readyz')).body.checks.redis.ok)
  await stage.finish('partners failing in turns')
})

const get = async (path: string) => (await stage.api.get(path, stage.people.admin)).body.data

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + RECOVERY_MS
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`it did not recover; owed: ${(await owed()).join()}`)
    await wait(300)
  }
}

/** States of what ngs is still owed; an entry that waits behind one in doubt stays for a person. */
async function owed(): Promise<string[]> {
  const states: string[] = []
  for (const state of ['PENDING', 'SENDING', 'SENT'])
    if ((await get(`/api/v1/admin/outbox?state=${state}&size=1`)).total > 0) states.push(state)
  return states
}

/** A whole pull. @returns how it ended */
async function pull(): Promise<string> {
  const { status, body } = await stage.api.post('/api/v1/admin/external/city/pull', {}, stage.people.admin)
  if (status !== 202) return body.code
  for (;;) {
    const { state } = await get(`/api/v1/admin/external/pulls/${body.data.run_id}`)
    if (state === 'done' || state === 'failed') return state
    await wait(100)
  }
}
