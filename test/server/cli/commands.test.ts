import fs from 'node:fs'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { isStale, ROOT } from '../../../server/cli/server-bundle'
import { tempDir } from '../../support/engines'
import { addressOf, follow, removeTemplate, startServer, cleanUp, usedDataDir } from '../../support/server-process'
import { until } from '../../support/until'

/** Servers are started as processes, several a test. */
jest.setTimeout(60_000)

let dataDir: string
beforeEach(() => (dataDir = tempDir()))
afterEach(() => {
  cleanUp()
  fs.rmSync(dataDir, { recursive: true, force: true })
})
afterAll(removeTemplate)

const command = (name: string, args: string[], env: Record<string, string> = {}) =>
  follow(
    ['--import', 'tsx', path.join(ROOT, `server/cli/${name}.ts`), ...args],
    { DATA_DIR: dataDir, ...env },
    { cwd: ROOT },
  )

describe('npm run migrate', () => {
  const migrate = async (...args: string[]) => command('migrate', args).ended

  test('status tells what is pending, apply does it, a second apply finds nothing', async () => {
    const file = path.join(dataDir, 'app.db')
    new Sqlite(file).close()
    const before = await migrate('status')
    expect(before).toMatchObject({ code: 0, stderr: '' })
    expect(before.stdout).toMatch(/^001-init\s+pending$/m)
    expect((await migrate()).stdout).toMatch(/^applied\s+001-init$/m)
    expect((await migrate('status')).stdout).toMatch(/^001-init\s+\d{4}-\d\d-\d\dT.*Z$/m)
    expect((await migrate('apply')).stdout).toBe(`数据库 ${file}\nnothing to apply\n`)
  })

  test('an unknown word is refused in one line and changes nothing', async () => {
    const { code, stderr } = await migrate('down')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^unknown command "down".*\n$/)
    expect(fs.readdirSync(dataDir)).toEqual([])
  })
})

describe('a command that works on what is there', () => {
  test.each([
    ['migrate', ['status']],
    ['verify-events', []],
    ['rotate-data-key', []],
    ['backup', ['copy.db']],
  ])('%s makes no database and names the one it looked for', async (name, args) => {
    const { code, stderr } = await command(name, args).ended
    expect([code, stderr]).toEqual([1, expect.stringContaining(path.join(dataDir, 'app.db'))])
    expect(fs.readdirSync(dataDir)).toEqual([])
  })

  test('names SQL Server without user and password', async () => {
    const env = { DATABASE_URL: 'mssql://sa:hunter2@127.0.0.1:1/service?encrypt=false' }
    const { code, stdout, stderr } = await command('migrate', [], env).ended
    expect([code, stdout]).toEqual([1, '数据库 mssql://127.0.0.1:1/service\n'])
    expect(stderr).not.toContain('hunter2')
  })
})

describe('npm run openapi', () => {
  test('writes the document that the server answers', async () => {
    const file = path.join(dataDir, 'new/openapi.json')
    expect(await command('openapi', [file]).ended).toMatchObject({ code: 0, stdout: `${file}\n` })
    const server = await startServer({ DATA_DIR: await usedDataDir() })
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual((await server.api.get('/openapi.json')).body)
  })
})

describe('npm run seed:demo', () => {
  test('adds the demo and as many tasks as asked for, and says how fast', async () => {
    const { code, stdout } = await command('seed-demo', ['--tasks', '250']).ended
    expect(code).toBe(0)
    expect(stdout).toMatch(/^250 tasks in [\d.]+ s, \d+ a second$/m)
    expect(await command('verify-events', []).ended).toMatchObject({ code: 0 })
  })

  test.each([['-5'], ['many'], ['1.5']])('refuses %s tasks', async (tasks) => {
    const { code, stderr } = await command('seed-demo', [`--tasks=${tasks}`]).ended
    expect([code, stderr]).toEqual([1, '--tasks must be a whole number\n'])
  })
})

describe('npm run verify:events', () => {
  test('counts what another DATA_KEY sealed', async () => {
    const sealedWith = (letter: number) => ({ DATA_KEY: Buffer.alloc(32, letter).toString('base64') })
    await (await startServer({ DATA_DIR: dataDir, ...sealedWith(1) })).stop()
    const verify = (env: Record<string, string>) => command('verify-events', [], env).ended
    const right = await verify(sealedWith(1))
    expect(right).toMatchObject({ code: 0, stderr: '' })
    expect(right.stdout).toMatch(/^[1-9]\d* sealed values: every one opens$/m)
    expect(await verify({ ...sealedWith(2), DATA_KEY_PREVIOUS: sealedWith(1).DATA_KEY })).toMatchObject({ code: 0 })
    const wrong = await verify(sealedWith(2))
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/^(\d+) of \1 sealed values do not open/)])
  })

  test('leaves an older database as it is', async () => {
    await command('seed-demo', []).ended
    const file = new Sqlite(path.join(dataDir, 'app.db'))
    file.exec("drop index ix_task_appointment; delete from kysely_migration where name = '008-admin'")
    expect(await command('verify-events', []).ended).toMatchObject({ code: 0 })
    const { n } = file.prepare("select count(*) as n from kysely_migration where name = '008-admin'").get() as {
      n: number
    }
    file.close()
    expect(n).toBe(0)
  })
})

describe('npm run tour', () => {
  test('plays the whole story, and again', async () => {
    const { url } = await startServer({ DATA_DIR: await usedDataDir() })
    for (let round = 1; round <= 2; round++) {
      const { code, stdout, stderr } = await command('tour', [], { TOUR_URL: url }).ended
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toMatch(/(\d+) 步全部通过/)
      expect(stdout).toMatch(/✓ .*ngs 已结案：新建、催办、结案依次送达/)
      expect(stdout.match(/✓/g)?.length).toBeGreaterThanOrEqual(13)
    }
  })

  test('stops with an exit code at the first step that does not hold', async () => {
    const { url } = await startServer({ DATA_DIR: await usedDataDir(), UPSTREAMS: 'live' })
    const { code, stdout, stderr } = await command('tour', [], { TOUR_URL: url }).ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/^  ✗  1\. 微信登录：.*503.*\n$/)
    expect(stdout).not.toContain('✓')
  })

  test('says so when no server answers', async () => {
    const { code, stderr } = await command('tour', [], { TOUR_URL: 'http://127.0.0.1:1' }).ended
    expect([code, stderr]).toEqual([1, '无法连接 http://127.0.0.1:1，请先运行 npm start\n'])
  })
})

describe('npm start', () => {
  const isServing = (url: string) =>
    fetch(`${url}/livez`).then(
      () => true,
      () => false,
    )

  const start = async () => {
    const env = { DATA_DIR: await usedDataDir(), PORT: '0', HOST: '127.0.0.1' }
    const launcher = command('start', ['--server-only'], env)
    const url = await addressOf(launcher)
    expect(await isServing(url)).toBe(true)
    return { ...launcher, url }
  }

  test.each(['SIGTERM', 'SIGINT'] as const)('%s reaches the server, which ends well', async (signal) => {
    const { child, ended, url } = await start()
    child.kill(signal)
    expect(await ended).toMatchObject({ code: 0, stderr: '' })
    expect(await isServing(url)).toBe(false)
  })

  test('a server whose launcher was killed outright stops by itself', async () => {
    const { child, ended, url } = await start()
    child.kill('SIGKILL')
    await ended
    await until(async () => !(await isServing(url)), 'the stop of the server')
  })

  test('a server stops when the shell between it and npm dies of a signal', async () => {
    const env = { DATA_DIR: await usedDataDir(), PORT: '0', HOST: '127.0.0.1' }
    const script = `const { spawn } = require('node:child_process')
      spawn(process.execPath, ['--import', 'tsx', 'server/cli/start.ts', '--server-only'], { stdio: 'inherit' })`
    const shell = follow(['--eval', script], env, { cwd: ROOT })
    const url = await addressOf(shell)
    expect(await isServing(url)).toBe(true)
    shell.child.kill('SIGTERM')
    await until(async () => !(await isServing(url)), 'the stop of the server')
    expect(await shell.ended).toMatchObject({ signal: 'SIGTERM', stderr: '' })
  })

  test('a server that cannot start gives its exit code and its one line', async () => {
    const { ended } = command('start', ['--server-only'], { PORT: 'none' })
    const { code, stderr } = await ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/PORT/)
  })

  test('an output is stale when it is missing or older than one of its sources, however deep', () => {
    const output = path.join(dataDir, 'out.js')
    fs.mkdirSync(path.join(dataDir, 'src/deep'), { recursive: true })
    const source = path.join(dataDir, 'src/deep/source.ts')
    fs.writeFileSync(source, '')
    const sources = [path.relative(ROOT, path.join(dataDir, 'src'))]
    expect(isStale(output, sources)).toBe(true)
    fs.writeFileSync(output, '')
    fs.utimesSync(output, 2000, 2000)
    fs.utimesSync(source, 1000, 1000)
    expect(isStale(output, sources)).toBe(false)
    fs.utimesSync(source, 3000, 3000)
    expect(isStale(output, sources)).toBe(true)
  })
})
