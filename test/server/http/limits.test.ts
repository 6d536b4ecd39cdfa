import { buildFile, buildForm, buildPdf, buildSubmission } from '../../support/builders'
import { BACKENDS, useBackend } from '../../support/redis'
import { startTestApp, type TestApp } from '../../support/test-app'

describe.each(BACKENDS)('limits (%s)', (backend) => {
  const { env, redis } = useBackend(backend)
  let app: TestApp
  const start = () => startTestApp({ env: { TRUSTED_PROXIES: '127.0.0.1', ...env() } })
  beforeEach(async () => {
    app = await start()
  })
  afterEach(() => app.close())

  const login = (address: string, code: unknown = '', at = app) =>
    at.api.post('/api/v1/wechat/login', { code }, { headers: { 'x-forwarded-for': address } })

  test('a 121st login in a minute from one address is 429 with the time to wait; other addresses go on', async () => {
    for (let i = 0; i < 120; i++) expect((await login('203.0.113.7')).status).toBe(400)
    const { status, headers, body } = await login('203.0.113.7', 'demo-a')
    expect([status, body.code, body.data.reasonCode]).toEqual([429, 429, 'RATE_LIMITED'])
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect((await login('203.0.113.8', 'demo-a')).status).toBe(200)
  })

  test('an address of one’s own making does not get around it', async () => {
    const open = await startTestApp({ env: env() })
    for (let i = 0; i <= 120; i++) {
      const headers = { 'x-forwarded-for': `198.51.100.${i}` }
      const { status } = await open.api.post('/api/v1/wechat/login', {}, { headers })
      expect(status).toBe(i < 120 ? 400 : 429)
    }
    await open.close()
  })

  test('a 61st upload in a minute is 429 for this customer only, and submissions do not count', async () => {
    const token = await app.api.customer()
    const upload = (by: string) =>
      app.api.upload('/api/v1/files', buildForm({}, [['file', buildFile(buildPdf(), 'a.pdf')]]), { token: by })
    for (let i = 0; i < 60; i++) expect((await upload(token)).status).toBe(200)
    const refused = await upload(token)
    expect([refused.status, refused.headers.has('retry-after')]).toEqual([429, true])
    expect((await upload(await app.api.customer('demo-other'))).status).toBe(200)
    expect((await app.api.post('/api/v1/tasks', buildSubmission(), { token })).status).toBe(200)
  })

  if (backend === 'redis') {
    test('count for all replicas together', async () => {
      const replicas = [app, await start(), await start()]
      const statuses: number[] = []
      for (let i = 0; i < 123; i++) statuses.push((await login('203.0.113.7', '', replicas[i % 3])).status)
      expect(statuses).toEqual(Array.from({ length: 123 }, (_, i) => (i < 120 ? 400 : 429)))
      await replicas[1]!.close()
      await replicas[2]!.close()
    })

    test.each(['gone', 'frozen'] as const)(
      'hold for each replica alone while Redis is %s, and nobody is refused for that',
      async (state) => {
        if (state === 'gone') await redis().kill()
        else redis().freeze()
        const answers = await Promise.all(Array.from({ length: 120 }, () => login('203.0.113.7')))
        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]))
        expect((await login('203.0.113.7')).status).toBe(429)
        expect((await login('203.0.113.8', 'demo-a')).status).toBe(200)
        const { status, body } = await app.api.get('/readyz')
        expect([status, body.checks.redis.ok]).toEqual([200, false])
      },
    )
  }
})
