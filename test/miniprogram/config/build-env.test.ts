import { readBuildEnv } from '../../../miniprogram/config/build-env'

const release = { NODE_ENV: 'production' }

test.each([
  ['no address', {}, 'TARO_APP_API is missing'],
  ['localhost', { TARO_APP_API: 'http://localhost:4001' }, 'points at this computer'],
  ['a loopback address', { TARO_APP_API: 'https://127.0.0.1' }, 'points at this computer'],
  ['plain http', { TARO_APP_API: 'http://api.example.com' }, 'must start with https://'],
])('a WeChat release build with %s fails', (_case, env, message) => {
  expect(() => readBuildEnv('weapp', { ...release, ...env })).toThrow(message)
})

test('a WeChat release build takes the address without its slash', () => {
  const env = { ...release, TARO_APP_API: 'https://api.example.com/' }
  expect(readBuildEnv('weapp', env)).toMatchObject({ api: 'https://api.example.com', demo: false, transport: 'https' })
})

test('a demo build talks to the local server', () => {
  const env = { ...release, TARO_APP_DEMO: 'true' }
  expect(readBuildEnv('weapp', env)).toMatchObject({ api: 'http://localhost:4001', demo: true })
  expect(readBuildEnv('weapp', { NODE_ENV: 'development' })).toMatchObject({ demo: true })
})

test('a browser build stays on its own origin, with the sandbox login only there', () => {
  expect(readBuildEnv('h5', release)).toMatchObject({ api: '', demo: true })
  const elsewhere = { ...release, TARO_APP_API: 'https://api.example.com' }
  expect(readBuildEnv('h5', elsewhere)).toMatchObject({ demo: false })
})

test('a WeChat build through cloud functions needs an environment and no address', () => {
  const env = { ...release, TARO_APP_TRANSPORT: 'cloud', TARO_APP_CLOUD_ENV: 'prod-1' }
  expect(readBuildEnv('weapp', env)).toMatchObject({ api: '', transport: 'cloud', cloudEnv: 'prod-1' })
  expect(() => readBuildEnv('weapp', { ...env, TARO_APP_CLOUD_ENV: ' ' })).toThrow('TARO_APP_CLOUD_ENV is missing')
  expect(() => readBuildEnv('weapp', { ...env, TARO_APP_TRANSPORT: 'carrier' })).toThrow('use https or cloud')
})

test('a browser has no cloud functions', () => {
  const env = { ...release, TARO_APP_TRANSPORT: 'cloud' }
  expect(readBuildEnv('h5', env)).toMatchObject({ transport: 'https', cloudEnv: '' })
})
