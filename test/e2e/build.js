const { buildClient } = require('../../miniprogram/build')
const { buildConsole } = require('../../server/console/build')

module.exports = async () => {
  buildClient('h5', { ifStale: true, quiet: true })
  await buildConsole({ ifStale: true, quiet: true })
}
