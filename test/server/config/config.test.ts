import path from 'node:path'
import { ConfigError, parseConfig } from '../../../server/config/config'
import { type Env, readEnv } from '../../../server/config/env'
import { callbackUrlOf } from '../../../server/config/wxwork'

function faultsOf(env: Env): string[] {
  try {
    parseConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  return []
}

describe('defaults', () => {
  test('with nothing set the embedded database, the sandbox and port 4001 are used', () => {
    expect(parseConfig({})).toMatchObject({
      production: false,
      host: '0.0.0.0',
      port: 4001,
      dataDir: path.resolve('data'),
      database: { engine: 'sqlite', file: path.resolve('data/app.db'), url: '' },
      publicUrl: 'http://localhost:4001',
      upstreams: 'sandbox',
      trustedProxies: [],
      corsOrigins: [],
      logLevel: 'info',
    })
  })

  test('production talks to the real partners, and to none that is not configured', () => {
    expect(parseConfig({ NODE_ENV: 'production' })).toMatchObject({ upstreams: 'live', wechat: null })
    const { wechat } = parseConfig({ NODE_ENV: 'production', WECHAT_APPID: 'wx1', WECHAT_SECRET: 'secret' })
    expect(wechat).toMatchObject({ appId: 'wx1', baseUrl: 'https://api.weixin.qq.com' })
  })

  test('a base address overrides the whole-system switch for its partner', () => {
    const { wechat } = parseConfig({ WECHAT_API_BASE_URL: 'http://127.0.0.1:9' })
    expect(wechat?.baseUrl).toBe('http://127.0.0.1:9')
  })
})

describe('ngs', () => {
  const BASE = { NGS_BASE_URL: 'http://ngs.internal' }

  test('is played by the sandbox, which needs no configuration', () => {
    expect(parseConfig({}).ngs).toMatchObject({
      baseUrl: '',
      token: expect.stringMatching(/./),
      customerGuid: expect.stringMatching(/./),
      mapIds: { repair: expect.any(String), installation: expect.any(String) },
    })
  })

  test('is off in production until it has an address', () => {
    expect(parseConfig({ NODE_ENV: 'production', NGS_TOKEN: 't' }).ngs).toBeNull()
    expect(parseConfig({ UPSTREAMS: 'live' }).ngs).toBeNull()
  })

  test('with an address nothing of the sandbox is left', () => {
    expect(parseConfig(BASE).ngs).toMatchObject({ token: '', customerGuid: '', mapIds: {} })
  })

  test('takes either way in', () => {
    expect(parseConfig({ ...BASE, NGS_TOKEN: 't', NGS_DB_POOL: 'p' }).ngs).toMatchObject({ token: 't', dbPool: 'p' })
    const env = { ...BASE, NGS_DS: 'gl2019', NGS_EPID: 'e', NGS_STAFF_ID: 'SELITE', NGS_GROUP_ID: 'SYSTEM' }
    expect(parseConfig(env).ngs).toMatchObject({
      token: '',
      ds: 'gl2019',
      epid: 'e',
      staffId: 'SELITE',
      groupId: 'SYSTEM',
    })
  })

  test('sends number, type, description and contact unless told otherwise', () => {
    expect(Object.keys(parseConfig(BASE).ngs!.fieldMap)).toEqual([
      'task_id',
      'type_label',
      'description',
      'customer.name',
      'customer.phone',
    ])
    const env = { ...BASE, NGS_FIELD_MAP: '{"id":"tabc.t.x"}', NGS_MAP_IDS: '{"repair":"M"}' }
    expect(parseConfig(env).ngs).toMatchObject({ fieldMap: { id: 'tabc.t.x' }, mapIds: { repair: 'M' } })
  })

  test.each<[string, Env, string]>([
    ['an address that is none', { NGS_BASE_URL: 'ngs' }, 'NGS_BASE_URL'],
    ['ids that are no JSON', { NGS_MAP_IDS: 'repair=1' }, 'NGS_MAP_IDS'],
    ['an unknown type', { NGS_MAP_IDS: '{"party":"1"}' }, 'NGS_MAP_IDS'],
    ['an id that is a number', { NGS_MAP_IDS: '{"repair":1}' }, 'NGS_MAP_IDS'],
    ['an unknown field of ours', { NGS_FIELD_MAP: '{"secret":"objective.x"}' }, 'NGS_FIELD_MAP'],
    ['a place ngs has not', { NGS_FIELD_MAP: '{"id":"oId"}' }, 'NGS_FIELD_MAP'],
    ['a table without a field', { NGS_FIELD_MAP: '{"id":"tabc.t"}' }, 'NGS_FIELD_MAP'],
    ['a list', { NGS_FIELD_MAP: '[]' }, 'NGS_FIELD_MAP'],
    ['a token that fits into no header', { NGS_TOKEN: '令牌' }, 'NGS_TOKEN'],
    ['a line break in one', { NGS_DS: 'a\nb' }, 'NGS_DS'],
  ])('refuses %s', (_case, env, named) => {
    expect(faultsOf(env)).toEqual([expect.stringMatching(`^${named}`)])
  })
})

describe('wxwork', () => {
  test('is played by the sandbox, and off in production until it has an address', () => {
    const defaults = { baseUrl: '', callbackUrl: null, maxEvents: 100, monitorIntervalMs: 45_000 }
    expect(parseConfig({}).wxwork).toEqual({ enabled: true, ...defaults })
    expect(parseConfig({ NODE_ENV: 'production' }).wxwork).toEqual({ enabled: false, ...defaults })
    const live = parseConfig({ UPSTREAMS: 'live', WXWORK_BASE_URL: 'http://gw:9952/', MAX_EVENTS: '5' }).wxwork
    expect(live).toMatchObject({ enabled: true, baseUrl: 'http://gw:9952', maxEvents: 5 })
  })

  test('the callback is our own address with the secret, or the one configured', () => {
    const of = (env: Env) => callbackUrlOf(parseConfig(env), 'S')
    expect(of({})).toBe('http://localhost:4001/callback/wxwork/S')
    expect(of({ PUBLIC_URL: 'https://a.cn/' })).toBe('https://a.cn/callback/wxwork/S')
    expect(of({ CALLBACK_URL: 'https://b.cn/callback/wxwork' })).toBe('https://b.cn/callback/wxwork/S')
    expect(of({ CALLBACK_URL: 'https://b.cn/callback/wxwork/S' })).toBe('https://b.cn/callback/wxwork/S')
  })

  test.each<[string, Env]>([
    ['WXWORK_BASE_URL', { WXWORK_BASE_URL: 'gateway' }],
    ['CALLBACK_URL', { CALLBACK_URL: 'x' }],
    ['MAX_EVENTS', { MAX_EVENTS: '0' }],
    ['MONITOR_INTERVAL_MS', { MONITOR_INTERVAL_MS: 'soon' }],
  ])('refuses a wrong %s', (named, env) => {
    expect(faultsOf(env)).toEqual([expect.stringMatching(`^${named}`)])
  })
})

describe('what is read', () => {
  test('an empty or blank variable counts as unset, others are trimmed', () => {
    expect(readEnv({ PORT: '', HOST: '  ', DATA_DIR: ' /tmp/x ', OTHER: 'y' } as unknown as NodeJS.ProcessEnv)).toEqual(
      {
        DATA_DIR: '/tmp/x',
      },
    )
  })

  test('lists are split at commas and the public address loses its last slash', () => {
    const config = parseConfig({
      TRUSTED_PROXIES: '10.0.0.0/8, 127.0.0.1,',
      CORS_ORIGINS: 'https://a.example.com,https://b.example.com',
      PUBLIC_URL: 'https://service.example.com//',
    })
    expect(config.trustedProxies).toEqual(['10.0.0.0/8', '127.0.0.1'])
    expect(config.corsOrigins).toEqual(['https://a.example.com', 'https://b.example.com'])
    expect(config.publicUrl).toBe('https://service.example.com')
  })

  test('a SQL Server address selects that engine', () => {
    const url = 'mssql://sa:p%40ss@db.internal:1433/service?encrypt=true'
    expect(parseConfig({ DATABASE_URL: url }).database).toEqual({ engine: 'mssql', file: '', url })
  })

  test('the configuration cannot be changed, however deep', () => {
    const config = parseConfig({ CORS_ORIGINS: 'https://a.example.com' })
    expect(() => Object.assign(config.database, { url: 'x' })).toThrow(TypeError)
    expect(() => config.corsOrigins.push('https://evil.example.com')).toThrow(TypeError)
  })
})

describe('faults', () => {
  test('all of them stand in one message, a line each', () => {
    const env: Env = {
      PORT: '70000',
      DATABASE_URL: 'postgres://db',
      PUBLIC_URL: 'ftp://x',
      UPSTREAMS: 'prod',
      CORS_ORIGINS: 'not a url',
      LOG_LEVEL: 'loud',
    }
    const faults = faultsOf(env)
    for (const name of Object.keys(env)) expect(faults.join('\n')).toMatch(new RegExp(`^${name}\\b`, 'm'))
    expect(() => parseConfig(env)).toThrow(/not usable:\n(  - .+\n?){6,}$/)
  })

  test.each<[string, Env, string]>([
    ['a port that is no number', { PORT: 'http' }, 'PORT: must be a whole number from 0 to 65535'],
    ['a port below zero', { PORT: '-1' }, 'PORT: must be a whole number from 0 to 65535'],
    ['a proxy that is no address', { TRUSTED_PROXIES: '10.0.0.0/8, proxy' }, 'TRUSTED_PROXIES: "proxy" is no address'],
    ['a SQL Server without a database', { DATABASE_URL: 'mssql://sa:p@db:1433?encrypt=true' }, 'names no database'],
    ['an unknown environment', { NODE_ENV: 'staging' }, 'NODE_ENV'],
    ['sandboxes in production', { NODE_ENV: 'production', UPSTREAMS: 'sandbox' }, 'UPSTREAMS'],
    ['half of the WeChat account', { WECHAT_APPID: 'wx1' }, 'WECHAT_SECRET'],
    ['the other half of it', { WECHAT_SECRET: 's' }, 'WECHAT_APPID'],
  ])('refuses %s', (_case, env, named) => {
    expect(faultsOf(env)).toEqual([expect.stringContaining(named)])
  })
})

describe('the public address in production', () => {
  const of = (PUBLIC_URL: string) => ({ NODE_ENV: 'production', PUBLIC_URL })

  test.each([
    'https://a.example.com/',
    'https://a.example.com/app',
    'https://a.example.com?x',
    'https://a.example.com/#',
  ])('refuses %s: the proxy takes the site from it, too', (url) => {
    expect(faultsOf(of(url))).toEqual([expect.stringMatching(/^PUBLIC_URL: must be scheme and host alone/)])
  })

  test.each(['https://A.example.com', 'https://a.example.com:443', 'http://10.0.0.5:8080'])('takes %s', (url) => {
    expect(parseConfig(of(url)).publicUrl).toBe(url)
  })
})

describe('cloud', () => {
  const KEYS = { CLOUDBASE_ENV: 'prod-1a2b', CLOUDBASE_SECRET_ID: 'id', CLOUDBASE_SECRET_KEY: 'key' }

  test('is off until it is configured', () => {
    expect(parseConfig({}).cloud).toEqual({ cloudbase: null, storage: 'disk', messages: 'direct' })
    expect(parseConfig({ CLOUDBASE_ENV: 'prod-1a2b' }).cloud.cloudbase).toBeNull()
    expect(parseConfig({ ...KEYS, STORAGE: 'cloudbase' }).cloud).toMatchObject({
      storage: 'cloudbase',
      cloudbase: { env: 'prod-1a2b', secretId: 'id', secretKey: 'key', serviceUrl: '' },
    })
  })

  test.each<[string, Env, string]>([
    ['storage without keys', { STORAGE: 'cloudbase', CLOUDBASE_ENV: 'e' }, 'STORAGE: cloudbase needs'],
    ['one key of two', { CLOUDBASE_ENV: 'e', CLOUDBASE_SECRET_ID: 'id' }, 'CLOUDBASE_SECRET_ID and'],
    ['keys without an environment', { CLOUDBASE_SECRET_ID: 'i', CLOUDBASE_SECRET_KEY: 'k' }, 'CLOUDBASE_ENV: must'],
    ['an environment that is none', { CLOUDBASE_ENV: 'A B' }, 'CLOUDBASE_ENV: must be the id'],
    ['an unknown storage', { STORAGE: 's3' }, 'STORAGE'],
    ['messages through functions nobody can call', { WECHAT_MESSAGES: 'cloud' }, 'WECHAT_MESSAGES: cloud needs'],
    ['identities in the clear', { NODE_ENV: 'production', SERVER_URL: 'http://a.cn' }, 'SERVER_URL: must start'],
  ])('refuses %s', (_case, env, named) => {
    expect(faultsOf(env)).toEqual([expect.stringContaining(named)])
  })
})
