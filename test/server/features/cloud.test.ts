import { createJobRepository } from '../../../server/features/jobs/repository'
import { createJobService } from '../../../server/features/jobs/service'
import { jobsOf } from '../../../server/jobs/jobs'
import { createScheduler } from '../../../server/jobs/scheduler'
import { CLOUD_HEADERS } from '../../../types/cloud'
import { buildPdf, buildPng, buildSubmission } from '../../support/builders'
import { CLOUD_SECRET, type CloudApp, callSigned, signedHeaders, startCloudApp } from '../../support/cloud'
import { ENGINES } from '../../support/engines'
import { addAcceptedOrder, addCrew } from '../../support/field-work'
import { startTestApp } from '../../support/test-app'
import { until } from '../../support/until'

const MINUTE_MS = 60_000
const PERSON = { openid: 'o-wang' }
const NONCE = '0123456789abcdef'.repeat(2)

describe.each(ENGINES)('the door for cloud functions (%s)', (engine) => {
  let app: CloudApp
  beforeEach(async () => {
    app = await startCloudApp({ engine })
  })
  afterEach(() => app.close())

  const refusals = () => app.logs.filter((line) => line.includes('cloud call refused')).map((line) => JSON.parse(line))
  const login = async (openid = PERSON.openid) => (await callSigned(app, 'login', { openid })).body.data.token as string
  const forward = (token: string, call: object, caller: object = PERSON) =>
    callSigned(app, 'forward', { caller, authorization: `Bearer ${token}`, ...call })

  test('logs in whom WeChat vouched for, and the same person each time', async () => {
    const first = await callSigned(app, 'login', { ...PERSON, unionid: 'u-wang' })
    expect(first).toMatchObject({ status: 200, body: { code: 200, data: { token: expect.any(String) } } })
    await login()
    const rows = await app.context.database.db.selectFrom('customer').selectAll().execute()
    expect(rows).toEqual([expect.objectContaining({ wechat_openid: 'o-wang', wechat_unionid: 'u-wang' })])
    const profile = await app.api.get('/api/v1/user/profile', { token: first.body.data.token })
    expect(profile.status).toBe(200)
  })

  test('does not log in a disabled account, or one person too often', async () => {
    await login()
    await app.context.database.db.updateTable('customer').set({ wechat_disabled_at: app.clock.now() }).execute()
    expect(await callSigned(app, 'login', PERSON)).toMatchObject({
      status: 403,
      body: { message: '账号已停用，请联系客服' },
    })
    let last = await callSigned(app, 'login', { openid: 'o-busy' })
    for (let i = 0; i < 120; i++) last = await callSigned(app, 'login', { openid: 'o-busy' })
    expect(last.status).toBe(429)
    expect((await callSigned(app, 'login', { openid: 'o-other' })).status).toBe(200)
  })

  describe('refuses, and notes', () => {
    const send = async (changes: { headers?: object; body?: string; path?: string; method?: string } = {}) => {
      const path = '/internal/cloud/login'
      const body = JSON.stringify(PERSON)
      const headers = { ...signedHeaders(path, body, { timestamp: app.clock.now().getTime() }), ...changes.headers }
      const response = await fetch(app.url + (changes.path ?? path), {
        method: 'POST',
        headers: headers as Record<string, string>,
        body: changes.body ?? body,
      })
      return { status: response.status, body: (await response.json()) as any }
    }
    const signed = (signing: object) =>
      signedHeaders('/internal/cloud/login', JSON.stringify(PERSON), {
        timestamp: app.clock.now().getTime(),
        ...signing,
      })

    test.each<[string, string, () => Parameters<typeof send>[0]]>([
      ['an unsigned call', 'unsigned', () => ({ headers: { [CLOUD_HEADERS.signature]: '' } })],
      ['one signed with another secret', 'forged', () => ({ headers: signed({ secret: 'another' }) })],
      ['a signature that is cut', 'unsigned', () => ({ headers: { [CLOUD_HEADERS.signature]: 'ab' } })],
      ['an altered body', 'forged', () => ({ body: JSON.stringify({ openid: 'o-else' }) })],
      ['a signature of another path', 'forged', () => ({ path: '/internal/cloud/maintain' })],
      ['an exchanged nonce', 'forged', () => ({ headers: { [CLOUD_HEADERS.nonce]: NONCE } })],
      [
        'an exchanged time',
        'forged',
        () => ({ headers: { [CLOUD_HEADERS.timestamp]: String(app.clock.now().getTime() + 1) } }),
      ],
      [
        'a late call',
        'late',
        () => ({ headers: signed({ timestamp: app.clock.now().getTime() - 5 * MINUTE_MS - 1 }) }),
      ],
      [
        'a call from the future',
        'late',
        () => ({ headers: signed({ timestamp: app.clock.now().getTime() + 5 * MINUTE_MS + 1 }) }),
      ],
    ])('%s', async (_case, refusal, changes) => {
      const { status, body } = await send(changes())
      expect([status, body]).toEqual([
        403,
        expect.objectContaining({ code: 403, data: { reasonCode: 'CLOUD_CALL_REFUSED' } }),
      ])
      expect(refusals()).toEqual([expect.objectContaining({ refusal, level: 40 })])
      expect(await app.context.database.db.selectFrom('customer').selectAll().execute()).toEqual([])
    })

    test('a replayed call, also after the nonces were pruned', async () => {
      const headers = signed({ nonce: NONCE })
      expect((await send({ headers })).status).toBe(200)
      expect((await send({ headers })).status).toBe(403)
      app.clock.advance(4 * MINUTE_MS)
      await app.context.cloud.pruneNonces()
      expect((await send({ headers })).status).toBe(403)
      app.clock.advance(30 * MINUTE_MS)
      expect(await app.context.cloud.pruneNonces()).toEqual({ removed: 1 })
      expect((await send({ headers })).status).toBe(403)
      expect(refusals().map(({ refusal }) => refusal)).toEqual(['replayed', 'replayed', 'late'])
    })

    test('one of two that come at once', async () => {
      const headers = signed({ nonce: NONCE })
      const answers = await Promise.all([send({ headers }), send({ headers })])
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 403])
    })

    test('without writing secrets, signatures or nonces to the log', async () => {
      await send({ headers: signed({ secret: 'another', nonce: NONCE }) })
      const text = refusals().map((line) => JSON.stringify(line))
      expect(text.join()).not.toMatch(new RegExp(`${CLOUD_SECRET}|${NONCE}|[0-9a-f]{64}`))
    })
  })

  test('five minutes are still in time', async () => {
    const timestamp = app.clock.now().getTime() - 5 * MINUTE_MS
    expect((await callSigned(app, 'login', PERSON, { timestamp })).status).toBe(200)
  })

  describe('carries a call to its own route', () => {
    test('with query, body and idempotency key, in that route’s envelope', async () => {
      const token = await login()
      const submit = () =>
        forward(token, { method: 'POST', path: '/api/v1/tasks', data: buildSubmission(), idempotencyKey: 'k-1' })
      const first = await submit()
      expect(first).toMatchObject({ status: 200, body: { code: 200, data: { task_id: expect.stringMatching(/^T/) } } })
      expect((await submit()).body.data).toEqual(first.body.data)
      const list = await forward(token, { method: 'GET', path: '/api/v1/tasks', query: { q: '没有', size: '5' } })
      expect(list.body.data).toMatchObject({ total: 0, size: 5 })
      expect((await forward(token, { method: 'GET', path: '/api/v1/tasks' })).body.data.total).toBe(1)
      const staff = await forward(token, { method: 'GET', path: '/homecare/work-orders' })
      expect(staff).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } })
    })

    test('a bad body is refused there, naming the field', async () => {
      const token = await login()
      const { status, body } = await forward(token, { method: 'POST', path: '/api/v1/tasks', data: { type: 'repair' } })
      expect([status, body.data.fields[0].path]).toEqual([400, 'customer.name'])
    })

    test('only with the token of the person WeChat vouched for', async () => {
      const token = await login()
      const other = { openid: 'o-thief' }
      expect((await forward(token, { method: 'GET', path: '/api/v1/tasks' }, other)).status).toBe(401)
      expect((await forward('', { method: 'GET', path: '/api/v1/tasks' })).status).toBe(401)
    })

    test('a member of staff may use any WeChat account', async () => {
      const crew = await addCrew(app)
      const { status, body } = await forward(crew.dispatcher.token, { method: 'GET', path: '/auth/me' })
      expect([status, body.data.role]).toEqual([200, 'HOMECARE_DISPATCHER'])
    })

    test('headers of the carrier itself decide nothing', async () => {
      const token = await login()
      const body = JSON.stringify({ caller: PERSON, method: 'GET', path: '/api/v1/tasks' })
      const path = '/internal/cloud/forward'
      const headers = signedHeaders(path, body, { timestamp: app.clock.now().getTime() })
      const response = await fetch(app.url + path, {
        method: 'POST',
        headers: { ...headers, authorization: `Bearer ${token}` },
        body,
      })
      expect(response.status).toBe(401)
    })

    test('limits per address count the phone’s address', async () => {
      const counted: string[] = []
      const other = await startCloudApp({
        engine,
        createRateLimit: (name) => ({ consume: async (key) => void counted.push(`${name} ${key}`) }),
      })
      const data = { email: 'nobody@example.com', password: 'x' }
      await callSigned(other, 'forward', {
        caller: { ...PERSON, address: '203.0.113.7' },
        method: 'POST',
        path: '/auth/email-login',
        data,
      })
      expect(counted).toContain('staff-address 203.0.113.7')
      await other.close()
    })

    test.each([
      '/metrics',
      '/api/state',
      '/ngs/wo/x',
      '/internal/cloud/login',
      '/api/v1/wechat/login',
      '/api/v1/admin/audit',
      '/api/v1/Admin/audit',
      '/api/v1/../../metrics',
      '/api/v1/%2e%2e/metrics',
      '//evil.example/api/v1/tasks',
      'http://evil.example/',
    ])('but not to %s', async (path) => {
      const { status, body } = await forward(await login(), { method: 'GET', path })
      expect([status, body.data?.fields?.[0]?.path]).toEqual([400, 'path'])
    })
  })

  describe('takes files from cloud storage', () => {
    const store = (token: string, fileID: string, name = 'a.pdf') =>
      forward(token, { method: 'POST', path: '/api/v1/files', data: { name }, file: { fileID, name } })
    const failed = async (fileID: string, name?: string) => {
      const { status, body } = await store(await login(), fileID, name)
      expect(await app.context.database.db.selectFrom('task_file').selectAll().execute()).toEqual([])
      return [status, body.message]
    }

    test('as an upload: stored by us, usable for a task, and gone from where it lay', async () => {
      const token = await login()
      const content = buildPdf('cloud')
      const { body } = await store(token, app.cloudbase.upload('incoming/a1.pdf', content), '报警记录.pdf')
      expect(body.data).toMatchObject({ name: '报警记录.pdf', mime: 'application/pdf', size: content.length })
      const submission = buildSubmission({ file_ids: [body.data.file_id] })
      expect((await forward(token, { method: 'POST', path: '/api/v1/tasks', data: submission })).status).toBe(200)
      const read = await fetch(app.url + body.data.url)
      expect(Buffer.from(await read.arrayBuffer())).toEqual(content)
      await until(() => app.cloudbase.files.size === 0, 'the removal')
    })

    test('as evidence of a visit', async () => {
      const crew = await addCrew(app)
      const workOrderId = await addAcceptedOrder(app, crew)
      const fileID = app.cloudbase.upload('incoming/e1.jpg', await buildPng())
      const data = { workOrderId, latitude: '31.2', longitude: '120.7' }
      const path = '/homecare/evidence'
      const { status } = await forward(crew.worker.token, {
        method: 'POST',
        path,
        data,
        file: { fileID, name: 'e.jpg' },
      })
      expect(status).toBe(200)
    })

    test('with the checks of an upload', async () => {
      const put = (content: Buffer) => app.cloudbase.upload('incoming/x.bin', content)
      expect(await failed(put(Buffer.from('MZ')))).toEqual([415, expect.stringContaining('类型不符')])
      expect(await failed(put(Buffer.alloc(10 * 1024 * 1024 + 1)))).toEqual([413, expect.stringContaining('超过')])
      expect(await failed(put(Buffer.alloc(0)))).toEqual([400, expect.stringContaining('空文件')])
      expect(await failed('cloud://sandbox-env.sandbox-bucket/incoming/none.pdf')).toEqual([
        400,
        expect.stringContaining('云文件不存在'),
      ])
    })

    test.each([
      'cloud://sandbox-env.sandbox-bucket/files/2026/03/02/of-somebody-else',
      'cloud://sandbox-env.sandbox-bucket/incoming/../files/x',
      'https://evil.example/incoming/a.pdf',
      'cloud://sandbox-env.sandbox-bucket@evil.example/incoming/a.pdf',
    ])('but not %s', async (fileID) => {
      expect(await failed(fileID)).toEqual([400, expect.stringContaining('不是由小程序上传的云文件')])
      expect(app.cloudbase.requests()).toEqual([])
    })

    test('but none of another environment', async () => {
      expect(await failed('cloud://other.bucket/incoming/a.pdf')).toEqual([
        400,
        expect.stringContaining('不属于本环境'),
      ])
      expect(app.cloudbase.requests().filter(({ path }) => path === '/admin')).toEqual([])
    })

    test('a body too large for the arguments comes as a file', async () => {
      const token = await login()
      const submission = buildSubmission({ description: '长'.repeat(1000) })
      const dataFile = app.cloudbase.upload('incoming/b1.json', Buffer.from(JSON.stringify(submission)))
      const { status } = await forward(token, { method: 'POST', path: '/api/v1/tasks', dataFile })
      expect(status).toBe(200)
      expect(app.cloudbase.files.size).toBe(0)
      const broken = app.cloudbase.upload('incoming/b2.json', Buffer.from('{'))
      const refused = await forward(token, { method: 'POST', path: '/api/v1/tasks', dataFile: broken })
      expect([refused.status, refused.body.message]).toEqual([400, '请求体不是有效的 JSON'])
    })
  })

  describe('maintains', () => {
    const another = () =>
      createJobService({ repository: createJobRepository(app.context.database), now: app.clock.now })
    const names = (list: { name: string; result: string }[], result: string) =>
      list.filter((job) => job.result === result).map(({ name }) => name)
    const maintain = async () => (await callSigned(app, 'maintain', {})).body.data.list

    test('what is due, once: the next call finds it done until it is due again', async () => {
      const first = await maintain()
      expect(names(first, 'failed')).toEqual([])
      expect(names(first, 'ok')).toEqual(expect.arrayContaining(['sweep-files', 'prune-idempotency-keys']))
      expect(names(await maintain(), 'elsewhere')).toEqual(expect.arrayContaining(['sweep-files']))
      app.clock.advance(60 * MINUTE_MS)
      expect(names(await maintain(), 'ok')).toEqual(expect.arrayContaining(['sweep-files']))
    })

    test('once, when several timers come at the same moment', async () => {
      const lists = await Promise.all([maintain(), maintain(), maintain()])
      expect(lists.flatMap((list) => names(list, 'ok')).filter((name) => name === 'sweep-files')).toHaveLength(1)
    })

    test('nothing that a scheduler of another process has run at its time', async () => {
      const scheduler = await createScheduler(jobsOf(app.context), { runs: another(), log: app.context.log })
      await scheduler.run('sweep-files')
      app.clock.advance(MINUTE_MS)
      expect(names(await maintain(), 'elsewhere')).toContain('sweep-files')
      await scheduler.stop()
    })
  })

  describe('has messages for notify', () => {
    const message = {
      openId: 'o-wang',
      templateId: 'tpl',
      fields: { thing1: '工程师已安排' },
      page: 'pages/home/index',
    }
    const take = async () => (await callSigned(app, 'messages/take', {})).body.data.list
    const states = async () =>
      (await app.context.database.db.selectFrom('cloud_message').selectAll().orderBy('id').execute()).map(
        ({ state, error }) => [state, error],
      )

    test('each given out once, and keeps how it ended', async () => {
      await app.context.cloudMessages.send(message)
      await app.context.cloudMessages.send({ ...message, page: undefined })
      const lists = await Promise.all([take(), take()])
      const taken = lists.flat()
      expect(taken).toHaveLength(2)
      expect(taken).toContainEqual({
        id: expect.any(String),
        openid: 'o-wang',
        templateId: 'tpl',
        fields: message.fields,
        page: message.page,
      })
      const [one, two] = taken.toSorted((a, b) => a.id.localeCompare(b.id))
      const results = [
        { id: one.id, ok: true },
        { id: two.id, ok: false, errcode: 43101, error: 'user refuse to accept the msg' },
      ]
      const settle = () => callSigned(app, 'messages/settle', { results })
      expect((await settle()).body.data).toEqual({ settled: 2 })
      expect((await settle()).body.data).toEqual({ settled: 0 })
      expect(await states()).toEqual([
        ['SENT', null],
        ['FAILED', '43101 user refuse to accept the msg'],
      ])
      expect(await take()).toEqual([])
    })

    test('kept for a week', async () => {
      await app.context.cloudMessages.send(message)
      app.clock.advance(6 * 24 * 60 * MINUTE_MS)
      expect(await app.context.cloudMessages.prune()).toEqual({ removed: 0 })
      app.clock.advance(2 * 24 * 60 * MINUTE_MS)
      expect(await app.context.cloudMessages.prune()).toEqual({ removed: 1 })
    })
  })
})

describe('without configuration', () => {
  test.each(['login', 'forward', 'maintain', 'messages/take', 'messages/settle'])('%s is closed', async (path) => {
    const app = await startTestApp()
    const { status, body } = await callSigned(app, path, PERSON, { secret: CLOUD_SECRET })
    expect([status, body.message]).toEqual([503, '云函数通道尚未启用：服务端没有设置 CLOUD_SHARED_SECRET'])
    await app.close()
  })

  test('a server without keys to cloud storage says so when a file comes', async () => {
    const app = await startTestApp({ env: { CLOUD_SHARED_SECRET: CLOUD_SECRET } })
    const token = (await callSigned(app, 'login', PERSON)).body.data.token
    const { status, body } = await callSigned(app, 'forward', {
      caller: PERSON,
      authorization: `Bearer ${token}`,
      method: 'POST',
      path: '/api/v1/files',
      file: { fileID: 'cloud://e.b/incoming/a.pdf', name: 'a.pdf' },
    })
    expect([status, body.message]).toEqual([503, expect.stringContaining('云存储尚未配置')])
    await app.close()
  })
})
