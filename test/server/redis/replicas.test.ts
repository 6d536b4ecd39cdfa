import { setTimeout as wait } from 'node:timers/promises'
import { Queue } from 'bullmq'
import pino from 'pino'
import { createTokenShelf } from '../../../server/redis/wechat-token'
import { createLocks } from '../../../server/redis/locks'
import { openRedis } from '../../../server/redis/connection'
import { createRedisJobQueue } from '../../../server/redis/job-queue'
import { startJobs } from '../../../server/jobs/jobs'
import { createVault } from '../../../server/vault'
import { createTokenSession } from '../../../server/connectors/wechat/session'
import type { LiveEvent } from '../../../types/api/live'
import { buildSubmission } from '../../support/builders'
import { HAS_REDIS, useBackend } from '../../support/redis'
import { startTestApp, type TestApp } from '../../support/test-app'
import { until } from '../../support/until'

const suite = HAS_REDIS ? describe : describe.skip

suite('what replicas share through Redis', () => {
  const { env, redis } = useBackend('redis')
  const log = pino({ level: 'silent' })
  const closing: (() => Promise<unknown>)[] = []
  const rejections: unknown[] = []
  const note = (reason: unknown) => void rejections.push(reason)
  beforeEach(() => {
    rejections.length = 0
    process.on('unhandledRejection', note)
  })
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close()
    process.off('unhandledRejection', note)
    expect(rejections).toEqual([])
  })
  const connect = async () => {
    const connection = await openRedis(redis().url, log)
    closing.push(connection.close)
    return connection
  }
  const start = async () => {
    const app = await startTestApp({ env: env() })
    closing.push(app.close)
    return app
  }

  test('a connection that is closed on purpose is not told as lost', async () => {
    const told: string[] = []
    const listening = pino({ level: 'warn' }, { write: (line: string) => void told.push(line) })
    const connection = await openRedis(redis().url, listening)
    expect(connection.isUp()).toBe(true)
    await connection.close()
    await until(() => connection.commands.status === 'end', 'the end of the connection')
    expect(told).toEqual([])
  })

  describe('WeChat’s token', () => {
    let logins: boolean[]
    let valid: string
    /** A replica against one WeChat account. */
    const replica = async (dataKey = Buffer.alloc(32, 1)) => {
      const connection = await connect()
      const locks = createLocks(connection)
      const vault = createVault({ current: dataKey })
      const shelf = createTokenShelf({ redis: connection, locks, vault, appId: 'wx1' })
      const login = async (force: boolean) => {
        logins.push(force)
        await wait(30)
        if (force) valid = `token-${logins.length}`
        return { token: valid, lifetimeMs: 7_200_000 }
      }
      return createTokenSession({ login, clock: Date.now, shelf })
    }
    beforeEach(() => {
      logins = []
      valid = 'token-0'
    })

    test('lies sealed', async () => {
      await (await replica()).get()
      const { commands } = await connect()
      const stored = await Promise.all((await commands.keys('*wechat-token*')).map((key) => commands.get(key)))
      expect(stored).toEqual([expect.stringMatching(/^v1\./)])
    })

    test('is asked for by each where Redis is gone, or holds what this key does not open', async () => {
      const first = await replica()
      await first.get()
      expect(await (await replica(Buffer.alloc(32, 2))).get()).toBe('token-0')
      expect(logins).toEqual([false, false])
      const alone = await replica()
      await redis().kill()
      expect(await alone.get()).toBe('token-0')
      expect(logins).toEqual([false, false, false])
    })
  })

  test('a request under way at one replica is 409 at another, and no longer when it is done', async () => {
    const [one, { context }] = [await start(), await start()]
    const request = { owner: 'customer:1', route: 'POST /x', key: 'k', fingerprint: 'f' }
    let finish!: () => void
    const slow = one.context.idempotency.run(request, async () => {
      await new Promise<void>((resolve) => (finish = resolve))
      return 'done'
    })
    await until(() => finish as unknown, 'the beginning')
    await expect(context.idempotency.run(request, async () => 'twice')).rejects.toMatchObject({
      code: 'REQUEST_IN_PROGRESS',
    })
    finish()
    expect(await slow).toBe('done')
    expect(await context.idempotency.run(request, async () => 'again')).toBe('again')
  })

  test('an event of one replica reaches the pages of another, also after Redis was away', async () => {
    const [one, other] = [await start(), await start()]
    const seen: LiveEvent[] = []
    const at = async (app: TestApp) => {
      const before = seen.length
      app.context.live.publish({ topic: 'outbox', id: String(before), event: 'SENT' })
      await wait(30)
    }
    other.context.live.watch({
      owner: 'x',
      tell: ({ event }) => void seen.push(event),
      beat: () => {},
      end: () => {},
    })
    await until(async () => {
      await at(one)
      return seen.length > 0
    }, 'the first event')
    await redis().kill()
    seen.length = 0
    await at(other)
    expect(seen).toHaveLength(1)
    await redis().start()
    seen.length = 0
    await until(async () => {
      await at(one)
      return seen.length > 0
    }, 'the first event')
  }, 30_000)

  test('a run that failed is handed out again, as often as is asked for', async () => {
    const handed: (Date | undefined)[] = []
    const queue = createRedisJobQueue({ redis: await connect(), log })
    queue.open([{ name: 'failing', title: 'failing', pattern: '* * * * * *', run: async () => {} }], {
      retries: { times: 2, pauseMs: 200 },
      run: async (_job, due) => {
        handed.push(due)
        return handed.length === 1 || !due ? 'failed' : 'ok'
      },
    })
    const again = () => handed.filter((due) => due === undefined)
    await until(() => again().length === 2, 'the second retry')
    const ticks = handed.length
    await until(() => handed.length >= ticks + 3, 'three more times')
    expect(again()).toHaveLength(2)
    const times = handed.flatMap((due) => due?.getTime() ?? [])
    expect(new Set(times).size).toBe(times.length)
    await queue.close()
  }, 30_000)

  test('schedulers follow the version: new ones are added, changed ones follow, others go', async () => {
    const queue = async (jobs: [name: string, pattern: string][]) => {
      const opened = createRedisJobQueue({ redis: await connect(), log })
      opened.open(
        jobs.map(([name, pattern]) => ({ name, title: name, pattern, run: async () => {} })),
        { retries: { times: 1, pauseMs: 1_000 }, run: async () => 'ok' },
      )
      return opened
    }
    const looking = new Queue('jobs', { connection: (await connect()).another(), prefix: 'field-service:queue' })
    const schedulers = async () =>
      Object.fromEntries((await looking.getJobSchedulers()).map(({ key, pattern }) => [key, pattern]))
    const old = await queue([
      ['kept', '0 1 * * * *'],
      ['changed', '0 2 * * * *'],
      ['removed', '0 3 * * * *'],
    ])
    await until(async () => Object.keys(await schedulers()).length === 3, 'the first schedulers')
    const next = await queue([
      ['kept', '0 1 * * * *'],
      ['changed', '0 4 * * * *'],
      ['added', '0 5 * * * *'],
    ])
    const expected = { kept: '0 1 * * * *', changed: '0 4 * * * *', added: '0 5 * * * *' }
    await until(async () => 'added' in (await schedulers()), 'the new schedulers')
    expect(await schedulers()).toEqual(expected)
    expect(await looking.getDelayedCount()).toBe(3)
    await Promise.all([old.close(), next.close(), looking.close()])
  }, 30_000)

  test('Redis killed and back, empty: the service goes on, reconnects, and the jobs are there again', async () => {
    const app = await start()
    const jobs = await startJobs(app.context)
    closing.push(() => jobs.stop())
    const token = await app.api.customer()
    const submit = (key: string) =>
      app.api.post('/api/v1/tasks', buildSubmission(), { token, headers: { 'idempotency-key': key } })
    const redisCheck = async () => (await app.api.get('/readyz')).body.checks.redis.ok as boolean
    expect([(await submit('a')).status, await redisCheck()]).toEqual([200, true])

    await redis().kill()
    expect([(await submit('b')).status, (await submit('b')).status, await redisCheck()]).toEqual([200, 200, false])
    await jobs.run('sweep-files')
    const { list } = await app.context.jobs.list()
    expect(list.find(({ name }) => name === 'sweep-files')).toMatchObject({ last_result: 'ok' })

    await redis().start()
    await until(redisCheck, 'the reconnection')
    expect((await submit('c')).status).toBe(200)
    const { commands } = await connect()
    await until(async () => (await commands.zcard('field-service:queue:jobs:repeat')) > 3, 'the jobs')

    redis().freeze()
    const begun = Date.now()
    expect((await submit('d')).status).toBe(200)
    expect(Date.now() - begun).toBeLessThan(6_000)
    redis().thaw()
    await until(redisCheck, 'the reconnection')
    expect((await app.api.get('/api/v1/tasks', { token })).body.data.total).toBe(4)
  }, 60_000)
})
