import fs from 'node:fs'
import path from 'node:path'
import { ROOT } from '../../../server/cli/server-bundle'
import { buildSubmission } from '../../support/builders'
import { tempDir } from '../../support/engines'
import { cleanUp, follow, removeTemplate, startServer, usedDataDir } from '../../support/server-process'

/** Servers are started as processes, several a test. */
jest.setTimeout(120_000)
afterEach(cleanUp)
afterAll(removeTemplate)

const command = (name: string, args: string[], env: Record<string, string>) =>
  follow(['--import', 'tsx', path.join(ROOT, `server/cli/${name}.ts`), ...args], env, { cwd: ROOT }).ended

describe('npm run backup', () => {
  test('a copy made under writes is whole: restored with its files and heads it verifies and serves', async () => {
    const dataDir = await usedDataDir()
    const server = await startServer({ DATA_DIR: dataDir })
    const token = await server.api.customer('demo-backup')
    const submit = async (description: string) =>
      (await server.api.post('/api/v1/tasks', buildSubmission({ description }), { token })).body.data.task_id as string
    const before = [await submit('first'), await submit('second')]
    let writing = true
    const writer = (async () => {
      for (let i = 0; writing; i++) await submit(`during ${i}`)
    })()
    const target = path.join(tempDir(), 'kept/app.db')
    const { code, stdout, stderr } = await command('backup', [target], { DATA_DIR: dataDir })
    writing = false
    await writer
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain(`${target}：`)
    expect(fs.readdirSync(path.dirname(target))).toEqual(['app.db'])

    const restored = tempDir()
    fs.copyFileSync(target, path.join(restored, 'app.db'))
    for (const folder of ['files', 'heads', 'secrets'])
      if (fs.existsSync(path.join(dataDir, folder)))
        fs.cpSync(path.join(dataDir, folder), path.join(restored, folder), { recursive: true })
    expect(await command('verify-events', [], { DATA_DIR: restored })).toMatchObject({ code: 0 })
    const again = await startServer({ DATA_DIR: restored })
    const known = { token: await again.api.customer('demo-backup') }
    for (const id of before) expect((await again.api.get(`/api/v1/tasks/${id}`, known)).status).toBe(200)
    fs.rmSync(restored, { recursive: true })
  })

  test('replaces nothing, and says what is missing', async () => {
    const dataDir = tempDir()
    const there = path.join(dataDir, 'there.db')
    fs.writeFileSync(there, 'precious')
    expect(await command('backup', [], { DATA_DIR: dataDir })).toMatchObject({
      code: 1,
      stderr: '用法：npm run backup -- 文件；部署目录里 field backup 文件\n',
    })
    expect((await command('backup', [there], { DATA_DIR: dataDir })).stderr).toMatch(/已经存在\n$/)
    expect((await command('backup', [`${there}2`], { DATA_DIR: dataDir })).stderr).toMatch(/^没有数据库/)
    expect(fs.readFileSync(there, 'utf8')).toBe('precious')
  })
})

describe('npm run add:admin', () => {
  test('makes an administrator who can log in with the password that is shown, once', async () => {
    const dataDir = await usedDataDir()
    const { code, stdout } = await command('add-admin', ['Chief@Example.com', '张', '三'], { DATA_DIR: dataDir })
    expect(code).toBe(0)
    const password = /密码 (\S+?)（/.exec(stdout)![1]!
    const server = await startServer({ DATA_DIR: dataDir })
    const { status, body } = await server.api.post('/auth/email-login', { email: 'chief@example.com', password })
    expect([status, body.data.user]).toMatchObject([200, { role: 'ADMIN', full_name: '张 三' }])
    expect(await command('add-admin', ['chief@example.com', '李四'], { DATA_DIR: dataDir })).toMatchObject({
      code: 1,
      stderr: 'chief@example.com 已有账号\n',
    })
    expect((await command('add-admin', ['nobody'], { DATA_DIR: dataDir })).stderr).toMatch(/^邮箱格式不正确；用法/)
  })
})
