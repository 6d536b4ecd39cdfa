const LOCAL_SERVER = 'http://localhost:4001'
const LOCAL_HOST = /^https?:\/\/(localhost|127\.|0\.0\.0\.0|\[::1\])/i

type Variables = Record<string, string | undefined>

export interface BuildEnv {
  /** Address every request starts with; '' means the page's own origin. */
  api: string
  /** Whether the browser build may log in without WeChat. */
  demo: boolean
}

/**
 * Decides what the bundle is told about its server.
 * Throws when a WeChat release build has no address, or one that a phone cannot reach.
 */
export function readBuildEnv(target: string, env: Variables): BuildEnv {
  const api = (env.TARO_APP_API ?? '').trim().replace(/\/+$/, '')
  const development = env.NODE_ENV !== 'production'
  const demo = env.TARO_APP_DEMO
    ? env.TARO_APP_DEMO === 'true' || env.TARO_APP_DEMO === '1'
    : development || (target === 'h5' && api === '')
  if (target === 'h5') return { api, demo }
  if (!demo) assertReleaseAddress(api)
  return { api: api || LOCAL_SERVER, demo }
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
