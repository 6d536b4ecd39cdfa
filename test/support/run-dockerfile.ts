/**
 * `node --import tsx test/support/run-dockerfile.ts`: what the Dockerfile does, without an engine: every stage in a clean
 * folder, every COPY, every RUN that does not fetch packages, then the health check against the running CMD.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Copy, dockerfile, type Stage } from './dockerfile'
import { freePort } from './ports'

const ROOT = path.resolve(__dirname, '../..')
/** Fetching packages is what `npm ci` before this has shown; here they are those of this checkout. */
const FETCHES = /^(apt-get|npm ci|npm prune)\b/
const START_MS = 60_000

const base = fs.mkdtempSync(path.join(os.tmpdir(), 'dockerfile-'))
const rootOf = (stage: Stage, index: number) => path.join(base, stage.name ?? String(index))
const say = (text: string) => process.stdout.write(`  ${text}\n`)

async function main(): Promise<void> {
  const { stages } = dockerfile(fs.readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8'))
  for (const [index, stage] of stages.entries()) build(stage, rootOf(stage, index), stages)
  const last = stages.at(-1)!
  await start(last, rootOf(last, stages.length - 1))
}

function build(stage: Stage, root: string, stages: Stage[]): void {
  const dir = path.join(root, stage.workdir)
  fs.mkdirSync(dir, { recursive: true })
  for (const step of stage.steps) {
    if ('copy' in step) copy(step.copy, dir, stages)
    else run(step.run, { stage, root, dir })
  }
}

function copy({ from, sources, target }: Copy, dir: string, stages: Stage[]): void {
  const index = stages.findIndex(({ name }) => name === from)
  const context = from === null ? ROOT : rootOf(stages[index]!, index)
  for (const source of sources) {
    const file = path.join(context, source)
    const into = target.endsWith('/') ? path.join(dir, target, path.basename(source)) : path.join(dir, target)
    say(`COPY ${from ? `${from}:` : ''}${source}`)
    if (path.basename(source) === 'node_modules') fs.symlinkSync(fs.realpathSync(file), into)
    else fs.cpSync(file, into, { recursive: true, filter: (name) => !isLeftOut(from, name) })
  }
}

/** By .dockerignore. */
const isLeftOut = (from: string | null, file: string) =>
  from === null && /(^|\/)(node_modules|miniprogram\/dist)(\/|$)|\.log$/.test(path.relative(ROOT, file))

function run(command: string, { stage, root, dir }: { stage: Stage; root: string; dir: string }): void {
  if (FETCHES.test(command)) {
    say(`RUN ${command.slice(0, 40)}: packages of this checkout`)
    const modules = path.join(dir, 'node_modules')
    if (command.startsWith('npm ci')) fs.symlinkSync(fs.realpathSync(path.join(ROOT, 'node_modules')), modules)
    return
  }
  say(`RUN ${command}`)
  // Folders outside WORKDIR lie below this stage's own root, and there is no other user to give them to.
  const here = command.replaceAll(' /data', ` ${root}/data`).replace(/ && chown .*/, '')
  execFileSync('sh', ['-ec', here], {
    cwd: dir,
    env: { ...process.env, ...stage.env },
    stdio: 'pipe',
  })
}

async function start(stage: Stage, root: string): Promise<void> {
  const port = String(await freePort())
  const secrets = Object.fromEntries(
    ['JWT_SECRET', 'EVENT_KEY', 'CALLBACK_SECRET'].map((name) => [name, `of-the-dockerfile-${name}`]),
  )
  const env: Record<string, string> = {
    PATH: process.env.PATH!,
    ...stage.env,
    DATA_DIR: path.join(root, 'data'),
    DATA_KEY: Buffer.alloc(32, 1).toString('base64'),
    ...secrets,
    HOST: '127.0.0.1',
    PORT: port,
  }
  const cwd = path.join(root, stage.workdir)
  say(`CMD ${stage.cmd.join(' ')}`)
  const [program = '', ...args] = stage.cmd
  const server = spawn(program, args, {
    cwd,
    env: env as unknown as NodeJS.ProcessEnv,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  try {
    await untilHealthy(server, stage, { cwd, env })
    for (const client of ['/', '/console']) {
      const page = await fetch(`http://127.0.0.1:${port}${client}`)
      if (!(await page.text()).includes('<script')) throw new Error(`there is no client at ${client}`)
    }
    say('HEALTHCHECK passes, / and /console are the clients')
  } finally {
    server.kill('SIGTERM')
  }
  const code = await new Promise((resolve) => server.once('exit', resolve))
  if (code !== 0) throw new Error(`the server ended with ${String(code)}`)
}

async function untilHealthy(server: ChildProcess, stage: Stage, options: { cwd: string; env: object }): Promise<void> {
  const [program = '', ...args] = stage.healthcheck
  for (const deadline = Date.now() + START_MS; ; await wait(200)) {
    if (server.exitCode !== null || Date.now() > deadline) throw new Error('the server is not healthy')
    try {
      return void execFileSync(program, args, { ...options, env: options.env as NodeJS.ProcessEnv, stdio: 'ignore' })
    } catch {
      // not yet
    }
  }
}

main()
  .catch((error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exitCode = 1
  })
  .finally(() => fs.rmSync(base, { recursive: true, force: true }))
