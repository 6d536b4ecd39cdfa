import { buildForm, buildSubmission, formFields } from '../../support/builders'
import { ENGINES } from '../../support/engines'
import { startTestApp, type TestApp } from '../../support/test-app'

const TRICKS: Record<string, string> = {
  sql: "'; drop table task; --",
  'sql comment': '1/**/or/**/1=1--',
  html: '<script>alert(1)</script><img onerror=alert(1)>',
  path: '../../../../etc/passwd',
  'windows path': '..\\..\\windows\\system32',
  json: '{"$gt":"","__proto__":{"admin":true}}',
  'object text': '{...}',
  'array text': '["a","b"]',
  template: '${7*7} {{7*7}} <%= 7*7 %>',
  emoji: '🧪👩‍🔬🇨🇳 é ｆｕｌｌ',
  prototype: '__proto__',
  constructor: 'constructor',
  null: 'null',
  'right to left': '\u202egnp.exe',
  'lines and controls': 'a\r\nSet-Cookie: x=1\tb\u0001\u007f',
  percent: '%00%2e%2e%2f%n%s',
  formula: '=HYPERLINK("http://x","y")',
}
const UNSTORABLE: Record<string, string> = {
  NUL: 'a\u0000b',
  'high surrogate': 'a\ud83d',
  'low surrogate': '\ude00b',
}
const FIELDS = [
  'customer.name',
  'customer.company',
  'customer.address',
  'device.name',
  'device.brand',
  'device.fault_description',
  'description',
]

describe.each(ENGINES)('tricks in the fields of a task on %s', (engine) => {
  let app: TestApp
  let token: string
  beforeAll(async () => {
    app = await startTestApp({ engine })
    token = await app.api.customer()
  })
  afterAll(() => app.close())

  const withText = (text: string) => {
    const { customer, device } = buildSubmission()
    return {
      ...buildSubmission(),
      customer: { ...customer, name: text, company: text, address: text },
      device: { ...device, name: text, brand: text, fault_description: text },
      description: text,
    }
  }
  async function textsOf(taskId: string): Promise<string[]> {
    const { data } = (await app.api.get(`/api/v1/tasks/${taskId}`, { token })).body
    const { customer, device } = data
    return [
      customer.name,
      customer.company,
      customer.address,
      device.name,
      device.brand,
      device.fault_description,
      data.description,
    ]
  }

  test.each(Object.entries(TRICKS))('%s is data, as JSON and as a form', async (_name, text) => {
    const submission = withText(text)
    const json = await app.api.post('/api/v1/tasks', submission, { token })
    expect(json.status).toBe(200)
    expect(new Set(await textsOf(json.body.data.task_id))).toEqual(new Set([text]))
    const form = await app.api.upload('/api/v1/tasks', buildForm(formFields(submission)), { token })
    expect(form.status).toBe(200)
    const spaced = text.replace(/\r\n|\r|\n/g, '\r\n')
    expect(new Set(await textsOf(form.body.data.task_id))).toEqual(new Set([spaced]))
  })

  test.each(Object.entries(UNSTORABLE))('%s is a clear 400 in every field', async (_name, text) => {
    const { status, body } = await app.api.post('/api/v1/tasks', withText(text), { token })
    expect(status).toBe(400)
    const fields = body.data.fields as { path: string; message: string }[]
    expect(fields.map((field) => field.path).toSorted()).toEqual(FIELDS.toSorted())
    for (const { message } of fields) expect(message).toMatch(/含有无法保存的字符$/)
  })

  test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'null', 'a.b.c.d.e'])(
    'a field called %p changes nothing',
    async (name) => {
      const extra = { [name]: 'x', [`${name}.polluted`]: 'x', [`device.${name}`]: 'x', [`device[${name}][y]`]: 'x' }
      const form = buildForm({ ...formFields(buildSubmission()), ...extra })
      expect((await app.api.upload('/api/v1/tasks', form, { token })).status).toBe(200)
      const json = `{"${name}":{"polluted":1},${JSON.stringify(buildSubmission()).slice(1)}`
      const raw = await fetch(`${app.url}/api/v1/tasks`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: json,
      })
      expect(raw.status).toBe(name === '__proto__' ? 400 : 200)
      expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    },
  )

  test.each(['', '.', '[]', '...', '[.]'])('a field called %p is ignored', async (name) => {
    const form = buildForm({ ...formFields(buildSubmission()), [name]: 'x' })
    expect((await app.api.upload('/api/v1/tasks', form, { token })).status).toBe(200)
  })

  test('prototypes inside objects are not taken over', async () => {
    const device = JSON.stringify(buildSubmission().device).replace('{', '{"__proto__":{"quantity":7},')
    const form = buildForm({ ...formFields(buildSubmission()), device })
    expect((await app.api.upload('/api/v1/tasks', form, { token })).status).toBe(200)
  })

  test('a name that is a megabyte of dots is ignored at once', async () => {
    const start = performance.now()
    const answer = await app.api.post('/api/v1/tasks', { ...buildSubmission(), ['a.'.repeat(400_000)]: 1 }, { token })
    expect(answer.status).toBe(200)
    expect(performance.now() - start).toBeLessThan(5000)
  })

  test.each(['[', '{"a":'])('JSON nested 100,000 deep with %s is answered', async (opening) => {
    const closing = opening === '[' ? ']' : '}'
    const deep = opening.repeat(100_000) + (opening === '[' ? '' : '1') + closing.repeat(100_000)
    const body = JSON.stringify({ ...buildSubmission(), description: 'DEEP' }).replace('"DEEP"', deep)
    const answer = await fetch(`${app.url}/api/v1/tasks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    })
    expect(answer.status).toBe(400)
  })

  test.each(['%00', "' or '1'='1", '../tasks', '..%2f..%2fetc', '%E0%A4%A', '<script>', 'T%', 'x'.repeat(300), '😀'])(
    'the task number %p finds nothing',
    async (id) => {
      const { status } = await app.api.get(`/api/v1/tasks/${id.includes('%') ? id : encodeURIComponent(id)}`, { token })
      expect([400, 404]).toContain(status)
    },
  )

  test('the tables are all there afterwards', async () => {
    const { count } = await app.context.database.db
      .selectFrom('task')
      .select((eb) => eb.fn.countAll().as('count'))
      .executeTakeFirstOrThrow()
    expect(Number(count)).toBeGreaterThan(Object.keys(TRICKS).length)
    expect(app.logs.filter((line) => line.includes('"status":500'))).toEqual([])
  })
})
