import http from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { createNotificationRepository } from '../../../server/features/notifications/repository'
import { buildFile, buildForm, buildPdf, buildPng, buildSubmission, formFields } from '../../support/builders'
import { ENGINES } from '../../support/engines'
import { addCrew, type Crew, NO_LIMITS } from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

const PHONE = '13800138000'
const CUSTOMERS = '/api/v1/admin/customers'

describe.each(ENGINES)('a merge of two rows of a customer on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  let token: string
  /** The row of the first login, and the company's own row that it is merged into. */
  let former: number
  let target: number
  beforeEach(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
    token = crew.customer.token
    former = await idOf()
    const { db } = app.context.database
    await db.insertInto('customer').values({ name: '老客户公司', phone: PHONE }).execute()
    target = (await db.selectFrom('customer').select('id').where('phone', '=', PHONE).executeTakeFirstOrThrow()).id
  })
  afterEach(() => app.close())

  const idOf = async () => (await app.context.customers.findPrincipal(app.context.tokens.verify(token)))!.id
  const merge = async () => {
    expect((await app.api.post('/api/v1/wechat/phone', { code: `phone-${PHONE}` }, { token })).status).toBe(200)
    expect(await idOf()).toBe(target)
  }
  const rowOf = (id: number) =>
    app.context.database.db.selectFrom('customer').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const rowsOf = (table: 'task' | 'task_file' | 'subscription_credit' | 'service_evaluation') =>
    app.context.database.db.selectFrom(table).selectAll().execute()
  const upload = async (content = buildPdf(), name = 'a.pdf'): Promise<string> => {
    const form = buildForm({}, [['file', buildFile(content, name)]])
    return (await app.api.upload('/api/v1/files', form, { token })).body.data.file_id
  }
  const submit = async (): Promise<string> =>
    (await app.api.post('/api/v1/tasks', buildSubmission(), { token })).body.data.task_id

  /** Sends all but the end of a body, runs `meanwhile` when the server knows the caller, and then sends the rest. */
  async function duringRequest(
    method: string,
    path: string,
    given: FormData | object,
    meanwhile: () => Promise<unknown>,
  ) {
    const whole = given instanceof FormData ? new Response(given) : Response.json(given)
    const body = Buffer.from(await whole.arrayBuffer())
    app.queries.length = 0
    const request = http.request(app.url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': whole.headers.get('content-type')!,
        'content-length': body.length,
      },
    })
    const response = new Promise<http.IncomingMessage>((resolve, reject) => {
      request.on('response', resolve).on('error', reject)
    })
    request.write(body.subarray(0, -1))
    while (!app.queries.some((sql) => sql.includes('from "customer"'))) await pause(5)
    await meanwhile()
    request.end(body.subarray(-1))
    const { statusCode } = await response
    return statusCode
  }

  test('a submission under way arrives at the live row, with its files', async () => {
    const early = await upload()
    const submission = { ...formFields(buildSubmission()), file_ids: JSON.stringify([early]) }
    const form = buildForm(submission, [['images', buildFile(await buildPng(), 'a.png')]])
    expect(await duringRequest('POST', '/api/v1/tasks', form, merge)).toBe(200)
    expect(await rowsOf('task')).toMatchObject([{ customer_id: target }])
    const uploader = `customer:${target}`
    expect(await rowsOf('task_file')).toMatchObject([
      { owner: 'submission', uploader },
      { owner: 'submission', uploader },
    ])
    const { body } = await app.api.get('/api/v1/tasks', { token })
    expect(body.data.total).toBe(1)
    const cancel = `/api/v1/tasks/${body.data.list[0].task_id}/cancel`
    expect((await app.api.post(cancel, { reason: '不需要了' }, { token })).status).toBe(200)
  })

  test('a file under way can be used afterwards', async () => {
    const form = buildForm({}, [['file', buildFile(buildPdf(), 'a.pdf')]])
    expect(await duringRequest('POST', '/api/v1/files', form, merge)).toBe(200)
    const [file] = await app.context.database.db.selectFrom('task_file').select('id').execute()
    const submission = buildSubmission({ file_ids: [file!.id] })
    expect((await app.api.post('/api/v1/tasks', submission, { token })).status).toBe(200)
  })

  test('consent given meanwhile counts for the live row', async () => {
    const results = { T1: 'accept' }
    expect(await duringRequest('POST', '/api/v1/subscriptions', { results }, merge)).toBe(200)
    expect(await rowsOf('subscription_credit')).toMatchObject([{ customer_id: target, credits: 1 }])
  })

  test('a profile under way is the live row’s, with its picture', async () => {
    const avatar_file_id = await upload(await buildPng(), 'a.png')
    const profile = { contact: '王五', name: '新公司', phone: PHONE, address: '上海', avatar_file_id }
    expect(await duringRequest('PUT', '/api/v1/user/profile', profile, merge)).toBe(200)
    const { body } = await app.api.get('/api/v1/user/profile', { token })
    expect(body.data).toMatchObject({ contact: '王五', name: '新公司', address: '上海' })
    expect(body.data.wechat_avatar_url).toContain(avatar_file_id)
  })

  test.each([
    ['cancel', { reason: '不需要了' }, 1],
    ['reminder', {}, 1],
    ['confirm', { accept: true }, 4],
    ['evaluation', { serviceAttitude: 5, serviceQuality: 5, overallRating: 5 }, 6],
  ])('%s under way finds the task', async (action, input, current_step) => {
    const number = await submit()
    await app.context.database.db.updateTable('task').set({ current_step }).execute()
    expect(await duringRequest('POST', `/api/v1/tasks/${number}/${action}`, input, merge)).toBe(200)
    for (const row of await rowsOf('service_evaluation')) expect(row).toMatchObject({ customer_id: target })
    const inbox = await app.context.database.db.selectFrom('notification').select('audience').execute()
    expect(inbox.filter(({ audience }) => audience === `customer:${former}`)).toEqual([])
  })

  test('a customer disabled meanwhile submits nothing', async () => {
    const disable = () => app.api.post(`${CUSTOMERS}/${former}/disable`, undefined, crew.admin)
    expect(await duringRequest('POST', '/api/v1/tasks', buildSubmission(), disable)).toBe(401)
    expect(await rowsOf('task')).toEqual([])
  })

  test('what admins set on the former row is kept, and the live row’s own comes first', async () => {
    const { db } = app.context.database
    await db.updateTable('customer').set({ wxwork_user_id: 'own' }).where('id', '=', target).execute()
    const changes = { ngs_customer_guid: 'guid-1', wxwork_user_id: 'former' }
    expect((await app.api.patch(`${CUSTOMERS}/${former}`, changes, crew.admin)).status).toBe(200)
    await merge()
    expect(await rowOf(target)).toMatchObject({ ngs_customer_guid: 'guid-1', wxwork_user_id: 'own' })
  })

  test('an admin who still has the former number acts on the live row', async () => {
    await merge()
    const { body } = await app.api.patch(`${CUSTOMERS}/${former}`, { ngs_customer_guid: 'guid-2' }, crew.admin)
    expect(body.data).toMatchObject({ id: target, ngs_customer_guid: 'guid-2' })
    expect(await rowOf(target)).toMatchObject({ ngs_customer_guid: 'guid-2' })
    expect((await app.api.post(`${CUSTOMERS}/${former}/disable`, undefined, crew.admin)).status).toBe(200)
    expect((await app.api.get('/api/v1/user/profile', { token })).status).toBe(401)
    const { body: log } = await app.api.get('/api/v1/admin/audit', crew.admin)
    expect(new Set(log.data.list.map((line: { target: string }) => line.target))).toEqual(new Set([String(target)]))
  })

  test('a message to the former row reaches the customer', async () => {
    await merge()
    const { wechat_openid } = await rowOf(target)
    const repository = createNotificationRepository(app.context.database)
    expect(await repository.recipient(`customer:${former}`)).toMatchObject({
      audience: `customer:${target}`,
      customerId: target,
      openId: wechat_openid,
    })
  })

  test('of two pictures set at once one is kept and the other is swept', async () => {
    const ids = [await upload(await buildPng(), 'a.png'), await upload(await buildPng(), 'b.png')]
    const profile = { contact: '王五', name: '公司', phone: PHONE, address: '上海' }
    const set = (avatar_file_id: string) =>
      app.api.put('/api/v1/user/profile', { ...profile, avatar_file_id }, { token })
    const answers = await Promise.all(ids.map(set))
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    const stored = app.context.database.db.selectFrom('task_file').select('owner').orderBy('owner')
    expect(await stored.execute()).toEqual([{ owner: 'avatar' }, { owner: 'unused' }])
  })
})
