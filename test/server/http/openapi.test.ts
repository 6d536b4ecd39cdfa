import { TASK_TYPE_RULES } from '../../../types/task-types'
import { buildFile, buildForm, buildPdf, buildPng, buildSubmission } from '../../support/builders'
import { schemaFaults } from '../../support/json-schema'
import { startTestApp, type TestApp } from '../../support/test-app'

type Document = Record<string, any>

let app: TestApp
let token: string
let document: Document
beforeAll(async () => {
  app = await startTestApp()
  token = await app.api.customer()
  document = (await app.api.get('/openapi.json')).body
})
afterAll(() => app.close())

const METHODS = new Set(['get', 'put', 'post', 'delete', 'patch'])
const operations = () =>
  Object.entries(document.paths as Document).flatMap(([path, item]) =>
    Object.entries(item as Document).map(([method, operation]) => ({ path, method, operation })),
  )

describe('the document', () => {
  test('is OpenAPI 3.1 with what the standard requires of it', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d$/)
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) })
    expect(document.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' })
    for (const { path, method, operation } of operations()) {
      expect(path).toMatch(/^\//)
      expect(METHODS).toContain(method)
      expect(Object.keys(operation.responses).some((status) => status === '200' || status === '202')).toBe(true)
      for (const [status, response] of Object.entries(operation.responses as Document)) {
        expect(status).toMatch(/^\d{3}$/)
        expect(typeof response.description).toBe('string')
      }
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const declared = (operation.parameters ?? []).filter((one: Document) => one.in === 'path')
      if (declared.length > 0) expect(declared.map((one: Document) => one.name)).toEqual(inPath)
      for (const one of declared) expect(one.required).toBe(true)
    }
  })

  test('holds no pattern with flags, which JSON Schema has not', () => {
    for (const [, pattern] of JSON.stringify(document).matchAll(/"pattern":"((?:[^"\\]|\\.)*)"/g))
      expect(pattern).not.toMatch(/\/[a-z]*$/)
  })

  test.each([
    ['post', '/api/v1/wechat/login'],
    ['post', '/api/v1/wechat/phone'],
    ['get', '/api/v1/user/profile'],
    ['put', '/api/v1/user/profile'],
    ['get', '/api/v1/task-types'],
    ['post', '/api/v1/tasks'],
    ['get', '/api/v1/tasks'],
    ['get', '/api/v1/tasks/{id}'],
    ['get', '/api/v1/tasks/{id}/timeline'],
    ['post', '/api/v1/tasks/{id}/confirm'],
    ['post', '/api/v1/tasks/{id}/cancel'],
    ['post', '/api/v1/tasks/{id}/reminder'],
    ['post', '/api/v1/tasks/{id}/evaluation'],
    ['get', '/api/v1/tasks/{id}/evaluation'],
    ['post', '/api/v1/files'],
    ['get', '/api/v1/files/{id}'],
    ['post', '/api/v1/subscriptions'],
    ['get', '/api/v1/notifications'],
    ['get', '/livez'],
    ['get', '/readyz'],
    ['get', '/metrics'],
    ['get', '/openapi.json'],
    ['get', '/docs'],
  ])('has %s %s', (method, path) => {
    expect(document.paths[path]?.[method]).toBeDefined()
  })

  test('every route in it exists: none answers as an unknown path does', async () => {
    for (const { path, method } of operations()) {
      const answer = await app.api.send(method.toUpperCase(), path.replace(/\{\w+\}/g, 'x'))
      expect([method, path, answer.body?.message]).not.toEqual([method, path, '接口不存在'])
    }
  })

  test('every route that is not open refuses a caller without a token, as it says', async () => {
    for (const { path, method, operation } of operations()) {
      if (operation.security.length === 0) continue
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403']))
      const { status } = await app.api.send(method.toUpperCase(), path.replace(/\{\w+\}/g, 'x'))
      expect([method, path, status]).toEqual([method, path, 401])
    }
  })

  test('a submission has the same fields as JSON and as a form, files beside them', () => {
    const { content } = document.paths['/api/v1/tasks'].post.requestBody
    const json = Object.keys(content['application/json'].schema.properties)
    const form = Object.keys(content['multipart/form-data'].schema.properties)
    expect(json).toEqual(expect.arrayContaining(['type', 'customer', 'device', 'description', 'file_ids']))
    expect(form.toSorted()).toEqual([...json, 'images', 'files'].toSorted())
    const { device, type } = content['application/json'].schema.properties
    expect(type.enum).toEqual(Object.keys(TASK_TYPE_RULES))
    expect(device.properties.quantity).toMatchObject({ type: 'integer', minimum: 1 })
    expect(device.properties.purpose.description).toBe('仪器用途或名称：选型必填')
    expect(device.properties.fault_description.description).toBe('故障描述：维修、保养必填')
  })

  test.each(['/auth/password', '/homecare/sync', '/api/v1/admin/sla-config/rehearse'])(
    'says why %s takes no Idempotency-Key',
    (path) => {
      const { description, parameters = [] } = document.paths[path].post
      expect(description).toMatch(/不需要 Idempotency-Key：.+/)
      expect(parameters).toEqual([])
    },
  )

  test('an upload of one file has its purpose', () => {
    const { content } = document.paths['/api/v1/files'].post.requestBody
    expect(Object.keys(content)).toEqual(['multipart/form-data'])
    expect(Object.keys(content['multipart/form-data'].schema.properties).toSorted()).toEqual([
      'file',
      'name',
      'purpose',
    ])
  })
})

describe('live answers', () => {
  const matches = (method: string, path: string, { status, body }: { status: number; body: unknown }) => {
    const declared = document.paths[path][method].responses[String(status)]
    expect([path, status, declared !== undefined]).toEqual([path, status, true])
    expect(schemaFaults(declared.content['application/json'].schema, body)).toEqual([])
  }

  test('of every customer route match what is declared, successes and refusals', async () => {
    const { db } = app.context.database
    const task = `/api/v1/tasks/T202603020001`
    const put = (step: number) => db.updateTable('task').set({ current_step: step }).execute()
    const profile = { contact: '张三', name: '公司', phone: '13800138000', address: '北京' }
    const scores = { serviceAttitude: 5, serviceQuality: 5, overallRating: 5 }
    const upload = async (content: Buffer, name: string) =>
      app.api.upload('/api/v1/files', buildForm({}, [['file', buildFile(content, name)]]), { token })

    const file = await upload(await buildPng(), 'a.png')
    matches('post', '/api/v1/files', file)
    matches('post', '/api/v1/files', await upload(Buffer.from('MZ'), 'a.png'))
    matches('post', '/api/v1/wechat/login', await app.api.post('/api/v1/wechat/login', { code: 'demo-a' }))
    matches('post', '/api/v1/wechat/login', await app.api.post('/api/v1/wechat/login', { code: 'bad' }))
    matches('post', '/api/v1/wechat/login', await app.api.post('/api/v1/wechat/login', {}))
    matches(
      'post',
      '/api/v1/wechat/phone',
      await app.api.post('/api/v1/wechat/phone', { code: 'phone-13800138000' }, { token }),
    )
    matches('get', '/api/v1/user/profile', await app.api.get('/api/v1/user/profile', { token }))
    matches('get', '/api/v1/user/profile', await app.api.get('/api/v1/user/profile'))
    matches('put', '/api/v1/user/profile', await app.api.put('/api/v1/user/profile', profile, { token }))
    matches('get', '/api/v1/task-types', await app.api.get('/api/v1/task-types'))
    const submission = buildSubmission({
      file_ids: [file.body.data.file_id, (await upload(buildPdf(), 'a.pdf')).body.data.file_id],
    })
    matches('post', '/api/v1/tasks', await app.api.post('/api/v1/tasks', submission, { token }))
    matches('post', '/api/v1/tasks', await app.api.post('/api/v1/tasks', {}, { token }))
    matches('get', '/api/v1/tasks', await app.api.get('/api/v1/tasks', { token }))
    matches('get', '/api/v1/tasks', await app.api.get('/api/v1/tasks?size=0', { token }))
    matches('get', '/api/v1/tasks/{id}', await app.api.get(task, { token }))
    matches('get', '/api/v1/tasks/{id}', await app.api.get('/api/v1/tasks/T1', { token }))
    matches('post', '/api/v1/tasks/{id}/reminder', await app.api.post(`${task}/reminder`, {}, { token }))
    matches('post', '/api/v1/tasks/{id}/reminder', await app.api.post(`${task}/reminder`, {}, { token }))
    matches('post', '/api/v1/tasks/{id}/confirm', await app.api.post(`${task}/confirm`, { accept: true }, { token }))
    await put(4)
    matches('post', '/api/v1/tasks/{id}/confirm', await app.api.post(`${task}/confirm`, { accept: true }, { token }))
    matches('post', '/api/v1/tasks/{id}/cancel', await app.api.post(`${task}/cancel`, { reason: 'x' }, { token }))
    await put(6)
    matches('get', '/api/v1/tasks/{id}/evaluation', await app.api.get(`${task}/evaluation`, { token }))
    matches('post', '/api/v1/tasks/{id}/evaluation', await app.api.post(`${task}/evaluation`, scores, { token }))
    matches('post', '/api/v1/tasks/{id}/evaluation', await app.api.post(`${task}/evaluation`, scores, { token }))
    matches('get', '/api/v1/tasks/{id}/evaluation', await app.api.get(`${task}/evaluation`, { token }))
    matches('get', '/api/v1/tasks/{id}/timeline', await app.api.get(`${task}/timeline`, { token }))
    matches(
      'post',
      '/api/v1/subscriptions',
      await app.api.post('/api/v1/subscriptions', { results: { T: 'accept' } }, { token }),
    )
    const message = { event: 'X', title: '标题', content: '内容', taskId: null }
    await app.context.notifications.add(db, 'customer:1', message)
    matches('get', '/api/v1/notifications', await app.api.get('/api/v1/notifications', { token }))
    matches('get', '/api/v1/files/{id}', await app.api.get('/api/v1/files/x?exp=1&sig=x'))
    matches('get', '/livez', await app.api.get('/livez'))
    matches('get', '/readyz', await app.api.get('/readyz'))
  })

  test('the check itself sees a missing, a wrong and an undeclared field', () => {
    const { schema } = document.paths['/livez'].get.responses['200'].content['application/json']
    expect(schemaFaults(schema, {})).toEqual(['$.ok is missing'])
    expect(schemaFaults(schema, { ok: 'yes' })).not.toEqual([])
    expect(schemaFaults(schema, { ok: true, more: 1 })).toEqual(['$.more is not declared'])
  })
})
