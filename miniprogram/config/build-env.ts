const LOCAL_SERVER = 'http://localhost:4001'
const LOCAL_HOST = /^https?:\/\/(localhost|127\.|0\.0\.0\.0|\[::1\])/i

type Variables = Record<string, string | undefined>

export interface BuildEnv {
  /** Address every request starts with; '' means the page's own origin. */
  api: string
  /** Whether the browser build may log in without WeChat. */
  demo: boolean
  /** Subscribe-message templates, comma separated. */
  templates: string
  /** How calls reach the server: straight, or through cloud functions (WeChat only). */
  transport: 'https' | 'cloud'
  /** The CloudBase environment of the functions; '' with `https`. */
  cloudEnv: string
}

/**
 * Decides what the bundle is told about its server.
 * Throws when a WeChat release build has no address, or one that a phone cannot reach.
 */
export function readBuildEnv(target: string, env: Variables): BuildEnv {
  const api = (env.TARO_APP_API ?? '').trim().replace(/\/+$/, '')
  const demo = isDemo(env, target === 'h5' && api === '')
  const templates = env.TARO_APP_TEMPLATES ?? ''
  const transport = target === 'h5' ? 'https' : readTransport(env.TARO_APP_TRANSPORT)
  const common = { demo, templates, transport }
  if (target === 'h5') return { ...common, api, cloudEnv: '' }
  // The server's own links are absolute where functions carry the calls: it needs PUBLIC_URL, the app no address.
  if (transport === 'cloud') return { ...common, api, cloudEnv: readCloudEnv(env.TARO_APP_CLOUD_ENV) }
  if (!demo) assertReleaseAddress(api)
  return { ...common, api: api || LOCAL_SERVER, cloudEnv: '' }
}

function isDemo({ TARO_APP_DEMO, NODE_ENV }: Variables, ownOrigin: boolean): boolean {
  if (TARO_APP_DEMO) return TARO_APP_DEMO === 'true' || TARO_APP_DEMO === '1'
  return NODE_ENV !== 'production' || ownOrigin
}

function readTransport(text = ''): BuildEnv['transport'] {
  const transport = text.trim() || 'https'
  if (transport !== 'https' && transport !== 'cloud')
    throw new Error(`TARO_APP_TRANSPORT=${transport} is unknown: use https or cloud.`)
  return transport
}

function readCloudEnv(text = ''): string {
  const env = text.trim()
  if (!env) throw new Error('TARO_APP_CLOUD_ENV is missing: TARO_APP_TRANSPORT=cloud needs the CloudBase environment.')
  return env
}

function assertReleaseAddress(api: string): void {
  if (api === '') {
    throw new Error(
      'TARO_APP_API is missing: a release build of the mini-program needs the server address, ' +
        'for example TARO_APP_API=https://api.example.com. For a local demo set TARO_APP_DEMO=true.',
    )
  }
  if (LOCAL_HOST.test(api)) {
    throw new Error(`TARO_APP_API=${api} points at this computer: phones cannot reach it in a release build.`)
  }
  if (!api.startsWith('https://')) {
    throw new Error(`TARO_APP_API=${api} must start with https://: WeChat refuses anything else in a release build.`)
  }
}
