import { setTimeout as wait } from 'node:timers/promises'
import { ENGINES } from '../support/engines'
import { cleanUp } from '../support/server-process'
import { busy, LONG } from './drive'
import { createMix } from './mix'
import { type Stage, startStage } from './stage'

const KILLS = LONG ? 30 : 3
const CLIENTS = 12

let stage: Stage
afterEach(async () => {
  await stage.close()
  cleanUp()
})

test.each(ENGINES)(
  'killed in the middle of its work and started again, it loses and doubles nothing (%s)',
  async (engine) => {
    stage = await startStage({ engine })
    const { tally } = stage
    const mix = await createMix(stage)
    await stage.api.post('/api/start-login', {}, stage.people.admin)
    await stage.api.post('/api/check-code', { code: '123456' }, stage.people.admin)
    let atOnce = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const { server } = stage
      const work = busy(mix, 1_500, CLIENTS)
      await wait(600 + Math.random() * 800)
      tally.killing = true
      tally.fault()
      await stage.kill()
      await work
      expect(await server.ended).toMatchObject({ signal: 'SIGKILL' })
      await stage.restart()
      tally.killing = false
      await mix.settle()
      atOnce += CLIENTS
    }
    expect(tally.count('broken')).toBeGreaterThanOrEqual(KILLS)
    expect(tally.wrong).toEqual([])
    // An upload killed half-way may leave its original and its stamped copy.
    await stage.finish(`killed ${KILLS} times on ${engine}`, { orphans: 2 * atOnce })
  },
)
