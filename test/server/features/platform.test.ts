import http from 'node:http'
import { ENGINES } from '../../support/engines'
import { schemaFaults } from '../../support/json-schema'
import { startTestApp, type TestApp } from '../../support/test-app'

describe.each(ENGINES)('health on %s', (engine) => {
  let app: TestApp
  beforeEach(async () => {
    app = await startTestApp({ engine })
  })
  afterEach(() => app.close())

  test('lives and is ready, with database, disk and partners named', async () => {
    expect((await app.api.get('/livez')).body).toEqual({ ok: true })
    const { status, body } = await app.api.get('/readyz')
    expect(status).toBe(200)
    expect(body.ok).toBe(true)
    expect(body.checks).toMatchObject({ database: { ok: true }, disk: { ok: true }, wechat: { ok: true } })
  })

  test('without its database it lives but is not ready', async () => {
    await app.context.database.close()
    const { status, body } = await app.api.get('/readyz')
    expect([status, body.ok, body.checks.database.ok]).toEqual([503, false, false])
    const document = (await app.api.get('/openapi.json')).body
    const { schema } = document.paths['/readyz'].get.responses['503'].content['application/json']
    expect(schemaFaults(schema, body)).toEqual([])
    expect((await app.api.get('/livez')).status).toBe(200)
  })

  test('a full disk makes it not ready', async () => {
    app.context.storage.check = async () => {
      throw new Error('less than 64 MB of disk space left')
    }
    const { status, body } = await app.api.get('/readyz')
    expect([status, body.checks.disk.ok, body.checks.database.ok]).toEqual([503, false, true])
  })

  test('a partner that is down is named and does not take it down', async () => {
    app.sandbox.wechat.control({ dropConnection: true })
    for (let i = 0; i < 10; i++) await app.api.post('/api/v1/wechat/login', { code: 'demo-a' })
    const { status, body } = await app.api.get('/readyz')
    expect([status, body.ok, body.checks.wechat.ok]).toEqual([200, true, false])
  })

  test('a server that is stopping is not ready', async () => {
    app.context.health.stop()
    expect((await app.api.get('/readyz')).status).toBe(503)
    expect((await app.api.get('/livez')).status).toBe(200)
  })
})

describe('metrics', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp({ env: { METRICS_TOKEN: 'scrape-me' } })
  })
  afterAll(() => app.close())

  test.each(['/metrics/', '/Metrics', '//metrics', '/metrics//', '/%6detrics', '/livez/', '/readyz/', '/LIVEZ'])(
    'and probes have one spelling: %s is not found',
    async (path) => {
      expect((await app.api.get(path, { token: 'scrape-me' })).status).toBe(404)
    },
  )

  test('are closed by their token', async () => {
    for (const token of [undefined, 'wrong', await app.api.customer()]) {
      const { status, body } = await app.api.get('/metrics', { token })
      expect([status, body.code]).toEqual([401, 'UNAUTHENTICATED'])
    }
    expect((await app.api.get('/metrics', { token: 'scrape-me' })).status).toBe(200)
  })

  test('count requests by route and status, never by address', async () => {
    const token = await app.api.customer()
    await app.api.get('/api/v1/tasks/T202699990001?secret=1', { token })
    await app.api.get('/no/such/path-4711')
    const { headers, body } = await app.api.get('/metrics', { token: 'scrape-me' })
    expect(headers.get('content-type')).toMatch(/^text\/plain/)
    expect(body).toContain('http_request_duration_seconds_count{method="GET",route="/api/v1/tasks/:id",status="404"} 1')
    expect(body).toContain('route="unmatched",status="404"')
    expect(body).not.toMatch(/T202699990001|4711|secret/)
    expect(body).toMatch(/nodejs_eventloop_lag/)
    expect(body).toMatch(/database_pool_connections\{state="size"\} \d/)
  })

  test('do not grow with invented methods', async () => {
    for (const method of ['PROPFIND', 'LOCK', 'MKCOL'])
      await new Promise((resolve) => {
        http.request(`${app.url}/x`, { method }, (answer) => answer.resume().on('end', resolve)).end()
      })
    expect((await app.api.get('/livez')).status).toBe(200)
  })
})

describe('pages', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp()
  })
  afterAll(() => app.close())

  test('metrics are open without a token configured', async () => {
    expect((await app.api.get('/metrics')).status).toBe(200)
  })

  test('/docs brings its own assets and nothing else', async () => {
    const page = await app.api.get('/docs')
    expect(page.headers.get('content-type')).toMatch(/^text\/html/)
    for (const [, asset] of page.body.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g))
      expect((await app.api.get(asset)).status).toBe(200)
    for (const asset of ['package.json', '..%2fpackage.json', '__proto__', 'constructor'])
      expect((await app.api.get(`/docs/${asset}`)).status).toBe(404)
  })

  test('/ answers a page', async () => {
    const { status, headers } = await app.api.get('/')
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  })
})
