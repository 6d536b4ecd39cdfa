import path from 'node:path'
import { defineConfig, type UserConfigExport } from '@tarojs/cli'
import { readBuildEnv } from './build-env'
import { PlainFunctionPlugin } from './plain-function-plugin'
import { dev } from './dev'
import { prod } from './prod'
import { ServiceWorkerPlugin } from './service-worker-plugin'

// TypeScript outside `src` is transpiled only when it is named in `compile.include`.
const sharedDir = path.resolve(__dirname, '../../types')

export default defineConfig<'webpack5'>(async (merge) => {
  const target = process.env.TARO_ENV ?? 'weapp'
  const env = readBuildEnv(target, process.env)
  const base: UserConfigExport<'webpack5'> = {
    projectName: 'yanyilian',
    date: '2026-11-20',
    designWidth: 375,
    deviceRatio: { 375: 2, 640: 1.17, 750: 1, 828: 0.905 },
    sourceRoot: 'src',
    outputRoot: process.env.TARO_APP_OUTPUT || `dist/${target}`,
    framework: 'react',
    plugins: [path.resolve(__dirname, 'accessible-plugin.ts')],
    compiler: { type: 'webpack5', prebundle: { enable: false } },
    cache: { enable: false },
    // A process.env.X that is not named here stays in the bundle, and the browser stops at load.
    env: {
      TARO_APP_API: JSON.stringify(env.api),
      TARO_APP_DEMO: JSON.stringify(String(env.demo)),
      TARO_APP_TEMPLATES: JSON.stringify(env.templates),
      TARO_APP_TRANSPORT: JSON.stringify(env.transport),
      TARO_APP_CLOUD_ENV: JSON.stringify(env.cloudEnv),
    },
    alias: { '@': path.resolve(__dirname, '../src'), '@shared': sharedDir },
    mini: {
      webpackChain(chain) {
        chain.plugin('plain-function').use(PlainFunctionPlugin)
      },
      compile: { include: [sharedDir] },
      optimizeMainPackage: { enable: true },
      miniCssExtractPluginOption: { ignoreOrder: true },
      postcss: { pxtransform: { enable: true, config: {} }, cssModules: { enable: false } },
    },
    h5: {
      compile: { include: [sharedDir] },
      publicPath: './',
      staticDirectory: 'static',
      router: { mode: 'hash' },
      output: { filename: 'js/[name].[contenthash:8].js', chunkFilename: 'js/[name].[contenthash:8].js' },
      miniCssExtractPluginOption: {
        ignoreOrder: true,
        filename: 'css/[name].[contenthash:8].css',
        chunkFilename: 'css/[name].[contenthash:8].css',
      },
      // Browsers keep px: rem would blow the layout up on a desktop screen.
      postcss: {
        autoprefixer: { enable: true, config: {} },
        pxtransform: { enable: false, config: {} },
        cssModules: { enable: false },
      },
      webpackChain(chain) {
        chain.performance.hints(false)
        if (process.env.NODE_ENV === 'production') chain.plugin('service-worker').use(ServiceWorkerPlugin)
        // What several pages share is loaded once, not copied into each page's chunk.
        chain.optimization.merge({
          splitChunks: {
            cacheGroups: { shared: { name: 'shared', chunks: 'async', minChunks: 2, minSize: 0, priority: 20 } },
          },
        })
      },
    },
  }
  return merge({}, base, process.env.NODE_ENV === 'production' ? prod : dev)
})
