import fs from 'node:fs'
import { type Config, type DatabaseConfig, parseConfig } from '../config/config'
import { prepareDataDir } from '../config/data-dir'
import { type Env, loadEnvFile, readEnv } from '../config/env'
import { loadSecrets, type Secrets } from '../config/secrets'
import { type Context, createContext } from '../context'
import { migrate } from '../db/migrate'

/**
 * The configuration a server started here would have. Says which database that is, for a setting that was not read
 * leads to another one.
 * @throws Error where the command works only on a database that is there, and SQLite has none
 */
export function readConfig({ creates = false } = {}): { env: Env; config: Config } {
  loadEnvFile()
  const env = readEnv()
  const config = parseConfig(env)
  const { engine, file } = config.database
  process.stdout.write(`数据库 ${nameOf(config.database)}\n`)
  if (!creates && engine === 'sqlite' && !fs.existsSync(file))
    throw new Error(`没有数据库 ${file}；核对 DATA_DIR、DATABASE_URL 和当前目录`)
  prepareDataDir(config.dataDir)
  return { env, config }
}

/** Without user and password. */
function nameOf({ engine, file, url }: DatabaseConfig): string {
  if (engine === 'sqlite') return file
  const { host, pathname } = new URL(url)
  return `mssql://${host}${pathname}`
}

/**
 * Runs `work` with everything a server has; nothing listens, and neither a partner nor Redis is connected. The
 * database is made where there is none and migrated first, unless it is to be left as it is.
 */
export async function withContext(
  work: (context: Context, secrets: Secrets) => Promise<void>,
  { migrates = true } = {},
): Promise<void> {
  const { env, config } = readConfig({ creates: migrates })
  const secrets = loadSecrets(env, config)
  const context = await createContext({ ...config, redisUrl: '', wechat: null, ngs: null }, secrets)
  try {
    if (migrates) await migrate(context.database)
    await work(context, secrets)
  } finally {
    await context.close()
  }
}
