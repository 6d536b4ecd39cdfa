import { SANDBOX_ACCOUNT } from '../../server/sandbox/external-site'
import { HAS_REDIS } from '../support/redis'
import { cleanUp } from '../support/server-process'
import { until } from '../support/until'
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

/** Acts of the day that need no partner; a task is checked by WeChat, and taken where that cannot be. */
const OWN = ['create', 'list', 'detail', 'dispatch', 'accept', 'precheck', 'evidence', 'submit', 'callback']
const UNABLE = [502, 503, 504]

test.each(FAULTS)('$name: what does not need it goes on, what needs it says so', async (fault) => {
  const { tally } = stage
  // A circuit that the fault before has opened looks again after five seconds.
  if (!fault.acts.includes('login')) await until(isWechatWell, 'the recovery of WeChat’s circuit', RECOVERY_MS)
  await fault.begin(stage)
  const work = async () => {
    await Promise.all([busy(mix, seconds(0.5) * 1000), fault.lean?.(stage, mix)])
    await aWholeDay()
  }
  await during(tally, work, fault.acts)
  await fault.end(stage)
  expect(tally.wrong.splice(0)).toEqual([])
  for (const act of OWN) expect({ act, heard: tally.heard(act) }).toEqual({ act, heard: expect.arrayContaining([200]) })
  const answers = fault.acts.flatMap((act) => tally.heard(act))
  if (fault.says) expect(answers.filter((status) => UNABLE.includes(status))).not.toEqual([])
})

/** One of everything, from a new task to its visit. */
async function aWholeDay(): Promise<void> {
  const { create, list, dispatch, visit, notice } = mix.acts
  await create(false)
  for (const act of [list, dispatch, visit, notice]) await act()
}

test('with everybody well again all that is owed leaves, each once, and the books agree', async () => {
  const { tally } = stage
  await mix.settle()
  const isAllSent = async () => !(await owed()).includes('PENDING') && !(await owed()).includes('SENDING')
  await until(isAllSent, 'the sending of all that ngs is owed', RECOVERY_MS)
  await until(async () => (await pull()) === 'done', 'a whole pull', RECOVERY_MS)
  expect((await get('/api/v1/admin/external/work-orders?size=1')).total).toBe(30)
  expect(await owed()).toContain('SENT')
  expect(tally.wrong.splice(0)).toEqual([])
  if (HAS_REDIS)
    await until(async () => (await stage.api.get('/readyz')).body.checks.redis.ok, 'the reconnection', RECOVERY_MS)
  await stage.finish('partners failing in turns')
})

const get = async (path: string) => (await stage.api.get(path, stage.people.admin)).body.data

const isWechatWell = async () => (await stage.api.post('/api/v1/wechat/login', { code: 'demo-well' })).status === 200

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
  const ended = async () => {
    const { state } = await get(`/api/v1/admin/external/pulls/${body.data.run_id}`)
    return state === 'done' || state === 'failed' ? (state as string) : ''
  }
  return until(ended, 'the end of a pull', RECOVERY_MS)
}
