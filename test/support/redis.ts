import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import { tempDir } from './engines'
import { freePort } from './ports'
import { until } from './until'

/** By what replicas share: nothing, in one process alone; or Redis. */
export type Backend = 'alone' | 'redis'

export const HAS_REDIS = spawnSync('redis-server', ['--version']).status === 0

/** Backends the suites run on; the absence of Redis is printed by the global setup. */
export const BACKENDS: Backend[] = HAS_REDIS ? ['alone', 'redis'] : ['alone']

const START_MS = 10_000

/** A private redis-server that keeps nothing, on a port of its own. */
export async function startRedis() {
  const dir = tempDir()
  const port = await freePort()
  let child: ChildProcess
  const answers = () =>
    new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
      socket.once('data', (data) => {
        socket.destroy()
        resolve(data.toString().startsWith('+PONG'))
      })
      socket.once('error', () => resolve(false))
    })
  const start = async () => {
    const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir]
    child = spawn('redis-server', flags, { stdio: 'ignore' })
    await until(answers, 'an answer of redis-server', START_MS)
  }
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  const killAtExit = () => void child.kill('SIGKILL')
  process.once('exit', killAtExit)
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    /** Comes back empty, on the same port. */
    start,
    kill,
    restart: async () => {
      await kill()
      await start()
    },
    /** Takes connections and answers nothing. */
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async stop() {
      await kill()
      process.off('exit', killAtExit)
      fs.rmSync(dir, { recursive: true, force: true })
    },
  }
}

export type RedisServer = Awaited<ReturnType<typeof startRedis>>

/** Inside a `describe`: the variables that choose this backend; each test finds a Redis that runs and is empty. */
export function useBackend(backend: Backend): { env(): Record<string, string>; redis(): RedisServer } {
  let redis: RedisServer | null = null
  beforeAll(async () => {
    if (backend === 'redis') redis = await startRedis()
  })
  afterEach(() => redis?.thaw())
  beforeEach(() => redis?.restart())
  afterAll(() => redis?.stop())
  return { env: (): Record<string, string> => (redis ? { REDIS_URL: redis.url } : {}), redis: () => redis! }
}
