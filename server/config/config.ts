import path from 'node:path'
import proxyaddr from 'proxy-addr'
import { z } from 'zod'
import { type CloudConfig, cloudConfig, cloudFaults, cloudVariables } from './cloud'
import type { Env } from './env'
import { type MessageTemplates, messageVariables, type QuietHours, SANDBOX_TEMPLATES } from './messages'
import { type NgsConfig, ngsConfig, ngsFaults, ngsVariables } from './ngs'
import { type WxworkConfig, wxworkConfig, wxworkVariables } from './wxwork'

export interface DatabaseConfig {
  engine: 'sqlite' | 'mssql'
  /** SQLite file; empty for SQL Server. */
  file: string
  /** `mssql://…`; empty for SQLite. */
  url: string
}

export interface WechatConfig {
  appId: string
  secret: string
  /** Empty: the sandbox's address is filled in at start. */
  baseUrl: string
  contentCheck: boolean
  /** Subscribe messages by event; none: customers have only their inbox. */
  templates: MessageTemplates
}

export interface Config {
  production: boolean
  host: string
  port: number
  dataDir: string
  database: DatabaseConfig
  /** What replicas share; empty: there is one process. */
  redisUrl: string
  /** Base of absolute links; empty: links are root-relative. */
  publicUrl: string
  upstreams: 'sandbox' | 'live'
  wechat: WechatConfig | null
  ngs: NgsConfig | null
  wxwork: WxworkConfig
  cloud: CloudConfig
  /** When messages to a person wait; those to the inbox do not. */
  quietHours: QuietHours
  /** Address of a decoding service; empty: the local models. */
  captchaDecoderUrl: string
  trustedProxies: string[]
  corsOrigins: string[]
  metricsToken: string
  logLevel: string
}

/** All faults of the configuration in one message, a line each. */
export class ConfigError extends Error {
  constructor(readonly faults: string[]) {
    super(`configuration is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`)
    this.name = 'ConfigError'
  }
}

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' })
const list = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((part) => part.trim() || []))

/** Addresses and networks, or the names that proxy-addr knows, such as `loopback`. */
const networks = list.check(({ value, issues }) => {
  for (const input of value)
    try {
      proxyaddr.compile([input])
    } catch {
      issues.push({ code: 'custom', message: `"${input}" is no address or network such as 10.0.0.0/8`, input })
    }
})

const PORT_RULE = 'must be a whole number from 0 to 65535'

const schema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: z.string().default('0.0.0.0'),
  PORT: z.coerce.number(PORT_RULE).int(PORT_RULE).min(0, PORT_RULE).max(65535, PORT_RULE).default(4001),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: z
    .url({ protocol: /^mssql$/, error: 'must look like mssql://user:password@host:1433/database?encrypt=true' })
    .refine((url) => !URL.canParse(url) || new URL(url).pathname.length > 1, 'names no database: …@host:1433/database')
    .optional(),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, hostname: /./, error: 'must look like redis://:password@host:6379/0' })
    .optional(),
  PUBLIC_URL: httpUrl.optional(),
  UPSTREAMS: z.enum(['sandbox', 'live']).optional(),
  WECHAT_APPID: z.string().optional(),
  WECHAT_SECRET: z.string().optional(),
  WECHAT_API_BASE_URL: httpUrl.optional(),
  WECHAT_CONTENT_CHECK: z.enum(['on', 'off']).default('off'),
  ...messageVariables,
  ...ngsVariables,
  ...wxworkVariables,
  ...cloudVariables,
  CAPTCHA_DECODER_URL: httpUrl.optional(),
  TRUSTED_PROXIES: networks,
  CORS_ORIGINS: list.pipe(z.array(httpUrl)),
  METRICS_TOKEN: z.string().default(''),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

/**
 * Turns the environment into the typed, frozen configuration.
 * @throws ConfigError naming every fault at once
 */
export function parseConfig(env: Env): Config {
  const parsed = schema.safeParse(env)
  const faults = [
    ...(parsed.success ? ngsFaults(parsed.data) : parsed.error.issues.map(describe)),
    ...crossFaults(env),
    ...cloudFaults(env),
  ]
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults)
  return deepFreeze(toConfig(parsed.data))
}

type Parsed = z.infer<typeof schema>

const describe = (issue: z.core.$ZodIssue) => `${issue.path.join('.')}: ${issue.message}`
const upstreamsOf = (env: Parsed) => env.UPSTREAMS ?? (env.NODE_ENV === 'production' ? 'live' : 'sandbox')

/** Variables that contradict each other, each well-formed or not. */
function crossFaults(env: Env): string[] {
  const faults: string[] = []
  if (env.NODE_ENV === 'production' && env.UPSTREAMS === 'sandbox')
    faults.push('UPSTREAMS: sandbox upstreams are refused in production')
  if (env.NODE_ENV === 'production' && env.PUBLIC_URL && !isOrigin(env.PUBLIC_URL))
    faults.push(
      'PUBLIC_URL: must be scheme and host alone, like https://service.example.com, with no / or path after it',
    )
  if (Boolean(env.WECHAT_APPID) !== Boolean(env.WECHAT_SECRET))
    faults.push('WECHAT_APPID and WECHAT_SECRET: set both or neither')
  return faults
}

/** What is no address at all is a fault of its own. */
const isOrigin = (text: string) => !URL.canParse(text) || /^\w+:\/\/[^/?#]+$/.test(text)

function toConfig(env: Parsed): Config {
  const dataDir = path.resolve(env.DATA_DIR)
  return {
    production: env.NODE_ENV === 'production',
    host: env.HOST,
    port: env.PORT,
    dataDir,
    database: env.DATABASE_URL
      ? { engine: 'mssql', file: '', url: env.DATABASE_URL }
      : { engine: 'sqlite', file: path.join(dataDir, 'app.db'), url: '' },
    redisUrl: env.REDIS_URL ?? '',
    // A port that the system chooses is not known yet: links are then relative to the site.
    publicUrl: env.PUBLIC_URL?.replace(/\/+$/, '') ?? (env.PORT ? `http://localhost:${env.PORT}` : ''),
    upstreams: upstreamsOf(env),
    wechat: wechatConfig(env),
    ngs: ngsConfig(env, upstreamsOf(env) === 'live'),
    wxwork: wxworkConfig(env, upstreamsOf(env) === 'live'),
    cloud: cloudConfig(env),
    quietHours: env.QUIET_HOURS ?? null,
    captchaDecoderUrl: env.CAPTCHA_DECODER_URL ?? '',
    trustedProxies: env.TRUSTED_PROXIES,
    corsOrigins: env.CORS_ORIGINS,
    metricsToken: env.METRICS_TOKEN,
    logLevel: env.LOG_LEVEL,
  }
}

function wechatConfig(env: Parsed): WechatConfig | null {
  const live = upstreamsOf(env) === 'live'
  if (live && !env.WECHAT_APPID) return null
  return {
    appId: env.WECHAT_APPID ?? 'wxdemo',
    secret: env.WECHAT_SECRET ?? 'demo-secret',
    baseUrl: env.WECHAT_API_BASE_URL ?? (live ? 'https://api.weixin.qq.com' : ''),
    contentCheck: env.WECHAT_CONTENT_CHECK === 'on',
    templates: env.WECHAT_TEMPLATES ?? (live || env.WECHAT_API_BASE_URL ? {} : SANDBOX_TEMPLATES),
  }
}

function deepFreeze<T extends object>(value: T): Readonly<T> {
  for (const child of Object.values(value)) if (child && typeof child === 'object') deepFreeze(child as object)
  return Object.freeze(value)
}
