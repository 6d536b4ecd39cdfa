const path = require('node:path')

// The built mini-program in a stand-in for WeChat's runtime. Builds it first when it is older than its sources.
module.exports = {
  displayName: 'weapp',
  rootDir: path.resolve(__dirname, '../..'),
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/weapp/**/*.test.js'],
  globalSetup: '<rootDir>/test/weapp/build.js',
  modulePathIgnorePatterns: ['<rootDir>/miniprogram/dist', '<rootDir>/dist'],
  transform: {},
}
