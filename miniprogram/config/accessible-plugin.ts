import path from 'node:path'
import type { IPluginContext } from '@tarojs/service'
import components from './accessible-components.json'

/** What the plugin needs of a platform; that of the browser build has no templates. */
interface Platform {
  template?: { mergeComponents: (ctx: IPluginContext, components: object) => void }
  runtimePath?: string | string[]
}

/**
 * Lets names and roles for screen readers through Taro's templates to WeChat's components. The app's runtime shortens
 * attribute names by the same list, so it must know it, too.
 */
export default (ctx: IPluginContext) => {
  ctx.registerMethod({
    name: 'onSetupClose',
    fn(platform: Platform) {
      if (!platform.template) return
      platform.template.mergeComponents(ctx, components)
      platform.runtimePath = [platform.runtimePath ?? [], path.resolve(__dirname, 'accessible-runtime.js')].flat()
    },
  })
}
