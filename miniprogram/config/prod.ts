import type { UserConfigExport } from '@tarojs/cli'

export const prod: UserConfigExport<'webpack5'> = {
  mini: { enableSourceMap: false },
  h5: { enableSourceMap: false },
}
