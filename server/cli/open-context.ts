import fs from 'node:fs'
import { type Config, parseConfig } from '../config/config'
import { type Env, loadEnvFile, readEnv } from '../config/env'
import { loadSecrets, type Secrets } from '../config/secrets'
import { type Context, createContext } from '../context'
import { migrate } from '../db/migrate'

/** The configuration a server started here would have; its data folder exists afterwards. */
export function readConfig(): { env: Env; config: Config } {
  loadEnvFile()
  const env = readEnv()
  const config = parseConfig(env)
  fs.mkdirSync(config.dataDir, { recursive: true })
  return { env, config }
}

/**
 * Runs `work` with everything a server has; nothing listens, and neither a partner nor Redis is connected. The
 * database is migrated first, unless it is to be left as it is.
 */
export async function withContext(
  work: (context: Context, secrets: Secrets) => Promise<void>,
  { migrates = true } = {},
): Promise<void> {
  const { env, config } = readConfig()
  const secrets = loadSecrets(env, config)
  const context = await createContext({ ...config, redisUrl: '', wechat: null, ngs: null }, secrets)
  try {
    if (migrates) await migrate(context.database)
    await work(context, secrets)
  } finally {
    await context.close()
  }
}
