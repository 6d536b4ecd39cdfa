// Builds the admin console: `node server/console/build.js [--if-stale]`.
const fs = require('node:fs')
const path = require('node:path')
const { assertDevPackages } = require('../cli/dev-packages')

const ROOT = path.resolve(__dirname, '../..')
const FOLDER = path.join(ROOT, 'dist/console')
const OUTPUT = path.join(FOLDER, 'index.html')
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
  assertDevPackages()
  const { build } = await import('vite')
  // Beside it: a build that fails leaves the one before, never a part of itself.
  const draft = `${FOLDER}.${process.pid}`
  const { NODE_ENV } = process.env
  try {
    // Vite builds for the process's own: what a test builds is what people get.
    process.env.NODE_ENV = 'production'
    await build({
      configFile: path.join(__dirname, 'vite.config.mts'),
      logLevel: quiet ? 'error' : 'info',
      build: { outDir: draft },
    })
    fs.rmSync(FOLDER, { recursive: true, force: true })
    fs.renameSync(draft, FOLDER)
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = NODE_ENV
    fs.rmSync(draft, { recursive: true, force: true })
  }
}

if (require.main === module)
  exports.buildConsole({ ifStale: process.argv[2] === '--if-stale' }).catch((error) => {
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  })
