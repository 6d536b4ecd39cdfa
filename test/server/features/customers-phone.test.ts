import { refusedPaths } from '../../support/answers'
import { buildFile, buildForm, buildPdf, buildSubmission } from '../../support/builders'
import { ENGINES } from '../../support/engines'
import { startTestApp, type TestApp } from '../../support/test-app'

const PHONE = '13800138000'

describe.each(ENGINES)('binding a phone on %s', (engine) => {
  let app: TestApp
  let token: string
  beforeEach(async () => {
    app = await startTestApp({ engine })
    token = await app.api.customer()
  })
  afterEach(() => app.close())

  const bind = (by = token, code = `phone-${PHONE}`, headers = {}) =>
    app.api.post('/api/v1/wechat/phone', { code }, { token: by, headers })
  const { rowOf, addRow } = {
    rowOf: (id: number) =>
      app.context.database.db.selectFrom('customer').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    /** A row of the company's own, made before there was a mini-program. */
    addRow: async (phone: string, name = '老客户公司') => {
      const { db } = app.context.database
      await db.insertInto('customer').values({ name, contact: '王五', phone, address: '上海' }).execute()
      const { id } = await db.selectFrom('customer').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow()
      return id
    },
  }
  const idOf = async (by = token) => (await app.context.customers.findPrincipal(app.context.tokens.verify(by)))!.id

  test('answers the number and the profile, and keeps the number', async () => {
    const { status, body } = await bind()
    expect(status).toBe(200)
    expect(Object.keys(body.data).toSorted()).toEqual(['phone', 'userInfo'])
    expect([body.message, body.data.phone, body.data.userInfo.phone]).toEqual(['绑定成功', PHONE, PHONE])
    expect((await app.api.get('/api/v1/user/profile', { token })).body.data.phone).toBe(PHONE)
  })

  test.each([PHONE, `+86${PHONE}`, `86${PHONE}`, '138 0013 8000', '138-0013-8000'])(
    'the one unbound row with %s becomes the customer’s own and keeps every value',
    async (spelling) => {
      const provisional = await idOf()
      const old = await addRow(spelling)
      const before = await rowOf(old)
      const { openid } = { openid: (await rowOf(provisional)).wechat_openid }
      const { body } = await bind()
      expect(body.data.userInfo).toMatchObject({ name: '老客户公司', contact: '王五', address: '上海' })
      expect(await rowOf(old)).toEqual({ ...before, wechat_openid: openid, update_time: app.clock.now() })
      expect(await rowOf(provisional)).toMatchObject({ wechat_openid: null, wechat_merged_into: old })
      expect(await idOf(await app.api.customer())).toBe(old)
    },
  )

  test('tasks, files, credits and messages follow, and the old token still works', async () => {
    const form = buildForm({}, [['file', buildFile(buildPdf(), 'a.pdf')]])
    const file = await app.api.upload('/api/v1/files', form, { token })
    await app.api.post('/api/v1/tasks', buildSubmission(), { token })
    await app.api.post('/api/v1/subscriptions', { results: { T1: 'accept' } }, { token })
    const { notifications, database } = app.context
    const message = { event: 'X', title: '标题', content: '内容', taskId: null }
    await notifications.add(database.db, `customer:${await idOf()}`, message)
    const old = await addRow(PHONE)
    await bind()
    expect(await idOf()).toBe(old)
    expect((await app.api.get('/api/v1/tasks', { token })).body.data.total).toBe(1)
    expect((await app.api.get('/api/v1/notifications', { token })).body.data.total).toBe(1)
    const credits = await database.db.selectFrom('subscription_credit').selectAll().execute()
    expect(credits).toMatchObject([{ customer_id: old, template_id: 'T1', credits: 1 }])
    const withFile = buildSubmission({ file_ids: [file.body.data.file_id] })
    expect((await app.api.post('/api/v1/tasks', withFile, { token })).status).toBe(200)
    expect((await app.api.get('/api/v1/tasks', { token: await app.api.customer() })).body.data.total).toBe(2)
  })

  test('an Idempotency-Key holds across the merge: the retry gets the first answer', async () => {
    await addRow(PHONE)
    const headers = { 'idempotency-key': 'bind-1' }
    const submit = () => app.api.post('/api/v1/tasks', buildSubmission(), { token, headers })
    const task = await submit()
    const first = await bind(token, undefined, headers)
    app.sandbox.wechat.control({ errcodes: [{ path: '/wxa/business/getuserphonenumber', errcode: 40029 }] })
    const second = await bind(token, undefined, headers)
    expect([second.status, second.body]).toEqual([200, first.body])
    expect((await submit()).body).toEqual(task.body)
  })

  test('two rows with the number bind neither', async () => {
    const [one, two] = [await addRow(PHONE), await addRow(`+86${PHONE}`)]
    const own = await idOf()
    expect((await bind()).body.data.userInfo).toMatchObject({ name: '', phone: PHONE })
    expect(await idOf()).toBe(own)
    for (const id of [one, two]) expect((await rowOf(id)).wechat_openid).toBeNull()
  })

  test('a row somebody else logs in to is never taken', async () => {
    const other = await app.api.customer('demo-owner')
    await bind(other)
    const owner = await idOf(other)
    await bind()
    expect(await idOf()).not.toBe(owner)
    expect(await idOf(other)).toBe(owner)
  })

  test('a number typed into the profile never binds, neither way', async () => {
    const old = await addRow(PHONE)
    const profile = { contact: '冒名', name: '公司', phone: PHONE, address: '北京' }
    await app.api.put('/api/v1/user/profile', profile, { token })
    expect((await rowOf(old)).wechat_openid).toBeNull()
    const honest = await app.api.customer('demo-honest')
    await bind(honest)
    expect(await idOf(honest)).toBe(old)
    expect(await idOf()).not.toBe(old)
  })

  test('a row left behind by a merge is not bound again', async () => {
    const provisional = await idOf()
    await bind(token, 'phone-13900139000')
    const old = await addRow(PHONE)
    await bind()
    expect(await idOf()).toBe(old)
    const other = await app.api.customer('demo-other')
    await bind(other, 'phone-13900139000')
    expect(await idOf(other)).not.toBe(provisional)
  })

  test('of two customers racing for one row one gets it, and both keep an account', async () => {
    const old = await addRow(PHONE)
    const other = await app.api.customer('demo-racer')
    const answers = await Promise.all([bind(), bind(other)])
    for (const { status } of answers) expect([200, 409]).toContain(status)
    const ids = [await idOf(), await idOf(other)]
    expect(ids.filter((id) => id === old)).toHaveLength(1)
    expect(new Set(ids).size).toBe(2)
  })

  test('the same customer binding eight times at once moves once', async () => {
    const old = await addRow(PHONE)
    await app.api.post('/api/v1/tasks', buildSubmission(), { token })
    const answers = await Promise.all(Array.from({ length: 8 }, () => bind()))
    expect(answers.filter(({ status }) => status >= 500)).toEqual([])
    expect(await idOf()).toBe(old)
    expect((await app.api.get('/api/v1/tasks', { token })).body.data.total).toBe(1)
  })

  test('a number abroad keeps its prefix', async () => {
    expect((await bind(token, 'phone-+1-4155550100')).body.data.phone).toContain('4155550100')
  })

  test('a bad code changes nothing, and one is required', async () => {
    await addRow(PHONE)
    expect((await bind(token, 'wrong')).status).toBe(400)
    expect(refusedPaths(await app.api.post('/api/v1/wechat/phone', {}, { token }))).toEqual(['code'])
    app.sandbox.wechat.control({ dropConnection: true })
    expect((await bind()).status).toBe(502)
    expect((await app.api.get('/api/v1/user/profile', { token })).body.data.phone).toBe('')
  })

  test('a refused access token is renewed once', async () => {
    await bind(token, 'phone-13900139000')
    app.sandbox.wechat.control({ expireSessions: true })
    expect((await bind()).status).toBe(200)
  })
})
