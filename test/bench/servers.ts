import { type ChildProcess, fork } from 'node:child_process'
import path from 'node:path'
import { build } from 'esbuild'
import { WORKERS } from './dataset'
import { type ServerMessage, type ServerSettings, SETTINGS_VARIABLE, type Usage } from './settings'

export type ServerName = 'ours' | 'bare' | 'bare*' | 'twin' | 'wechat'

export interface RunningServer {
  name: ServerName
  url: string
  /** Its SQLite file. */
  file: string
  /** From the start of the process until it took requests. */
  startMs: number
  /** Numbers of the work orders that are there and that no request took yet: `next` up to before `end`. */
  orders: { next: number; end: number }
  usage(): Promise<Usage>
  stop(): Promise<void>
}

/** Bundles the servers as a release is: a type-stripping loader would slow each of them in its own way. */
export async function buildServers(outdir: string): Promise<void> {
  await build({
    entryPoints: (['ours', 'bare', 'twin', 'wechat'] as const).map((name) => path.join(__dirname, `server-${name}.ts`)),
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  })
}

export interface StartOptions {
  bundles: string
  file: string
  wechatUrl: string
  execArgv?: string[]
}

/** Starts one server in a process of its own. */
export async function startServer(
  name: ServerName,
  { bundles, file, wechatUrl, execArgv = [] }: StartOptions,
): Promise<RunningServer> {
  const settings: ServerSettings = { file, dataDir: path.dirname(file), preparedKey: name === 'bare*', wechatUrl }
  const began = performance.now()
  const child = fork(path.join(bundles, `server-${name.replace('*', '')}.js`), {
    env: { ...process.env, NODE_ENV: 'production', [SETTINGS_VARIABLE]: JSON.stringify(settings) },
    execArgv,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const message = await next(child, name)
  if (!('ready' in message)) throw new Error(`${name} did not start`)
  return {
    name,
    url: `http://127.0.0.1:${message.ready}`,
    file,
    startMs: performance.now() - began,
    orders: { next: WORKERS + 1, end: WORKERS + 1 },
    usage: async () => {
      child.send('usage')
      const answer = await next(child, name)
      if (!('usage' in answer)) throw new Error(`${name} did not tell what it used`)
      return answer.usage
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.disconnect()
      }),
  }
}

function next(child: ChildProcess, name: ServerName): Promise<ServerMessage> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the server "${name}" ended with ${code}`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message as ServerMessage)
    })
  })
}
