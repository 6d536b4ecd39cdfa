const { buildFunctions } = require('../../cloudfunctions/build')
const { buildClient } = require('../../miniprogram/build')

/** The same app, with cloud functions carrying its calls. */
const CLOUD = {
  output: 'dist/weapp-cloud',
  variables: { TARO_APP_TRANSPORT: 'cloud', TARO_APP_CLOUD_ENV: 'sandbox-env' },
}

module.exports = async () => {
  await buildFunctions()
  buildClient('weapp', { ifStale: true, quiet: true })
  buildClient('weapp', { ifStale: true, quiet: true, ...CLOUD })
}
