const { buildClient } = require('../../miniprogram/build')

module.exports = async () => buildClient('h5', { ifStale: true, quiet: true })
