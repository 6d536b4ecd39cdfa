import { setTimeout as wait } from 'node:timers/promises'
import { ENGINES } from '../support/engines'
import { HAS_REDIS } from '../support/redis'
import { cleanUp } from '../support/server-process'
import { until } from '../support/until'
import { busy, LONG } from './drive'
import { createMix } from './mix'
import { type Stage, startStage } from './stage'

const KILLS = LONG ? 20 : 10
const CLIENTS = 8
/** A process that was sending leaves its claim for 20 s. */
const SETTLED_MS = 90_000

let stage: Stage | undefined
afterEach(async () => {
  await stage?.close()
  stage = undefined
  cleanUp()
})

const suite = HAS_REDIS ? describe : describe.skip

suite('two servers on one Redis, one database and one folder', () => {
  test.each(ENGINES)(
    `with the day's mix at both, one killed −9 and restarted ${KILLS} times: nothing is lost, nothing done twice (%s)`,
    async (engine) => {
      stage = await startStage({ engine, withRedis: true, replicas: 2 })
      const { tally, people } = stage
      const mix = await createMix(stage)
      await stage.api.post('/api/start-login', {}, people.admin)
      await stage.api.post('/api/check-code', { code: '123456' }, people.admin)
      for (let kill = 0; kill < KILLS; kill++) {
        const { server } = stage
        const work = busy(mix, 1_500, CLIENTS)
        await wait(300 + Math.random() * 800)
        tally.killing = true
        tally.fault()
        await stage.kill()
        expect(await server.ended).toMatchObject({ signal: 'SIGKILL' })
        await Promise.all([work, stage.restart()])
        tally.killing = false
        // What got no answer is asked again at the other server.
        await mix.settle()
      }
      await until(async () => (await owed()) === 0, 'the sending of all that ngs is owed', SETTLED_MS)
      expect(tally.count('broken')).toBeGreaterThanOrEqual(KILLS)
      expect(tally.wrong).toEqual([])
      expect(stage.server.output.stderr).toBe('')
      for (const kind of ['tasks', 'visits', 'assigned', 'notices', 'messages'] as const)
        expect({ kind, some: stage.ledger[kind].size > 0 }).toEqual({ kind, some: true })
      expect(stage.partners.ngs.orders().length).toBeGreaterThan(0)
      await stage.finish(`two replicas on ${engine}, one killed ${KILLS} times`, { orphans: 2 * KILLS * CLIENTS })
    },
  )
})

async function owed(): Promise<number> {
  const left = async (state: string) =>
    (await stage!.api.get(`/api/v1/admin/outbox?state=${state}&size=1`, stage!.people.admin)).body.data.total as number
  return (await left('PENDING')) + (await left('SENDING'))
}
