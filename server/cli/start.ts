import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { runCommand } from './run'
import { buildServer, isServerStale, isStale, ROOT, SERVER_FILE } from './server-bundle'

interface Client {
  label: string
  /** Built by this script of package.json. */
  script: string
  output: string
  sources: string[]
}

const CLIENTS: Client[] = [
  {
    label: 'H5 客户端',
    script: 'build:h5',
    output: 'miniprogram/dist/h5/index.html',
    sources: ['miniprogram/src', 'miniprogram/config', 'miniprogram/babel.config.js', 'types'],
  },
  {
    label: '管理后台',
    script: 'build:console',
    output: 'dist/console/index.html',
    sources: ['server/console', 'types'],
  },
]

/** A server whose launcher was killed outright has nobody left to stop it: it then stops by itself. */
const STOP_WITH_LAUNCHER =
  'data:text/javascript,process.once("disconnect",()=>process.kill(process.pid,"SIGTERM"));process.channel.unref()'
const PARENT_CHECK_MS = 250
const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

let running: ChildProcess | null = null
let stopped = false

/**
 * `npm start`: builds what is missing or older than its sources, then runs the server until it is told to stop.
 * `npm start -- --server-only` leaves the clients as they are.
 */
runCommand(async () => {
  for (const signal of STOP_SIGNALS) process.on(signal, () => stop(signal))
  stopWithParent()
  if (isServerStale()) {
    say('构建服务端…')
    await buildServer()
  }
  const clients = process.argv.includes('--server-only') ? [] : CLIENTS.filter(isMissing)
  for (const client of clients) if (!stopped) await buildClient(client)
  if (!stopped) process.exitCode = await serve()
})

function stop(signal: NodeJS.Signals): void {
  stopped = true
  running?.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
}

/** npm hands signals to its shell alone, and a shell that dies of one leaves us behind with the port. */
function stopWithParent(): void {
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && stop('SIGTERM'), PARENT_CHECK_MS).unref()
}

function isMissing({ script, output, sources }: Client): boolean {
  const { scripts } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'))
  return script in scripts && isStale(output, sources)
}

/** A client that does not build leaves the server useful: the fault is shown and the server starts all the same. */
async function buildClient({ label, script, output }: Client): Promise<void> {
  say(`构建 ${label}，首次约半分钟…`)
  const npm = process.env.npm_execpath
  const options = { cwd: ROOT, env: { ...process.env, NODE_ENV: 'production' } }
  const child = npm
    ? spawn(process.execPath, [npm, 'run', script], options)
    : spawn('npm', ['run', script], { ...options, shell: true })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()))
  const code = await finish(child)
  if (code === 0) return touch(path.join(ROOT, output))
  if (!stopped) process.stderr.write(`${log}\n${label} 构建失败（退出码 ${code}），服务端照常启动\n`)
}

/** An unchanged file is not written again by the bundler, and would look stale at every start. */
function touch(file: string): void {
  const now = new Date()
  fs.utimesSync(file, now, now)
}

function serve(): Promise<number> {
  const flags = ['--enable-source-maps', '--import', STOP_WITH_LAUNCHER]
  return finish(spawn(process.execPath, [...flags, SERVER_FILE], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] }))
}

/** Waits for a child that is sent our stop signals; @returns its exit code, 128 and more when a signal ended it */
async function finish(child: ChildProcess): Promise<number> {
  running = child
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exitCode, signal) => resolve(exitCode ?? 128 + (signal === 'SIGKILL' ? 9 : 15)))
  })
  running = null
  return code
}

function say(line: string): void {
  process.stdout.write(`  ${line}\n`)
}
