// Bundles every cloud function by itself: `npm run build:functions` writes dist/cloudfunctions/<name>, ready to upload.
const fs = require('node:fs')
const path = require('node:path')
const esbuild = require('esbuild')

const root = path.resolve(__dirname, '..')
const OUTPUT = path.join(root, 'dist/cloudfunctions')

/** Seconds, minutes, hours, day, month, weekday, year, in UTC+8. */
const timer = (name, config) => ({ triggers: [{ name, type: 'timer', config }] })

/** What `config.json` of each says: what WeChat's tools read beside the code. */
const CONFIG = {
  gateway: { permissions: { openapi: [] } },
  storage: { permissions: { openapi: [] } },
  maintain: { permissions: { openapi: [] }, ...timer('every-minute', '0 * * * * * *') },
  notify: { permissions: { openapi: ['subscribeMessage.send'] }, ...timer('every-minute', '30 * * * * * *') },
}

exports.FUNCTIONS = Object.keys(CONFIG)

/** @returns what each bundle was made of */
exports.buildFunctions = async (output = OUTPUT) => {
  const inputs = {}
  for (const name of exports.FUNCTIONS) {
    const folder = path.join(output, name)
    const { metafile } = await esbuild.build({
      entryPoints: [path.join(__dirname, name, 'index.ts')],
      outfile: path.join(folder, 'index.js'),
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'cjs',
      target: 'node18',
      legalComments: 'none',
      metafile: true,
      absWorkingDir: root,
      logLevel: 'error',
    })
    inputs[name] = Object.keys(metafile.inputs)
    const manifest = { name, version: '1.0.0', private: true, main: 'index.js', engines: { node: '>=18' } }
    fs.writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    fs.writeFileSync(path.join(folder, 'config.json'), `${JSON.stringify(CONFIG[name], null, 2)}\n`)
  }
  return inputs
}

if (require.main === module) {
  exports.buildFunctions().catch((error) => {
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  })
}
