import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pino from 'pino'
import { ROOT } from '../../../server/cli/server-bundle'
import { createJobRepository } from '../../../server/features/jobs/repository'
import { createJobService, type JobService } from '../../../server/features/jobs/service'
import { createScheduler, type Job, type Scheduler, type SchedulerDeps } from '../../../server/jobs/scheduler'
import { startJobs } from '../../../server/jobs/jobs'
import { openRedis, type RedisConnections } from '../../../server/redis/connection'
import { createRedisJobQueue } from '../../../server/redis/job-queue'
import { ENGINES } from '../../support/engines'
import { addCrew } from '../../support/field-work'
import { BACKENDS, useBackend } from '../../support/redis'
import { startTestApp, type TestApp } from '../../support/test-app'
import { until } from '../../support/until'

const NEVER = '0 0 0 29 2 *'
const MINUTE_MS = 60_000

const EVERY_SECOND = '* * * * * *'

type StartOptions = Partial<SchedulerDeps> & { now?: () => Date; watched?: (runs: JobService) => JobService }

describe.each(BACKENDS.flatMap((backend) => ENGINES.map((engine) => [backend, engine] as const)))(
  'jobs (%s, %s)',
  (backend, engine) => {
    const { env, redis } = useBackend(backend)
    let app: TestApp
    let started: Scheduler[]
    let connections: RedisConnections[]
    const logs: string[] = []
    const log = pino({ level: 'debug' }, { write: (line: string) => void logs.push(line) })
    beforeEach(async () => {
      app = await startTestApp({ engine, env: env() })
      started = []
      connections = []
      logs.length = 0
    })
    afterEach(async () => {
      for (const scheduler of started) await scheduler.stop()
      for (const connection of connections) await connection.close()
      await app.close()
    })

    /** As another process would have it. */
    const openQueue = async () => {
      if (backend === 'alone') return null
      const connection = await openRedis(redis().url, log)
      connections.push(connection)
      return createRedisJobQueue({ redis: connection, log, lockMs: 1_000 })
    }

    /** A scheduler as another process would have it. */
    const start = (...jobs: (Partial<Job> & { run: Job['run'] })[]) => startWith({}, ...jobs)
    const startWith = async (
      { now = app.clock.now, watched = (runs) => runs, ...deps }: StartOptions,
      ...jobs: (Partial<Job> & { run: Job['run'] })[]
    ) => {
      const runs = createJobService({ repository: createJobRepository(app.context.database), now, leaseMs: 180_000 })
      const scheduler = await createScheduler(
        jobs.map((job) => ({ name: 'test-job', title: '测试', pattern: NEVER, ...job })),
        { runs: watched(runs), log, queue: await openQueue(), ...deps },
      )
      started.push(scheduler)
      return scheduler
    }
    const row = async (name = 'test-job') => {
      const { list } = await app.context.jobs.list()
      return list.find((job) => job.name === name)!
    }
    const isRunning = async () => (await row()).running

    test('are known before their first run', async () => {
      await start({ run: async () => 1 })
      expect(await row()).toEqual({
        name: 'test-job',
        title: '测试',
        schedule: NEVER,
        running: false,
        last_run_at: null,
        last_finished_at: null,
        last_result: null,
        last_detail: null,
        duration_ms: null,
        next_run_at: expect.stringMatching(/^\d{4}-02-29 00:00:00$/),
      })
    })

    test('leave their result, and their failure, and come again', async () => {
      let fails = false
      const scheduler = await start({
        run: async () => {
          if (fails) throw new Error('disk full')
          return { removed: 3 }
        },
      })
      await scheduler.run('test-job')
      expect(await row()).toMatchObject({
        last_result: 'ok',
        last_detail: '{"removed":3}',
        running: false,
        last_run_at: '2026-03-02 10:00:00',
      })
      fails = true
      app.clock.advance(MINUTE_MS)
      await scheduler.run('test-job')
      expect(await row()).toMatchObject({ last_result: 'failed', last_detail: '"disk full"', running: false })
      expect(logs.join('')).toContain('job failed')
      fails = false
      app.clock.advance(MINUTE_MS)
      await scheduler.run('test-job')
      expect(await row()).toMatchObject({ last_result: 'ok' })
    })

    test('run at their times', async () => {
      let runs = 0
      await start({ pattern: EVERY_SECOND, everywhere: true, run: async () => ++runs })
      await until(() => runs >= 2, 'the second run')
    })

    test('run once a time, however many processes watch the clock', async () => {
      const ran: number[] = []
      const watched = (runs: JobService): JobService => ({
        ...runs,
        run: async (job, work, due) => {
          const result = await runs.run(job, work, due)
          if (result === 'ok') ran.push(due!.getTime())
          return result
        },
      })
      for (let i = 0; i < 3; i++)
        await startWith({ now: () => new Date(), graceMs: 400, watched }, { pattern: EVERY_SECOND, run: async () => 1 })
      await until(() => ran.length >= 4, 'the fourth run')
      await Promise.all(started.map((scheduler) => scheduler.stop()))
      expect(new Set(ran).size).toBe(ran.length)
    })

    test('never overlap in one process', async () => {
      let free!: () => void
      let runs = 0
      const scheduler = await start({
        run: () => {
          runs += 1
          return new Promise<void>((resolve) => (free = resolve))
        },
      })
      const both = [scheduler.run('test-job'), scheduler.run('test-job')]
      await until(isRunning, 'the beginning of the run')
      free()
      await Promise.all(both)
      expect(runs).toBe(1)
    })

    test('never overlap across processes, and one time is one run', async () => {
      let free!: () => void
      let runs = 0
      const run = () => {
        runs += 1
        return new Promise<void>((resolve) => (free = resolve))
      }
      const [one, two] = [await start({ run }), await start({ run })]
      const first = one.run('test-job')
      await until(isRunning, 'the beginning of the run')
      app.clock.advance(MINUTE_MS)
      await two.run('test-job')
      expect(runs).toBe(1)
      free()
      await first
      const second = two.run('test-job')
      await until(() => runs === 2, 'the second run')
      free()
      await second
      await one.run('test-job')
      expect(runs).toBe(2)
    })

    test('of a dead process are taken over', async () => {
      let end!: () => void
      const lost = await start({ run: () => new Promise<void>((resolve) => (end = resolve)) })
      void lost.run('test-job')
      await until(isRunning, 'the beginning of the run')
      const other = await start({ run: async () => 'done' })
      await other.run('test-job')
      expect(await row()).toMatchObject({ last_result: null })
      app.clock.advance(4 * MINUTE_MS)
      await other.run('test-job')
      end()
      await lost.stop()
      expect(await row()).toMatchObject({ last_result: 'ok', last_detail: '"done"' })
    })

    test('of a process that was away for longer than its lease stay with the one that took over', async () => {
      const free: (() => void)[] = []
      const run = () => new Promise<void>((resolve) => void free.push(resolve))
      const [asleep, other, third] = [await start({ run }), await start({ run }), await start({ run })]
      const first = asleep.run('test-job')
      await until(() => free.length === 1, 'the first run')
      app.clock.advance(4 * MINUTE_MS)
      const second = other.run('test-job')
      await until(() => free.length === 2, 'the second run')
      free[0]!()
      await first
      expect(await row()).toMatchObject({ running: true, last_result: null })
      app.clock.advance(MINUTE_MS)
      await third.run('test-job')
      expect(free).toHaveLength(2)
      free[1]!()
      await second
      expect(await row()).toMatchObject({ running: false, last_result: 'ok' })
    })

    test('that run every second are written down now and then, and when they begin to fail', async () => {
      let fails = false
      const scheduler = await start({
        everywhere: true,
        run: async () => {
          if (fails) throw new Error('no')
        },
      })
      await scheduler.run('test-job')
      const { last_run_at } = await row()
      app.clock.advance(1000)
      await scheduler.run('test-job')
      expect((await row()).last_run_at).toBe(last_run_at)
      fails = true
      app.clock.advance(1000)
      await scheduler.run('test-job')
      expect(await row()).toMatchObject({ last_result: 'failed', last_run_at: '2026-03-02 10:00:02' })
      fails = false
      await scheduler.run('test-job')
      expect(await row()).toMatchObject({ last_result: 'ok' })
      app.clock.advance(MINUTE_MS)
      await scheduler.run('test-job')
      expect((await row()).last_run_at).toBe('2026-03-02 10:01:02')
    })

    test('a database that fails costs a run, not the process', async () => {
      const scheduler = await start({ run: async () => 1 })
      await app.context.database.db.deleteFrom('job_run').execute()
      jest.spyOn(app.context.database.db, 'updateTable').mockImplementationOnce(() => {
        throw new Error('no database')
      })
      await scheduler.run('test-job')
      expect(logs.join('')).toContain('job could not be noted')
    })

    test('stopping waits for what is under way', async () => {
      let done = false
      const scheduler = await start({
        run: async () => {
          await wait(100)
          done = true
        },
      })
      void scheduler.run('test-job')
      await scheduler.stop()
      expect(done).toBe(true)
    })

    test('an unknown one is a mistake', async () => {
      await expect((await start()).run('other')).rejects.toThrow('there is no job other')
    })

    test('of the server all run, and administrators and dispatchers see them', async () => {
      const crew = await addCrew(app)
      const scheduler = await startJobs(app.context)
      started.push(scheduler)
      const all = (await app.api.get('/api/v1/admin/jobs?size=100', crew.dispatcher)).body.data
      const { list, total } = all
      expect(all).toMatchObject({ total: list.length, pages: 1, current: 1, size: 100 })
      const second = (await app.api.get('/api/v1/admin/jobs?page=2&size=3', crew.dispatcher)).body.data
      expect(second).toMatchObject({ total, pages: Math.ceil(total / 3), current: 2, size: 3, list: list.slice(3, 6) })
      const names = list.map(({ name }: { name: string }) => name)
      expect(names).toEqual(expect.arrayContaining(['send-outbox', 'prune-external-log', 'sweep-files']))
      const manual = fs.readFileSync(path.join(ROOT, 'docs/operations.md'), 'utf8')
      for (const name of names) {
        expect(manual).toMatch(new RegExp(`^\\| \`${name}\` `, 'm'))
        if ((await row(name)).last_result) continue
        await scheduler.run(name)
        expect([name, (await row(name)).last_result]).toEqual([name, 'ok'])
      }
    })
  },
)

describe('the clock of one process', () => {
  beforeEach(() => void jest.useFakeTimers({ now: new Date('2026-03-02T01:00:50.000Z') }))
  afterEach(() => void jest.useRealTimers())

  /** Every run ends with this result. @returns for what times a job of every minute was run */
  async function startMinutely(result: 'ok' | 'failed') {
    const ran: (string | undefined)[] = []
    const runs = {
      announce: async () => {},
      run: async (_job: unknown, _work: unknown, due?: Date) => {
        ran.push(due?.toISOString())
        return result
      },
    } as unknown as JobService
    const log = pino({ level: 'silent' })
    const job = { name: 'test-job', title: '测试', pattern: '0 * * * * *', run: async () => 1 }
    await createScheduler([job], { runs, log, retries: { times: 2, pauseMs: 5_000 } })
    return ran
  }

  test('a time that is seen late is still that time', async () => {
    const ran = await startMinutely('ok')
    jest.setSystemTime(new Date('2026-03-02T01:00:52.500Z'))
    await jest.advanceTimersByTimeAsync(10_000)
    expect(new Date().toISOString()).toBe('2026-03-02T01:01:02.500Z')
    expect(ran).toEqual(['2026-03-02T01:01:00.000Z'])
  })

  test('a run that fails is tried again before its next time, and not for ever', async () => {
    const ran = await startMinutely('failed')
    await jest.advanceTimersByTimeAsync(10_000)
    expect(ran).toEqual(['2026-03-02T01:01:00.000Z'])
    await jest.advanceTimersByTimeAsync(5_000)
    expect(ran).toHaveLength(2)
    await jest.advanceTimersByTimeAsync(10_000)
    expect(ran).toHaveLength(3)
    await jest.advanceTimersByTimeAsync(34_000)
    expect(ran.slice(1)).toEqual([undefined, undefined])
  })
})
