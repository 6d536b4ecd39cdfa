import fs from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { LogEvent } from 'kysely'
import pino from 'pino'
import { createApp } from '../../server/app'
import { type Config, parseConfig } from '../../server/config/config'
import { loadSecrets } from '../../server/config/secrets'
import { type Context, createContext, type Overrides } from '../../server/context'
import { migrate } from '../../server/db/migrate'
import { createHttpServer } from '../../server/http/http-server'
import { startNgsSandbox } from '../../server/sandbox/ngs'
import { startWechatSandbox } from '../../server/sandbox/wechat'
import { startWxworkSandbox } from '../../server/sandbox/wxwork'
import { createTestClock } from './clock'
import { type EngineName, freshDatabase, tempDir } from './engines'
import { createApiClient } from './api-client'

export interface TestAppOptions extends Overrides {
  engine?: EngineName
  env?: Record<string, string>
  /** Starts the sandbox ngs too; without it ngs counts as not configured, and no task owes it anything. */
  ngs?: boolean
  /** Starts the sandbox gateway too; without it there is none. */
  wxwork?: boolean
  /** Runs on the empty database before the migrations. */
  beforeMigration?: (database: Awaited<ReturnType<typeof createContext>>['database']) => Promise<void>
}

/** The real app over HTTP on a free port, with a database of its own and the sandbox WeChat. */
export async function startTestApp({
  engine = 'sqlite',
  env = {},
  ngs: withNgs = false,
  wxwork: withWxwork = false,
  beforeMigration,
  ...overrides
}: TestAppOptions = {}) {
  const dataDir = tempDir()
  const clock = createTestClock()
  const logs: string[] = []
  const queries: string[] = []
  const database = await freshDatabase(engine, dataDir)
  const server = createHttpServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const callback = { CALLBACK_URL: `${url}/callback/wxwork` }
  const config = {
    ...parseConfig({ NODE_ENV: 'test', PORT: '0', DATA_DIR: dataDir, UPSTREAMS: 'sandbox', ...callback, ...env }),
    database,
  }
  const secrets = loadSecrets(env, config)
  const { wechat, ngs, wxwork } = await startPartners(config, { withNgs, withWxwork })
  const open = () =>
    createContext(config, secrets, {
      now: clock.now,
      log: pino({ level: 'debug' }, { write: (line: string) => void logs.push(line) }),
      wechatBaseUrl: wechat.url,
      ngsBaseUrl: ngs?.url,
      wxworkBaseUrl: wxwork?.url,
      onQuery: (event: LogEvent) => void queries.push(event.query.sql),
      ...overrides,
    })
  const context = await open()
  const dead: Context[] = []
  await beforeMigration?.(context.database)
  await migrate(context.database)
  server.on('request', createApp(context).callback())

  const app = {
    url,
    api: createApiClient(url),
    clock,
    config,
    secrets,
    context,
    dataDir,
    /** Lines of the request log so far. */
    logs,
    /** SQL of every query so far; empty it to count one request's. */
    queries,
    sandbox: {
      wechat,
      /** Only where the options ask for it. */
      ngs: ngs!,
      wxwork: wxwork!,
    },
    /** As kill −9 does: whatever is under way is written no more, and another process goes on with the same file. */
    async crash(): Promise<void> {
      server.removeAllListeners('request')
      server.on('request', ({ socket }) => socket.destroy())
      server.closeAllConnections()
      dead.push(app.context)
      await app.context.database.close()
      app.context = await open()
      server.removeAllListeners('request')
      server.on('request', createApp(app.context).callback())
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      for (const one of dead) await one.close().catch(() => {})
      await app.context.close()
      await wechat.close()
      await ngs?.close()
      await wxwork?.close()
      fs.rmSync(dataDir, { recursive: true, force: true })
    },
  }
  return app
}

async function startPartners(config: Config, { withNgs, withWxwork }: { withNgs: boolean; withWxwork: boolean }) {
  return {
    wechat: await startWechatSandbox({ appId: config.wechat?.appId, secret: config.wechat?.secret }),
    ngs: withNgs ? await startNgsSandbox({ token: config.ngs?.token, dataSource: config.ngs?.ds }) : null,
    wxwork: withWxwork ? await startWxworkSandbox() : null,
  }
}

export type TestApp = Awaited<ReturnType<typeof startTestApp>>
