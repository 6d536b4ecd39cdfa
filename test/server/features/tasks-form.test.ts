import { randomUUID } from 'node:crypto'
import { refusedPaths } from '../../support/answers'
import { buildFile, buildForm, buildPdf, buildPng, buildSubmission, formFields } from '../../support/builders'
import { startTestApp, type TestApp } from '../../support/test-app'

let app: TestApp
let token: string
beforeAll(async () => {
  app = await startTestApp()
  token = await app.api.customer()
})
afterAll(() => app.close())

const upload = (form: FormData) => app.api.upload('/api/v1/tasks', form, { token })
const detail = async (taskId: string) => (await app.api.get(`/api/v1/tasks/${taskId}`, { token })).body.data
const dotted = formFields(buildSubmission({ device: { quantity: 3 } }))
const bracketed = Object.fromEntries(
  Object.entries(dotted).map(([name, value]) => [name.replace(/\.(\w+)$/, '[$1]'), value]),
)
const { customer, device, type, description } = buildSubmission({ device: { quantity: 3 } })
const rest = { type, description }

/** A multipart body written by hand, as clients in other languages write it. */
const rawForm = (parts: string[], headers = '') =>
  fetch(`${app.url}/api/v1/tasks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'multipart/form-data; boundary=cut' },
    body: `${parts.map((part) => `--cut\r\n${headers}${part}\r\n`).join('')}--cut--\r\n`,
  })

describe('spellings of form fields', () => {
  const spellings: [string, Record<string, string>][] = [
    ['dotted', dotted],
    ['bracketed', bracketed],
    ['JSON text', { ...rest, customer: JSON.stringify(customer), device: JSON.stringify(device) }],
    ['JSON text completed by dotted fields', { ...dotted, device: JSON.stringify({ brand: '旧' }) }],
  ]
  test.each(spellings)('%s fields make the same task', async (_spelling, fields) => {
    const { status, body } = await upload(buildForm(fields))
    expect(status).toBe(200)
    const task = await detail(body.data.task_id)
    expect(task.device).toMatchObject({ name: '高效液相色谱仪', model: '1260', quantity: 3 })
    expect(task.customer).toMatchObject({ name: '张三', company: 'ABC科技有限公司', phone: '13800138000' })
  })

  test('dotted, bracketed and nested fields make the same task as JSON', async () => {
    for (const json of [dotted, bracketed]) {
      const { 'device.quantity': _q, 'device[quantity]': _r, ...fields } = json
      const answer = await app.api.post('/api/v1/tasks', { ...fields, device: { quantity: 3 } }, { token })
      expect(answer.status).toBe(200)
      expect((await detail(answer.body.data.task_id)).device).toMatchObject({ brand: '安捷伦', quantity: 3 })
    }
  })

  test('parts with a content type or a transfer encoding of their own are fields as well', async () => {
    const parts = Object.entries(dotted).map(
      ([name, value]) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`,
    )
    for (const header of ['Content-Type: text/plain; charset=UTF-8', 'Content-Transfer-Encoding: 8bit']) {
      const answer = await rawForm(parts, `${header}\r\n`)
      expect([header, answer.status]).toEqual([header, 200])
    }
  })

  test('an unknown transfer encoding is a 400 and the server lives on', async () => {
    const part = 'Content-Disposition: form-data; name="type"\r\n\r\nrepair'
    expect((await rawForm([part], 'Content-Transfer-Encoding: rot13\r\n')).status).toBe(400)
    expect((await app.api.get('/livez')).status).toBe(200)
  })

  test.each(['not json', '{"name":', 'null', '[]', '1'])('customer given as the text %s is refused', async (text) => {
    expect(refusedPaths(await upload(buildForm({ ...rest, device: '{}', customer: text })))[0]).toMatch(/^customer/)
  })
})

describe('numbers in a form', () => {
  test.each(['1', ' 2 ', '9999'])('quantity %p is taken', async (quantity) => {
    expect((await upload(buildForm({ ...dotted, 'device.quantity': quantity }))).status).toBe(200)
  })

  test.each(['0', '-1', '1.5', '10000', 'abc', '', '1e3', '0x10', '一', '1'.repeat(400)])(
    'quantity %p is refused',
    async (quantity) => {
      const answer = await upload(buildForm({ ...dotted, 'device.quantity': quantity }))
      expect(refusedPaths(answer)).toEqual(['device.quantity'])
    },
  )

  test('a place given as text becomes the service location', async () => {
    const place = { 'customer.latitude': '39.9', 'customer.longitude': '116.3' }
    const { body } = await upload(buildForm({ ...dotted, ...place }))
    const { db } = app.context.database
    const row = db.selectFrom('task').select('service_latitude').where('task_id', '=', body.data.task_id)
    expect((await row.executeTakeFirst())?.service_latitude).toBe(39.9)
  })
})

describe('file_ids', () => {
  const store = async (by = token, file = buildFile(buildPdf(randomUUID()), '报告.pdf')) =>
    (await app.api.upload('/api/v1/files', buildForm({}, [['file', file]]), { token: by })).body.data.file_id as string
  const json = (file_ids: unknown) => app.api.post('/api/v1/tasks', { ...buildSubmission(), file_ids }, { token })

  test('in JSON bring earlier uploads into the task, in their order', async () => {
    const png = buildFile(await buildPng(), 'a.png')
    const ids = [await store(), await store(token, png), await store()]
    const { body } = await json(ids)
    const { step_content: content } = await detail(body.data.task_id)
    expect(content.files.map((file: { url: string }) => file.url.slice(14, 50))).toEqual([ids[0], ids[2]])
    expect(content.images.map((url: string) => url.slice(14, 50))).toEqual([ids[1]])
  })

  test.each(['file_ids', 'file_ids[]', 'file_ids[0]', 'file_ids.0'])('as the form field %s are taken', async (name) => {
    const id = await store()
    const { status, body } = await upload(buildForm({ ...dotted, [name]: id }))
    expect(status).toBe(200)
    expect((await detail(body.data.task_id)).step_content.files).toHaveLength(1)
  })

  test('repeated, as JSON text, empty or null are understood', async () => {
    const repeated = buildForm(dotted)
    for (const id of [await store(), await store()]) repeated.append('file_ids', id)
    expect((await detail((await upload(repeated)).body.data.task_id)).step_content.files).toHaveLength(2)
    const text = buildForm({ ...dotted, file_ids: JSON.stringify([await store(), await store()]) })
    expect((await detail((await upload(text)).body.data.task_id)).step_content.files).toHaveLength(2)
    expect((await upload(buildForm({ ...dotted, file_ids: '' }))).status).toBe(200)
    for (const none of [null, []]) expect((await json(none)).status).toBe(200)
  })

  test('stand beside pictures sent with the form', async () => {
    const form = buildForm({ ...dotted, file_ids: await store() }, [['images', buildFile(await buildPng(), 'a.png')]])
    const { step_content: content } = await detail((await upload(form)).body.data.task_id)
    expect([content.images.length, content.files.length]).toEqual([1, 1])
  })

  test('that are used, unknown or of somebody else are refused by their place, and no task comes of it', async () => {
    const used = await store()
    await json([used])
    const foreign = await store(await app.api.customer('demo-somebody-else'))
    const before = (await app.api.get('/api/v1/tasks', { token })).body.data.total
    for (const id of [used, randomUUID(), foreign]) {
      const own = await store()
      expect(refusedPaths(await json([own, id]))).toEqual(['file_ids.1'])
      expect((await json([own])).status).toBe(200) // the refusal did not use it up
    }
    expect((await app.api.get('/api/v1/tasks', { token })).body.data.total).toBe(before + 3)
  })

  test.each([['x'], [''], ["' or 1=1 --"], [1], [null], [{}]])('holding %p are refused', async (id) => {
    expect(refusedPaths(await json([id]))).toEqual(['file_ids.0'])
  })

  test('count among the nine pictures', async () => {
    const png = await buildPng()
    const nine = Array.from({ length: 9 }, (_, i): [string, File] => ['images', buildFile(png, `${i}.png`)])
    const id = await store(token, buildFile(png, '10.png'))
    const refusal = await upload(buildForm({ ...dotted, file_ids: id }, nine))
    const uploaded = await upload(buildForm(dotted, [...nine, ['images', buildFile(png, '10.png')]]))
    expect([refusal.status, refusal.body.data.fields]).toEqual([413, [{ path: 'file_ids', message: '图片最多 9 张' }]])
    expect(uploaded.status).toBe(413)
    expect((await json([id])).status).toBe(200)
  })

  test.each([
    ['pictures', 10, '图片最多 9 张'],
    ['pictures', 20, '图片最多 9 张'],
    ['documents', 10, '附件最多 9 个'],
  ])('of too many %s (%d) are refused as too many uploads are', async (kind, count, message) => {
    const png = await buildPng()
    const file = () => (kind === 'pictures' ? buildFile(png, 'a.png') : buildFile(buildPdf(randomUUID()), 'a.pdf'))
    const ids = await Promise.all(Array.from({ length: count }, () => store(token, file())))
    const { status, body } = await json(ids)
    expect([status, body.data.fields]).toEqual([413, [{ path: 'file_ids', message }]])
    expect((await json(ids.slice(0, 9))).status).toBe(200)
  })
})

test('files keep the order in which they were sent, however long the disk takes for each', async () => {
  const sizes = [9_000_000, 10, 4_000_000, 10, 10, 2_000_000, 10]
  const files = sizes.map((size, index) => buildFile(buildPdf('x'.repeat(size)), `${index}.pdf`))
  const names = files.map(({ name }) => name)
  for (let round = 0; round < 5; round++) {
    const form = buildForm(
      dotted,
      files.map((file) => ['files', file]),
    )
    const headers = { 'idempotency-key': `order-${round}` }
    const send = () => app.api.upload('/api/v1/tasks', form, { token, headers })
    const { status, body } = await send()
    expect(status).toBe(200)
    const { step_content } = await detail(body.data.task_id)
    expect(step_content.files.map(({ name }: { name: string }) => name)).toEqual(names)
    expect((await send()).body.data).toEqual(body.data)
  }
}, 60_000)
