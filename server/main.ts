import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Config, ConfigError } from './config/config'
import { type Env, loadEnvFile, readEnv } from './config/env'
import { configure } from './config/secrets'
import { createApp } from './app'
import { type Context, createContext } from './context'
import { migrate } from './db/migrate'
import { linkSandboxSites } from './demo/external-sites'
import { DEMO_PASSWORD, DEMO_STAFF } from './demo/people'
import { seedDemo } from './demo/seed'
import { createHttpServer } from './http/http-server'
import { createKeyCheck } from './key-check'
import { type Sandboxes, startSandboxes } from './sandbox/start'
import { startJobs } from './jobs/jobs'

const DRAIN_MS = 20_000

async function start(): Promise<void> {
  loadEnvFile()
  const env = readEnv()
  const { config, secrets } = configure(env)
  const sandboxes = await startSandboxes(config)
  const context = await createContext(config, secrets, {
    wechatBaseUrl: sandboxes?.urls.wechat,
    ngsBaseUrl: sandboxes?.urls.ngs,
    wxworkBaseUrl: sandboxes?.urls.wxwork,
  })
  for (const warning of addressWarnings(config, env)) context.log.warn(warning)
  await migrate(context.database)
  for (const fault of await createKeyCheck({ database: context.database, secrets }).glance()) context.log.error(fault)
  if (config.production) await expectNoDemo(context)
  else await seedDemo(context)
  if (sandboxes) await linkSandboxSites(context, sandboxes.urls)
  const server = createHttpServer().on('request', createApp(context).callback())
  await listen(server, config)
  const jobs = await startJobs(context)
  announce(context, server, sandboxes)
  stopOnSignal({ server, context, jobs, sandboxes })
}

/** Somebody has started this installation outside production, and everybody knows the password. */
async function expectNoDemo({ staff, log }: Context): Promise<void> {
  const emails = Object.values(DEMO_STAFF).map(({ email }) => email)
  const open = await staff.openTo(emails, DEMO_PASSWORD)
  if (open.length > 0) log.error(`demo accounts are open to everybody: ${open.join(', ')}: disable them`)
}

const LOOPBACK = /^(localhost|127\..*|\[::1\])$/

/** What works and is hardly meant. */
function addressWarnings({ production, publicUrl }: Config, { PUBLIC_URL }: Env): string[] {
  if (production && !PUBLIC_URL)
    return [`PUBLIC_URL is not set: links and callbacks start with ${publicUrl || '/'}, which nobody else can open`]
  if (production && !publicUrl.startsWith('https:'))
    return [`PUBLIC_URL is not https: WeChat opens no other links, and passwords travel in the clear`]
  if (isOpenToTheWorld({ production, publicUrl }))
    return [`NODE_ENV is not production although ${publicUrl} is: demo accounts are open, set NODE_ENV=production`]
  return []
}

function isOpenToTheWorld({ production, publicUrl }: Pick<Config, 'production' | 'publicUrl'>): boolean {
  return !production && publicUrl.startsWith('https:') && !LOOPBACK.test(new URL(publicUrl).hostname)
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
}

function announce({ config, log }: Context, server: Server, sandboxes: Sandboxes | null): void {
  const { port } = server.address() as AddressInfo
  const address = config.publicUrl || `http://localhost:${port}`
  log.info({ address, port, database: config.database.engine, upstreams: config.upstreams }, 'listening')
  if (config.production) return
  const lines = [
    `\n  研仪联现场服务  ${address}`,
    `  管理后台        ${address}/console`,
    `  接口文档        ${address}/docs`,
    ...Object.entries(sandboxes?.urls ?? {}).map(([name, url]) => `  沙箱 ${name.padEnd(10)} ${url}`),
    '',
    '  演示账号（密码 password123）',
    '    派单员   dispatcher@example.com',
    '    服务人员 worker@example.com',
    '    管理员   admin@example.com',
    '    客户     微信登录，任意以 demo- 开头的 code，例如 demo-customer-1',
    ...(isOpenToTheWorld(config)
      ? ['', `  !! ${address} 不是生产环境：以上账号任何人都能登录。请设置 NODE_ENV=production 后重启`]
      : []),
    '',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

interface Running {
  server: Server
  context: Context
  jobs: { stop(): Promise<void> }
  sandboxes: Sandboxes | null
}

/** Stops taking requests, finishes what was accepted, then closes in reverse order. */
function stopOnSignal({ server, context, jobs, sandboxes }: Running): void {
  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) return
    stopping = true
    context.log.info({ signal }, 'stopping')
    context.health.stop()
    context.live.close()
    const drained = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeIdleConnections()
    const idle = setInterval(() => server.closeIdleConnections(), 100)
    const deadline = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
    await drained
    clearInterval(idle)
    clearTimeout(deadline)
    await jobs.stop()
    await context.close()
    await sandboxes?.close()
    context.log.flush(() => process.exit(0))
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal))
}

/** One line that a person can act on; the stack only where it is our own fault. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message
  const { code, message, port } = error as { code?: string; message?: string; port?: number }
  if (code === 'EADDRINUSE') return `port ${port} is already in use; set PORT to another one`
  if (code === 'EACCES' && port) return `no permission to listen on port ${port}`
  const [line = ''] = (message ?? '').split('\n')
  return `cannot start: ${!code || line.startsWith(code) ? line : `${code}: ${line}`}`
}

start().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`)
  process.exit(1)
})
