import fs from 'node:fs'
import path from 'node:path'

/** Every environment variable the server reads; the only place that touches `process.env`. */
export const ENV_NAMES = [
  'NODE_ENV',
  'HOST',
  'PORT',
  'DATA_DIR',
  'DATABASE_URL',
  'REDIS_URL',
  'JWT_SECRET',
  'DATA_KEY',
  'DATA_KEY_PREVIOUS',
  'EVENT_KEY',
  'CALLBACK_SECRET',
  'PUBLIC_URL',
  'UPSTREAMS',
  'WECHAT_APPID',
  'WECHAT_SECRET',
  'WECHAT_API_BASE_URL',
  'WECHAT_CONTENT_CHECK',
  'WECHAT_TEMPLATES',
  'QUIET_HOURS',
  'NGS_BASE_URL',
  'NGS_TOKEN',
  'NGS_DS',
  'NGS_EPID',
  'NGS_STAFF_ID',
  'NGS_GROUP_ID',
  'NGS_DB_POOL',
  'NGS_CUSTOMER_GUID',
  'NGS_MAP_IDS',
  'NGS_FIELD_MAP',
  'WXWORK_BASE_URL',
  'CALLBACK_URL',
  'MAX_EVENTS',
  'MONITOR_INTERVAL_MS',
  'CLOUDBASE_ENV',
  'CLOUDBASE_SECRET_ID',
  'CLOUDBASE_SECRET_KEY',
  'CLOUDBASE_SERVICE_URL',
  'CLOUD_SHARED_SECRET',
  'SERVER_URL',
  'WECHAT_MESSAGES',
  'STORAGE',
  'CAPTCHA_DECODER_URL',
  'TRUSTED_PROXIES',
  'CORS_ORIGINS',
  'METRICS_TOKEN',
  'LOG_LEVEL',
] as const

export type Env = Partial<Record<(typeof ENV_NAMES)[number], string>>

/** Reads the variables as trimmed strings; an empty one counts as unset. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const env: Env = {}
  for (const name of ENV_NAMES) {
    const value = source[name]?.trim()
    if (value) env[name] = value
  }
  return env
}

/**
 * Reads `.env` in the working directory where there is one; variables already set win.
 * @throws Error where it is there and cannot be read; Node itself reports that as a missing file
 */
export function loadEnvFile(): void {
  const file = path.resolve('.env')
  try {
    fs.accessSync(file, fs.constants.R_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return
    throw new Error(`${file} cannot be read (${code}): who runs this must be able to read it`, { cause: error })
  }
  process.loadEnvFile(file)
}
