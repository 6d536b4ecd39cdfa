import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { buildServer, isServerStale, SERVER_FILE } from '../../server/cli/server-bundle'
import { createApiClient } from './api-client'
import { tempDir } from './engines'
import { freePort } from './ports'
import { until } from './until'

const START_MS = 60_000
const running = new Set<ChildProcess>()

/** What a process may not do. */
export interface Confinement {
  /** Runs as this user; only root can ask for it. */
  uid?: number
  /** No file of its grows beyond this. */
  maxFileBytes?: number
}

/** The built server, as `npm start` runs it: `node dist/server/main.js`, with nothing of this process's environment. */
export async function launch(env: Record<string, string>, confinement?: Confinement) {
  if (isServerStale()) await buildServer()
  return follow([SERVER_FILE], env, { confinement })
}

/** A process of this Node with its output. */
export function follow(
  args: string[],
  env: Record<string, string>,
  { cwd = path.dirname(SERVER_FILE), confinement = {} }: { cwd?: string; confinement?: Confinement } = {},
) {
  const variables = { PATH: process.env.PATH, LOG_LEVEL: 'warn', ...env } as unknown as NodeJS.ProcessEnv
  const { uid, maxFileBytes } = confinement
  const command = maxFileBytes ? ['/bin/sh', '-c', `ulimit -f ${maxFileBytes / 512} && exec "$0" "$@"`] : []
  const [program, ...rest] = [...command, process.execPath, ...args]
  const child = spawn(program!, rest, { cwd, env: variables, uid, gid: uid })
  running.add(child)
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()))
  const ended = once(child, 'close').then(([code, signal]) => {
    running.delete(child)
    return { code: code as number | null, signal: signal as NodeJS.Signals | null, ...output }
  })
  return { child, output, ended }
}

type Followed = ReturnType<typeof follow>

/** A server that answers, on a port of its own choice unless `PORT` names one. */
export async function startServer(env: Record<string, string>, confinement?: Confinement) {
  const port = env.PORT ?? (env.NODE_ENV === 'production' ? String(await freePort()) : '0')
  const { child, output, ended } = await launch({ HOST: '127.0.0.1', ...env, PORT: port }, confinement)
  const url = port === '0' ? await addressOf({ child, output }) : `http://127.0.0.1:${port}`
  await until(() => isOver(child, output) || answers(url), 'an answer of the server', START_MS)
  return {
    url,
    child,
    output,
    ended,
    api: createApiClient(url),
    stop: async (signal: NodeJS.Signals = 'SIGTERM') => {
      child.kill(signal)
      return ended
    },
  }
}

/** Where a server listens that has said so; one in production does not. */
export async function addressOf({ child, output }: Pick<Followed, 'child' | 'output'>): Promise<string> {
  const port = () => /http:\/\/localhost:(\d+)/.exec(output.stdout)?.[1]
  return `http://127.0.0.1:${await until(() => isOver(child, output) || port(), 'the start of the server', START_MS)}`
}

/** @throws what it said at its end */
function isOver(child: ChildProcess, output: Followed['output']): false {
  if (child.exitCode === null && child.signalCode === null) return false
  throw new Error(`no server: ${output.stderr || 'no word'}`)
}

const answers = (url: string) =>
  fetch(`${url}/livez`).then(
    (response) => response.ok,
    () => false,
  )

export type ServerProcess = Awaited<ReturnType<typeof startServer>>

let template: Promise<string> | undefined
const copies: string[] = []

async function makeTemplate(): Promise<string> {
  const dir = tempDir()
  await (await startServer({ DATA_DIR: dir })).stop()
  return dir
}

/** A data folder in which a server has been before, so that a start need not seed the demo. */
export async function usedDataDir(): Promise<string> {
  template ??= makeTemplate()
  const dir = tempDir()
  copies.push(dir)
  fs.cpSync(await template, dir, { recursive: true })
  return dir
}

/** Ends whatever a failed test left running and removes what was copied for it. */
export function cleanUp(): void {
  for (const child of running) child.kill('SIGKILL')
  for (const dir of copies.splice(0)) fs.rmSync(dir, { recursive: true, force: true })
}

export async function removeTemplate(): Promise<void> {
  const dir = await template?.catch(() => undefined)
  if (dir) fs.rmSync(dir, { recursive: true })
}
