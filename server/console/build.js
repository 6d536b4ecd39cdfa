// Builds the admin console: `node server/console/build.js [--if-stale]`.
const fs = require('node:fs')
const path = require('node:path')

const ROOT = path.resolve(__dirname, '../..')
const OUTPUT = path.join(ROOT, 'dist/console/index.html')
const SOURCES = [__dirname, path.join(ROOT, 'types')]

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

const isFresh = () => fs.existsSync(OUTPUT) && fs.statSync(OUTPUT).mtimeMs > newestMs(SOURCES)

exports.buildConsole = async ({ ifStale = false, quiet = false } = {}) => {
  if (ifStale && isFresh()) return
  const { build } = await import('vite')
  const { NODE_ENV } = process.env
  try {
    // Vite builds for the process's own: what a test builds is what people get.
    process.env.NODE_ENV = 'production'
    await build({ configFile: path.join(__dirname, 'vite.config.mts'), logLevel: quiet ? 'error' : 'info' })
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = NODE_ENV
  }
}

if (require.main === module)
  exports.buildConsole({ ifStale: process.argv[2] === '--if-stale' }).catch((error) => {
    process.stderr.write(`${error.stack ?? error}\n`)
    process.exit(1)
  })
