import path from 'node:path'
import { ROOT } from '../../../server/cli/server-bundle'
import { tempDir } from '../../support/engines'
import { cleanUp, follow } from '../../support/server-process'

afterEach(cleanUp)

const run = (args: string[], env: Record<string, string> = {}) => follow(args, env, { cwd: ROOT }).ended

test('a build without the packages that npm left out says how to get them', async () => {
  const script = `require('./server/cli/dev-packages').assertDevPackages(${JSON.stringify(tempDir())})`
  expect((await run(['--eval', script])).stderr).toMatch(
    /^Error: 缺少构建用的软件包（tsx）：请运行 npm ci --include=dev$/m,
  )
  expect(await run(['server/cli/dev-packages.js'])).toMatchObject({ code: 0, stderr: '' })
})

test.each<[string, Record<string, string>, RegExp]>([
  ['no address', {}, /^TARO_APP_API is missing.*\n$/],
  ['an address no phone reaches', { TARO_APP_API: 'http://127.0.0.1:4001' }, /^TARO_APP_API=.*this computer.*\n$/],
])('a release of the mini-program with %s is refused in one line', async (_case, env, line) => {
  const { code, stdout, stderr } = await run([path.join(ROOT, 'miniprogram/build.js'), 'weapp'], {
    NODE_ENV: 'production',
    ...env,
  })
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(line)
})
