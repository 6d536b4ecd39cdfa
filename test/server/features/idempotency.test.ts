import { buildFile, buildForm, buildPdf, buildPng, buildSubmission, formFields } from '../../support/builders'
import { ENGINES } from '../../support/engines'
import { BACKENDS, useBackend } from '../../support/redis'
import { startTestApp, type TestApp } from '../../support/test-app'
import { until } from '../../support/until'

const CASES = BACKENDS.flatMap((backend) => ENGINES.map((engine) => [engine, backend] as const))

describe.each(CASES)('Idempotency-Key on %s, %s', (engine, backend) => {
  const { env } = useBackend(backend)
  let app: TestApp
  let token: string
  beforeEach(async () => {
    app = await startTestApp({ engine, env: env() })
    token = await app.api.customer()
  })
  afterEach(() => app.close())

  const keyed = (key: string, by = token) => ({ token: by, headers: { 'idempotency-key': key } })
  const submit = (key: string, json: unknown = buildSubmission(), by = token) =>
    app.api.post('/api/v1/tasks', json, keyed(key, by))
  const total = async (by = token) => (await app.api.get('/api/v1/tasks', { token: by })).body.data.total

  test('the same request again gives the same answer and no second task', async () => {
    const first = await submit('k1')
    app.clock.advance(3600_000)
    const second = await submit('k1')
    expect([second.status, second.body]).toEqual([200, first.body])
    expect(await total()).toBe(1)
  })

  test('parsed fields count, not bytes: order, blanks and unknown fields may differ', async () => {
    const { type, customer, device, description } = buildSubmission()
    const first = await submit('k1')
    const same = { extra: 1, description: ` ${description} `, device, customer: { ...customer, email: '' }, type }
    expect((await submit('k1', same)).body).toEqual(first.body)
    const form = buildForm(formFields(buildSubmission()))
    expect((await app.api.upload('/api/v1/tasks', form, keyed('k1'))).body).toEqual(first.body)
    expect(await total()).toBe(1)
  })

  test('another payload under the same key is 422', async () => {
    await submit('k1')
    const { status, body } = await submit('k1', buildSubmission({ description: '另一个' }))
    expect([status, body.code, body.data.reasonCode]).toEqual([422, 422, 'IDEMPOTENCY_MISMATCH'])
    expect(await total()).toBe(1)
  })

  test('ten at once make one task; the others get its answer or 409 and may ask again', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => submit('rush')))
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true)
    const busy = answers.filter(({ status }) => status === 409)
    for (const { headers, body } of busy)
      expect([headers.get('retry-after'), body.data.reasonCode]).toEqual(['1', 'REQUEST_IN_PROGRESS'])
    const numbers = new Set(answers.flatMap(({ body }) => body.data.task_id ?? []))
    expect([...numbers]).toEqual(['T202603020001'])
    expect((await submit('rush')).body.data.task_id).toBe('T202603020001')
    expect(await total()).toBe(1)
  })

  test('a request under way is 409 for the same key and nobody else', async () => {
    app = await restartedWithSlowCheck()
    const slow = submit('k1')
    const isUnderWay = () => app.sandbox.wechat.requests().some(({ path }) => path === '/wxa/msg_sec_check')
    await until(isUnderWay, 'the check of the first request')
    const [same, other] = await Promise.all([submit('k1'), submit('k2')])
    expect([same.status, other.status]).toEqual([409, 200])
    expect((await slow).status).toBe(200)
  })
  async function restartedWithSlowCheck() {
    await app.close()
    const slow = await startTestApp({ engine, env: { WECHAT_CONTENT_CHECK: 'on', ...env() } })
    token = await slow.api.customer()
    slow.sandbox.wechat.control({ latencyMs: 300 })
    return slow
  }

  test('multipart requests are compared by fields and digests of files', async () => {
    const png = await buildPng()
    const send = (content: Buffer, name = 'a.png') => {
      const form = buildForm(formFields(buildSubmission()), [['images', buildFile(content, name)]])
      return app.api.upload('/api/v1/tasks', form, keyed('m1'))
    }
    const first = await send(png)
    expect((await send(png)).body).toEqual(first.body)
    expect((await send(await buildPng(1, 1))).status).toBe(422)
    expect((await send(png, 'b.png')).status).toBe(422)
    expect(await app.context.database.db.selectFrom('task_file').select('id').execute()).toHaveLength(1)
    expect(await total()).toBe(1)
  })

  test('uploads of single files take keys too', async () => {
    const send = () =>
      app.api.upload('/api/v1/files', buildForm({}, [['file', buildFile(buildPdf(), 'a.pdf')]]), keyed('f'))
    const first = await send()
    expect((await send()).body.data.file_id).toBe(first.body.data.file_id)
    expect(await app.context.database.db.selectFrom('task_file').select('id').execute()).toHaveLength(1)
  })

  test('a refused request keeps its key free', async () => {
    expect((await submit('k1', buildSubmission({ file_ids: ['00000000-0000-4000-8000-000000000000'] }))).status).toBe(
      400,
    )
    expect((await submit('k1', {})).status).toBe(400)
    expect((await submit('k1')).status).toBe(200)
  })

  test('a key is forgotten after 24 hours, not before', async () => {
    await submit('k1')
    app.clock.advance(24 * 3600_000)
    expect((await submit('k1')).body.data.task_id).toBe('T202603020001')
    app.clock.advance(1)
    expect((await submit('k1')).body.data.task_id).toBe('T202603030001')
    expect((await submit('k1')).body.data.task_id).toBe('T202603030001')
  })

  test('old keys are pruned, young ones kept', async () => {
    await submit('old')
    app.clock.advance(24 * 3600_000 + 1)
    await submit('young')
    expect(await app.context.idempotency.prune()).toBe(1)
    expect((await submit('young')).body.data.task_id).toBe('T202603030001')
    expect(await total()).toBe(2)
  })

  test('many old keys are pruned a few hundred at a time', async () => {
    await submit('old')
    const { db } = app.context.database
    const row = await db.selectFrom('idempotency_key').selectAll().executeTakeFirstOrThrow()
    for (let start = 0; start < 1200; start += 200)
      await db
        .insertInto('idempotency_key')
        .values(Array.from({ length: 200 }, (_, i) => ({ ...row, id: String(start + i) })))
        .execute()
    app.clock.advance(24 * 3600_000 + 1)
    await submit('young')
    app.queries.length = 0
    expect(await app.context.idempotency.prune()).toBe(1201)
    expect(app.queries.filter((sql) => sql.startsWith('delete from "idempotency_key"'))).toHaveLength(3)
    expect(await app.context.idempotency.prune()).toBe(0)
  })

  test('a key has up to 128 characters', async () => {
    expect((await submit('k'.repeat(128))).status).toBe(200)
    const { status, body } = await submit('k'.repeat(129))
    expect([status, body.message]).toEqual([400, 'Idempotency-Key 不能超过 128 个字符'])
  })

  test('keys tell upper from lower case', async () => {
    await submit('Key')
    expect((await submit('key')).body.data.task_id).toBe('T202603020002')
  })

  test('keys of two customers and of two routes do not meet', async () => {
    const other = await app.api.customer('demo-other')
    await submit('same')
    expect((await submit('same', buildSubmission({ description: '别人的' }), other)).status).toBe(200)
    expect([await total(), await total(other)]).toEqual([1, 1])
    const reminder = () => app.api.post('/api/v1/tasks/T202603020001/reminder', {}, keyed('same'))
    expect((await reminder()).status).toBe(200)
    expect((await reminder()).status).toBe(200) // stored; without the key it would be 429
  })

  test('keys of two tasks under one route do not meet unnoticed', async () => {
    await submit('a')
    await submit('b')
    const remind = (n: number) => app.api.post(`/api/v1/tasks/T20260302000${n}/reminder`, {}, keyed('r'))
    expect([(await remind(1)).status, (await remind(2)).status]).toEqual([200, 422])
  })

  test('confirming, cancelling, evaluating and subscribing answer a retry as the first time', async () => {
    for (const key of ['1', '2', '3']) await submit(key)
    const { db } = app.context.database
    const put = (n: number, step: number) =>
      db.updateTable('task').set({ current_step: step }).where('task_id', '=', `T20260302000${n}`).execute()
    await put(1, 4)
    await put(3, 6)
    const scores = { serviceAttitude: 5, serviceQuality: 5, overallRating: 5 }
    const calls: [string, unknown][] = [
      ['/tasks/T202603020001/confirm', { accept: true }],
      ['/tasks/T202603020002/cancel', { reason: '不需要了' }],
      ['/tasks/T202603020003/evaluation', scores],
      ['/subscriptions', { results: { T1: 'accept' } }],
    ]
    for (const [path, json] of calls) {
      const [first, second] = [
        await app.api.post(`/api/v1${path}`, json, keyed('x')),
        await app.api.post(`/api/v1${path}`, json, keyed('x')),
      ]
      expect([path, first.status, second.status]).toEqual([path, 200, 200])
      expect(second.body).toEqual(first.body)
    }
    expect(await db.selectFrom('subscription_credit').select('credits').execute()).toEqual([{ credits: 1 }])
  })
})
