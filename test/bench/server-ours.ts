/** The real application, configured as in production. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApp } from '../../server/app'
import { parseConfig } from '../../server/config/config'
import { loadSecrets } from '../../server/config/secrets'
import { createContext } from '../../server/context'
import { migrate } from '../../server/db/migrate'
import { type CreateRateLimit, createMemoryRateLimit } from '../../server/http/limits'
import { CALLBACK_SECRET, EVENT_KEY, JWT_SECRET, readSettings, report, WECHAT } from './settings'

/** Limits are kept as ever and never reached. */
const createRateLimit: CreateRateLimit = (name) => createMemoryRateLimit(name, Number.MAX_SAFE_INTEGER)

async function start(): Promise<void> {
  const { file, dataDir, wechatUrl } = readSettings()
  const env = {
    NODE_ENV: 'production',
    DATA_DIR: dataDir,
    JWT_SECRET,
    EVENT_KEY,
    DATA_KEY: Buffer.alloc(32).toString('base64'),
    CALLBACK_SECRET,
    WECHAT_APPID: WECHAT.appId,
    WECHAT_SECRET: WECHAT.secret,
    WECHAT_API_BASE_URL: wechatUrl,
  }
  const config = { ...parseConfig(env), database: { engine: 'sqlite' as const, file, url: '' } }
  const context = await createContext(config, loadSecrets(env, config), { createRateLimit })
  await migrate(context.database)
  const server = createServer(createApp(context).callback())
  server.listen(0, '127.0.0.1', () => report((server.address() as AddressInfo).port))
}

start().catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
