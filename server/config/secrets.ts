import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { type Config, ConfigError, parseConfig } from './config'
import { prepareDataDir } from './data-dir'
import type { Env } from './env'

/** Keys of the installation. Not a plain object: it neither serialises nor prints. */
export class Secrets {
  readonly #values: SecretValues
  constructor(values: SecretValues) {
    this.#values = values
  }
  get jwtSecret() {
    return this.#values.JWT_SECRET
  }
  /** 32 bytes. */
  get dataKey() {
    return Buffer.from(this.#values.DATA_KEY, 'base64')
  }
  /** The key before the last change, while values sealed with it may be left. */
  get previousDataKey() {
    const { DATA_KEY_PREVIOUS } = this.#values
    return DATA_KEY_PREVIOUS ? Buffer.from(DATA_KEY_PREVIOUS, 'base64') : null
  }
  get eventKey() {
    return this.#values.EVENT_KEY
  }
  get callbackSecret() {
    return this.#values.CALLBACK_SECRET
  }
  /** What cloud functions sign with; empty: `/internal/cloud` is closed. */
  get cloudSecret() {
    return this.#values.CLOUD_SHARED_SECRET ?? ''
  }
}

const NAMES = ['JWT_SECRET', 'DATA_KEY', 'EVENT_KEY', 'CALLBACK_SECRET'] as const
type SecretName = (typeof NAMES)[number]
type SecretValues = Record<SecretName, string> & { DATA_KEY_PREVIOUS?: string; CLOUD_SHARED_SECRET?: string }

const MIN_SECRET_LENGTH = 16
/** Fewer different ones are a word written twice or a filled-in blank. */
const MIN_SECRET_LETTERS = 9
const DATA_KEY_BYTES = 32
const DATA_KEY_RULE = 'must be 32 bytes in base64: openssl rand -base64 32'
/** It opens every customer's account: longer than the others, and no repeated letter. */
const MIN_CLOUD_SECRET_LENGTH = 32
const MIN_CLOUD_SECRET_LETTERS = 10

/**
 * Takes each secret from the environment; outside production a missing one is generated once into
 * `<dataDir>/secrets/<name>` and found there again.
 * @throws ConfigError naming every missing or weak secret
 */
export function loadSecrets(env: Env, options: { production: boolean; dataDir: string }): Secrets {
  const faults = secretFaults(env, options.production)
  if (faults.length > 0) throw new ConfigError(faults)
  const values = {} as SecretValues
  for (const name of NAMES) values[name] = env[name] ?? generated(name, options.dataDir)
  if (env.DATA_KEY_PREVIOUS) values.DATA_KEY_PREVIOUS = env.DATA_KEY_PREVIOUS
  if (env.CLOUD_SHARED_SECRET) values.CLOUD_SHARED_SECRET = env.CLOUD_SHARED_SECRET
  return new Secrets(values)
}

/**
 * Configuration and secrets; every fault of either in one message. The data folder exists afterwards.
 * @throws ConfigError, or Error where the folder cannot be used
 */
export function configure(env: Env): { config: Config; secrets: Secrets } {
  let config: Config
  try {
    config = parseConfig(env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new ConfigError([...error.faults, ...secretFaults(env, env.NODE_ENV === 'production')])
  }
  const faults = secretFaults(env, config.production)
  if (faults.length > 0) throw new ConfigError(faults)
  prepareDataDir(config.dataDir)
  return { config, secrets: loadSecrets(env, config) }
}

function secretFaults(env: Env, production: boolean): string[] {
  const faults: string[] = []
  for (const name of NAMES) {
    const fault = env[name] || production ? faultOf(name, env[name]) : null
    if (fault) faults.push(`${name}: ${fault}`)
  }
  if (env.DATA_KEY_PREVIOUS && faultOf('DATA_KEY', env.DATA_KEY_PREVIOUS))
    faults.push(`DATA_KEY_PREVIOUS: ${DATA_KEY_RULE}`)
  if (env.CLOUD_SHARED_SECRET && isWeak(env.CLOUD_SHARED_SECRET))
    faults.push(`CLOUD_SHARED_SECRET: must have at least ${MIN_CLOUD_SECRET_LENGTH} characters, hard to guess`)
  return faults
}

const isWeak = (secret: string) =>
  secret.length < MIN_CLOUD_SECRET_LENGTH || new Set(secret).size < MIN_CLOUD_SECRET_LETTERS

function faultOf(name: SecretName, value: string | undefined): string | null {
  if (!value) return 'must be set in production'
  if (name === 'DATA_KEY') return Buffer.from(value, 'base64').length === DATA_KEY_BYTES ? null : DATA_KEY_RULE
  if (name === 'CALLBACK_SECRET' && !/^[\w-]+$/.test(value)) return 'may hold only letters, digits, _ and -'
  if (value.length < MIN_SECRET_LENGTH) return `must have at least ${MIN_SECRET_LENGTH} characters`
  return new Set(value).size < MIN_SECRET_LETTERS ? 'must be hard to guess: openssl rand -base64 32' : null
}

/** Two servers starting at once on one folder agree: the link appears whole and only one can create it. */
function generated(name: SecretName, dataDir: string): string {
  const dir = path.join(dataDir, 'secrets')
  const file = path.join(dir, name)
  if (!fs.existsSync(file)) {
    fs.mkdirSync(dir, { recursive: true, mode: 0o700 })
    const fresh = randomBytes(32).toString(name === 'CALLBACK_SECRET' ? 'hex' : 'base64')
    const draft = `${file}.${process.pid}`
    fs.writeFileSync(draft, fresh, { mode: 0o600 })
    try {
      fs.linkSync(draft, file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      fs.rmSync(draft)
    }
  }
  return fs.readFileSync(file, 'utf8').trim()
}
