import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { Compiler } from 'webpack'

const SOURCE = path.resolve(__dirname, '../src/service-worker.js')
const SCRIPT_OR_STYLE = /\.[0-9a-f]{8}\.(js|css)$/

/** Adds the service worker to the browser build, told which files make up this version. */
export class ServiceWorkerPlugin {
  apply(compiler: Compiler): void {
    const { Compilation, sources } = compiler.webpack
    compiler.hooks.thisCompilation.tap('ServiceWorkerPlugin', (compilation) => {
      // After the names carry their final digests and the page refers to them.
      const stage = Compilation.PROCESS_ASSETS_STAGE_REPORT
      compilation.hooks.processAssets.tap({ name: 'ServiceWorkerPlugin', stage }, (assets) => {
        const files = Object.keys(assets).filter((name) => SCRIPT_OR_STYLE.test(name))
        const page = assets['index.html']?.source().toString() ?? ''
        const version = createHash('sha256')
          .update(JSON.stringify([page, files]))
          .digest('hex')
          .slice(0, 12)
        const facts = `const VERSION = '${version}'\nconst FILES = ${JSON.stringify(files)}\n`
        compilation.emitAsset('service-worker.js', new sources.RawSource(facts + fs.readFileSync(SOURCE, 'utf8')))
      })
    })
  }
}
