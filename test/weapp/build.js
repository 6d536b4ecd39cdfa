const { buildClient } = require('../../miniprogram/build')

module.exports = async () => buildClient('weapp', { ifStale: true, quiet: true })
