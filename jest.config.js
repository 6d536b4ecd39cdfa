const os = require('node:os')

const swc = [
  '@swc/jest',
  {
    jsc: {
      parser: { syntax: 'typescript', tsx: true },
      target: 'es2023',
      transform: { react: { runtime: 'automatic' } },
    },
    module: { type: 'commonjs' },
  },
]
/** Packages that ship only ES modules, which jest's loader does not read. */
const ESM_ONLY = ['file-type', 'strtok3', 'token-types', 'peek-readable', 'uint8array-extras', '@tokenizer', '@borewit']

const server = (displayName, folder) => ({
  displayName,
  testEnvironment: 'node',
  testMatch: [`<rootDir>/test/${folder}/**/*.test.ts`],
  transform: { '^.+\\.[jt]sx?$': swc },
  transformIgnorePatterns: [`/node_modules/(?!(${ESM_ONLY.join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/miniprogram/dist', '<rootDir>/dist'],
  setupFilesAfterEnv: ['<rootDir>/test/support/setup.ts'],
})

module.exports = {
  // Suites wait for servers, timers and killed processes a third of their time. With SQL Server they take turns: it is one database.
  maxWorkers: process.env.TEST_MSSQL_URL ? 1 : Math.ceil(os.availableParallelism() * 1.5),
  testTimeout: 30_000,
  globalSetup: '<rootDir>/test/support/global-setup.js',
  projects: [
    server('server', '{server,cloudfunctions}'),
    { ...server('e2e', 'e2e'), globalSetup: '<rootDir>/test/e2e/build.js' },
    {
      ...server('console', 'console'),
      moduleNameMapper: { '^@shared/(.*)$': '<rootDir>/types/$1' },
    },
    server('load', 'load'),
    require('./test/miniprogram/jest.project.js'),
    require('./test/weapp/jest.project.js'),
  ],
}
