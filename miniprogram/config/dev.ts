import type { UserConfigExport } from '@tarojs/cli'

export const dev: UserConfigExport<'webpack5'> = {
  logger: { quiet: false, stats: false },
  h5: {
    devServer: { port: 10086, proxy: [{ context: ['/api', '/auth', '/homecare'], target: 'http://localhost:4001' }] },
  },
}
