import http from 'node:http'
import { gzipSync } from 'node:zlib'
import { buildForm, buildSubmission, formFields } from '../../support/builders'
import { startTestApp, type TestApp } from '../../support/test-app'

let app: TestApp
let token: string
beforeAll(async () => {
  app = await startTestApp({ env: { CORS_ORIGINS: 'https://h5.example.com,http://localhost:10086' } })
  token = await app.api.customer()
})
afterAll(() => app.close())

const post = (body: BodyInit, headers: Record<string, string> = {}, path = '/api/v1/tasks') =>
  fetch(app.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body,
  })

describe('bodies', () => {
  test.each(['{', '{"type":}', "{'a':1}", 'undefined', '{"a":1}}', '\u0000'])(
    'the JSON %p is 400 in Chinese',
    async (text) => {
      const response = await post(text)
      expect(response.status).toBe(400)
      expect(((await response.json()) as { message: string }).message).toBe('请求体不是有效的 JSON')
    },
  )

  test.each(['null', '[]', '"text"', '1', 'true', '[[[]]]'])('the JSON %s is no submission', async (text) => {
    const response = await post(text)
    expect(response.status).toBe(400)
    expect(((await response.json()) as { message: string }).message).toMatch(/[\u4e00-\u9fff]/)
  })

  test('JSON has up to 1 MB', async () => {
    const sized = (bytes: number) => {
      const text = JSON.stringify({ ...buildSubmission(), padding: '' })
      return text.replace('"padding":""', `"padding":"${'x'.repeat(bytes - Buffer.byteLength(text))}"`)
    }
    expect((await post(sized(1024 * 1024))).status).toBe(200)
    const over = await post(sized(1024 * 1024 + 1))
    expect([over.status, ((await over.json()) as { code: number }).code]).toEqual([413, 413])
  })

  test('a megabyte too much without a stated length is refused as well', async () => {
    const status = await new Promise((resolve) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const request = http.request(`${app.url}/api/v1/tasks`, { method: 'POST', headers }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
      request.on('error', () => {})
      request.write(`{"a":"${'x'.repeat(2 * 1024 * 1024)}`)
      request.end('"}')
    })
    expect(status).toBe(413)
  })

  test('a small gzip that unpacks to 50 MB is refused', async () => {
    const response = await post(gzipSync(`{"a":"${'x'.repeat(50 * 1024 * 1024)}"}`), { 'content-encoding': 'gzip' })
    expect(response.status).toBe(413)
  })

  test.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'image/png', 'nonsense'])(
    'the content type %s is 415',
    async (type) => {
      const response = await post('type=repair', { 'content-type': type })
      expect([response.status, ((await response.json()) as { code: number }).code]).toEqual([415, 415])
    },
  )

  test('a form where only JSON is understood, and JSON where only a form is, are 415', async () => {
    const form = new FormData()
    form.append('code', 'demo-a')
    expect((await app.api.upload('/api/v1/wechat/login', form)).status).toBe(415)
    expect((await app.api.post('/api/v1/files', {}, { token })).status).toBe(415)
  })

  test.each(['multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; boundary="'])(
    'the content type %p is no form',
    async (type) => {
      const response = await post('--x--', { 'content-type': type })
      expect([400, 415]).toContain(response.status)
      expect((await fetch(`${app.url}/livez`)).status).toBe(200)
    },
  )

  test('a form of 300 fields or with a megabyte of text is refused', async () => {
    const many = buildForm(formFields(buildSubmission()))
    for (let i = 0; i < 300; i++) many.append(`f${i}`, 'x')
    expect((await app.api.upload('/api/v1/tasks', many, { token })).status).toBe(413)
    const long = new FormData()
    long.append('description', 'x'.repeat(1024 * 1024 + 1))
    expect((await app.api.upload('/api/v1/tasks', long, { token })).status).toBe(413)
  })
})

describe('unknown paths', () => {
  test.each(['/api/v1/none', '/api/v1', '/api/v1/tasks/T1/none'])('%s speaks /api/v1', async (path) => {
    const { status, body } = await app.api.get(path, { token })
    expect(status).toBe(404)
    expect(body).toEqual({ code: 404, message: expect.any(String), data: null, traceId: expect.any(String) })
  })

  test.each(['/auth/none', '/homecare/none'])('%s speaks the staff family', async (path) => {
    const { status, body } = await app.api.get(path)
    expect([status, body.code]).toEqual([404, 'NOT_FOUND'])
    expect(Object.keys(body).toSorted()).toEqual(['code', 'data', 'msg', 'traceId'])
  })

  test.each(['/api', '/api/none', '/api/v2/tasks'])('%s speaks the gateway’s console family', async (path) => {
    const { status, body } = await app.api.get(path)
    expect([status, body]).toEqual([404, { ok: false, message: expect.any(String) }])
  })

  test.each(['/none', '/.env', '/apiv1', '/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd'])(
    '%s is a plain 404',
    async (path) => {
      const { status, body } = await app.api.get(path)
      expect([status, body.code]).toEqual([404, 'NOT_FOUND'])
    },
  )

  test('a path that is no text is refused in the family’s way', async () => {
    const { status, body } = await app.api.get('/api/v1/%E0%A4%A', { token })
    expect([400, 404]).toContain(status)
    expect([body.code, body.data]).toEqual([status, null])
  })

  test('a method a route does not have is refused', async () => {
    for (const method of ['DELETE', 'PATCH', 'PUT'])
      expect([404, 405]).toContain((await app.api.send(method, '/api/v1/tasks', { token })).status)
  })
})

describe('trace ids', () => {
  const traced = async (id?: string) =>
    (await app.api.get('/livez', { headers: id === undefined ? {} : { 'x-trace-id': id } })).headers.get('x-trace-id')

  test.each(['abcdefgh', 'A-b_c.d-1234', 'a'.repeat(64), '018f7e9a-0000-7000-8000-000000000000'])(
    'takes over %s',
    async (id) => expect(await traced(id)).toBe(id),
  )

  test.each(['short', 'a'.repeat(65), 'with space', '<script>alert</script>', "'; drop table x", '{"a":12345}', ''])(
    'makes its own in place of %p',
    async (id) => {
      const own = await traced(id)
      expect(own).toMatch(/^[0-9a-f-]{36}$/)
      expect(await traced(id)).not.toBe(own)
    },
  )

  test('stand in the header, the refusal and the log alike', async () => {
    const { headers, body } = await app.api.get('/api/v1/tasks', { headers: { 'x-trace-id': 'trace-of-mine-1' } })
    expect([headers.get('x-trace-id'), body.traceId]).toEqual(['trace-of-mine-1', 'trace-of-mine-1'])
    expect(app.logs.some((line) => JSON.parse(line).traceId === 'trace-of-mine-1')).toBe(true)
  })
})

describe('headers', () => {
  test.each(['/livez', '/api/v1/tasks', '/none', '/docs', '/', '/api/v1/files/x?exp=1&sig=x'])(
    '%s is answered with security headers',
    async (path) => {
      const { headers } = await app.api.get(path)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-security-policy')).toMatch(/default-src 'self'.*frame-ancestors 'none'/)
      expect(headers.get('x-frame-options')).toBeTruthy()
      expect(headers.get('referrer-policy')).toBeTruthy()
      expect(headers.has('x-powered-by')).toBe(false)
      expect(headers.has('x-trace-id')).toBe(true)
    },
  )

  test.each(['https://h5.example.com', 'http://localhost:10086'])(
    '%s may read answers, refusals too',
    async (origin) => {
      for (const path of ['/api/v1/task-types', '/api/v1/tasks', '/api/v1/none']) {
        const { headers } = await app.api.get(path, { headers: { origin } })
        expect(headers.get('access-control-allow-origin')).toBe(origin)
        expect(headers.get('vary')).toContain('Origin')
        expect(headers.get('access-control-expose-headers')).toMatch(/X-Trace-Id/i)
      }
      const asked = {
        origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'authorization',
      }
      const preflight = await app.api.send('OPTIONS', '/api/v1/user/profile', { headers: asked })
      expect(preflight.status).toBe(204)
      expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT')
      expect(preflight.headers.get('access-control-allow-headers')).toMatch(/authorization/i)
    },
  )

  test.each(['https://evil.example.com', 'null', 'https://h5.example.com.evil.com', 'http://h5.example.com'])(
    '%s may not',
    async (origin) => {
      const asked = { origin, 'access-control-request-method': 'GET' }
      for (const answer of [
        await app.api.get('/api/v1/task-types', { headers: { origin } }),
        await app.api.send('OPTIONS', '/api/v1/tasks', { headers: asked }),
      ])
        expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    },
  )

  test('without configured origins nobody may', async () => {
    const closed = await startTestApp()
    const { headers } = await closed.api.get('/api/v1/task-types', { headers: { origin: 'https://h5.example.com' } })
    expect(headers.get('access-control-allow-origin')).toBeNull()
    await closed.close()
  })
})
