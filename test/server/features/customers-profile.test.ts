import { randomUUID } from 'node:crypto'
import { refusedPaths } from '../../support/answers'
import { buildFile, buildForm, buildPdf, buildPng } from '../../support/builders'
import { ENGINES } from '../../support/engines'
import { startTestApp, type TestApp } from '../../support/test-app'

const ZHANG = {
  contact: '张三',
  name: 'ABC科技有限公司',
  phone: '13800138000',
  address: '北京市海淀区中关村',
  email: 'zhangsan@example.com',
}

describe.each(ENGINES)('the profile on %s', (engine) => {
  let app: TestApp
  let token: string
  beforeAll(async () => {
    app = await startTestApp({ engine })
    token = await app.api.customer()
  })
  afterAll(() => app.close())

  const save = (json: unknown) => app.api.put('/api/v1/user/profile', json, { token })
  const read = () => app.api.get('/api/v1/user/profile', { token })
  const store = async (content: Buffer, by = token) => {
    const form = buildForm({}, [['file', buildFile(content, 'a.png')]])
    return (await app.api.upload('/api/v1/files', form, { token: by })).body.data.file_id as string
  }

  test('1.3 and 1.2 answer as the document shows', async () => {
    const data = { ...ZHANG, wechat_avatar_url: '' }
    const saved = await save(ZHANG)
    expect([saved.status, saved.body]).toEqual([200, { code: 200, message: '更新成功', data }])
    const { status, body } = await read()
    expect([status, body]).toEqual([200, { code: 200, message: '获取成功', data }])
  })

  test.each([
    ['contact', '客户姓名', 50],
    ['name', '公司名称', 100],
    ['address', '联系地址', 255],
  ])('%s is required, %s has its limit', async (field, label, max) => {
    for (const nothing of [undefined, null, '', '  ']) {
      const answer = await save({ ...ZHANG, [field]: nothing })
      expect(refusedPaths(answer)).toEqual([field])
      expect(answer.body.message).toBe(`${label}不能为空（${field}）`)
    }
    for (const wrong of [1, true, {}, ['a'], '名'.repeat(max + 1), 'a\u0000', '\ud800'])
      expect(refusedPaths(await save({ ...ZHANG, [field]: wrong }))).toEqual([field])
    const longest = await save({ ...ZHANG, [field]: '名'.repeat(max) })
    expect(longest.body.data[field]).toBe('名'.repeat(max))
  })

  test('the phone is required and must be one', async () => {
    for (const wrong of [undefined, null, '', 'abc', '1', 13800138000, '1'.repeat(21)])
      expect(refusedPaths(await save({ ...ZHANG, phone: wrong }))).toEqual(['phone'])
  })

  test('the e-mail may be left out, which keeps it, or emptied', async () => {
    await save(ZHANG)
    const { email: _email, ...without } = ZHANG
    expect((await save(without)).body.data.email).toBe(ZHANG.email)
    expect((await save({ ...ZHANG, email: '' })).body.data.email).toBe('')
    expect(refusedPaths(await save({ ...ZHANG, email: 'nobody' }))).toEqual(['email'])
  })

  test('tricks are data', async () => {
    for (const text of ["'; drop table customer; --", '<b onload=x>', '../../etc', '{"a":1}', '🧪é', '__proto__'])
      expect((await save({ ...ZHANG, contact: text, name: text, address: text })).body.data).toMatchObject({
        contact: text,
        name: text,
        address: text,
      })
  })

  test('unknown fields change nothing', async () => {
    const { db } = app.context.database
    const before = await db.selectFrom('customer').selectAll().executeTakeFirstOrThrow()
    const json = { ...ZHANG, id: 99, level: 'A', wechat_openid: 'stolen', wechat_avatar_url: 'http://x/', sales_id: 7 }
    expect((await save(json)).status).toBe(200)
    const after = await db.selectFrom('customer').selectAll().executeTakeFirstOrThrow()
    const { id, level, wechat_openid, wechat_avatar_url, sales_id } = before
    expect(after).toMatchObject({ id, level, wechat_openid, wechat_avatar_url, sales_id })
  })

  test('an uploaded picture becomes the avatar and is shown by a signed link', async () => {
    const { body } = await save({ ...ZHANG, avatar_file_id: await store(await buildPng()) })
    expect(body.data.wechat_avatar_url).toMatch(/^\/api\/v1\/files\/[\w-]{36}\?exp=/)
    const picture = await app.api.get((await read()).body.data.wechat_avatar_url)
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png'])
    for (const keep of [undefined, null, ''])
      expect((await save({ ...ZHANG, avatar_file_id: keep })).body.data.wechat_avatar_url).not.toBe('')
  })

  test('the same avatar may be sent again', async () => {
    const avatar_file_id = await store(await buildPng(7, 7))
    for (const _time of [1, 2]) expect((await save({ ...ZHANG, avatar_file_id })).status).toBe(200)
  })

  test('an avatar must be an unused picture of one’s own', async () => {
    const foreign = await store(await buildPng(), await app.api.customer('demo-stranger'))
    const before = (await read()).body.data
    for (const id of [randomUUID(), foreign, await store(buildPdf()), 'x', 1, {}])
      expect(refusedPaths(await save({ ...ZHANG, contact: '不应保存', avatar_file_id: id }))).toEqual([
        'avatar_file_id',
      ])
    expect((await read()).body.data).toEqual(before)
  })
})
