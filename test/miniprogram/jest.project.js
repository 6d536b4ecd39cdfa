const path = require('node:path')

// Pages and services of the mini-program under jsdom, with stand-ins for Taro.
module.exports = {
  displayName: 'miniprogram',
  rootDir: path.resolve(__dirname, '../..'),
  testEnvironment: 'jsdom',
  testMatch: ['<rootDir>/test/miniprogram/**/*.test.ts?(x)'],
  setupFiles: ['<rootDir>/test/miniprogram/mocks/build-env.js'],
  setupFilesAfterEnv: ['<rootDir>/test/miniprogram/mocks/reset.ts'],
  moduleNameMapper: {
    '^@tarojs/components$': '<rootDir>/test/miniprogram/mocks/taro-components.tsx',
    '^@tarojs/taro$': '<rootDir>/test/miniprogram/mocks/taro.ts',
    '^@/(.*)$': '<rootDir>/miniprogram/src/$1',
    '^@shared/(.*)$': '<rootDir>/types/$1',
    '\\.(css|scss|png)$': '<rootDir>/test/miniprogram/mocks/empty.js',
  },
  modulePathIgnorePatterns: ['<rootDir>/miniprogram/dist', '<rootDir>/dist'],
  transform: {
    '^.+\\.[jt]sx?$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic' } },
          target: 'es2022',
        },
        module: { type: 'commonjs' },
      },
    ],
  },
}
