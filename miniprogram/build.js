// Builds the client: `node miniprogram/build.js h5|weapp [--if-stale]`.
const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const { assertDevPackages } = require('../server/cli/dev-packages')

const OUTPUTS = { weapp: 'dist/weapp/app.json', h5: 'dist/h5/index.html' }
const SOURCES = ['src', 'config', 'babel.config.js', 'build.js', '../types']

/** Newest change below the given files and folders, in ms. */
function newestMs(paths) {
  return Math.max(
    ...paths.map((entry) => {
      const stat = fs.statSync(entry)
      if (!stat.isDirectory()) return stat.mtimeMs
      return newestMs(fs.readdirSync(entry).map((name) => path.join(entry, name)))
    }),
    0,
  )
}

const isFresh = (output) =>
  fs.existsSync(output) && fs.statSync(output).mtimeMs > newestMs(SOURCES.map((name) => path.join(__dirname, name)))

/** Without a server address (or cloud functions) only a demonstration can be built; a production build without one fails. */
function environment(type) {
  const { TARO_APP_API, TARO_APP_DEMO, TARO_APP_TRANSPORT, NODE_ENV } = process.env
  const reachable = TARO_APP_API || TARO_APP_TRANSPORT === 'cloud'
  const demo = type === 'weapp' && !reachable && !TARO_APP_DEMO && NODE_ENV !== 'production'
  return { ...process.env, NODE_ENV: 'production', ...(demo ? { TARO_APP_DEMO: 'true' } : {}) }
}

/** What the client will talk to. Throws what is wrong with that: Taro itself goes on to blame its configuration file. */
function destination(type, env) {
  const { readBuildEnv } = require('tsx/cjs/api').require('./config/build-env.ts', __filename)
  const { api, demo, transport, cloudEnv } = readBuildEnv(type, env)
  if (transport === 'cloud') return `云开发环境 ${cloudEnv} 的云函数`
  if (!api) return '网页所在的地址'
  return demo ? `${api}（演示版，不能发布：发布用 NODE_ENV=production TARO_APP_API=https://…）` : api
}

function runTaro(type, env, quiet) {
  const taro = require.resolve('@tarojs/cli/bin/taro')
  execFileSync(process.execPath, [taro, 'build', '--type', type, '--no-check', '--disable-global-config'], {
    cwd: __dirname,
    env,
    stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit'],
  })
}

/** `variables` go to the build beside those of the process; `output` is a folder below this one. */
exports.buildClient = (type, { ifStale = false, quiet = false, output, variables = {} } = {}) => {
  const entry = output ? path.join(output, path.basename(OUTPUTS[type])) : OUTPUTS[type]
  if (ifStale && isFresh(path.join(__dirname, entry))) return
  assertDevPackages()
  const env = { ...environment(type), ...variables, ...(output ? { TARO_APP_OUTPUT: output } : {}) }
  const talksTo = destination(type, env)
  try {
    runTaro(type, env, quiet)
  } catch (error) {
    // Half a client must not count as one.
    fs.rmSync(path.join(__dirname, entry), { force: true })
    throw error
  }
  if (!quiet) process.stdout.write(`${path.join('miniprogram', path.dirname(entry))} 访问 ${talksTo}\n`)
}

if (require.main === module) {
  const [type, option] = process.argv.slice(2)
  if (!Object.hasOwn(OUTPUTS, type ?? '')) throw new Error(`unknown target "${type}": use h5 or weapp`)
  try {
    exports.buildClient(type, { ifStale: option === '--if-stale' })
  } catch (error) {
    // Where Taro ended it has said why.
    if (error.status === undefined) process.stderr.write(`${error.message}\n`)
    process.exit(error.status || 1)
  }
}
