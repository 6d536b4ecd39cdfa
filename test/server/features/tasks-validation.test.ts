import type { TaskSubmission } from '../../../types/api/tasks'
import { DEVICE_FIELDS, TASK_TYPE_RULES, TASK_TYPES } from '../../../types/task-types'
import { refusedPaths } from '../../support/answers'
import { buildSubmission } from '../../support/builders'
import { startTestApp, type TestApp } from '../../support/test-app'

let app: TestApp
let token: string
beforeAll(async () => {
  app = await startTestApp()
  token = await app.api.customer()
})
afterAll(() => app.close())

const submit = (json: unknown) => app.api.post('/api/v1/tasks', json, { token })

/** Everything any type may ask for. */
const fullDevice = (type: TaskSubmission['type']): TaskSubmission =>
  buildSubmission({
    type,
    device: {
      accessories: '色谱柱两根',
      appointment_time: '2026-03-09 09:30:00',
      verification_type: 'OQ',
      purpose: '农药残留检测',
      requirement_description: '每天 50 个样品',
    },
  })

function without(submission: TaskSubmission, path: string): Record<string, unknown> {
  const copy = structuredClone(submission) as unknown as Record<string, Record<string, unknown>>
  const [first, second] = path.split('.') as [string, string?]
  if (second) delete copy[first]![second]
  else delete copy[first]
  return copy
}

const REQUIRED = ['type', 'customer.name', 'customer.company', 'customer.phone', 'customer.address']

describe('required fields', () => {
  test('of a person and a device that are not there at all are named one by one', async () => {
    const { customer: _customer, device: _device, ...rest } = buildSubmission()
    const paths = refusedPaths(await submit(rest))
    for (const path of [...REQUIRED.slice(1), 'device.name', 'device.fault_description']) expect(paths).toContain(path)
  })

  test.each([...REQUIRED, 'device.quantity', 'description'])('%s left out is named', async (path) => {
    expect(refusedPaths(await submit(without(buildSubmission(), path)))).toContain(path)
  })

  const conditional = TASK_TYPES.flatMap((type) => TASK_TYPE_RULES[type].required.map((name) => [type, name] as const))
  test.each(conditional)('%s without device.%s is refused by its Chinese name', async (type, name) => {
    const answer = await submit(without(fullDevice(type), `device.${name}`))
    expect(refusedPaths(answer)).toEqual([`device.${name}`])
    expect(answer.body.message).toContain(DEVICE_FIELDS[name].label)
  })

  test.each(conditional.filter(([, name]) => name !== 'quantity'))(
    '%s with a blank or null device.%s is refused',
    async (type, name) => {
      for (const nothing of [null, '', '  ']) {
        const full = fullDevice(type)
        const answer = await submit({ ...full, device: { ...full.device, [name]: nothing } })
        expect(refusedPaths(answer)).toEqual([`device.${name}`])
      }
    },
  )

  test.each(TASK_TYPES)('%s needs nothing beyond its required fields', async (type) => {
    const device = Object.fromEntries(
      Object.entries(fullDevice(type).device).filter(([name]) =>
        (TASK_TYPE_RULES[type].required as readonly string[]).includes(name),
      ),
    )
    expect((await submit({ ...fullDevice(type), device })).status).toBe(200)
  })

  test('all faults are named at once, the missing device fields among them', async () => {
    const paths = refusedPaths(await submit({ type: 'repair', customer: { name: '张三' }, device: { quantity: 1 } }))
    expect(paths).toEqual(
      expect.arrayContaining([
        'customer.company',
        'customer.phone',
        'customer.address',
        'device.name',
        'device.fault_description',
        'description',
      ]),
    )
  })

  test.each(TASK_TYPES)('%s does not look at fields it does not ask for', async (type) => {
    const asked = new Set<string>([...TASK_TYPE_RULES[type].required, ...TASK_TYPE_RULES[type].optional])
    const junk = Object.fromEntries(Object.keys(DEVICE_FIELDS).map((name) => [name, { no: 'text' }]))
    const full = fullDevice(type)
    const kept = Object.entries(full.device).filter(([name]) => asked.has(name))
    expect((await submit({ ...full, device: { ...junk, ...Object.fromEntries(kept) }, unknown: 1 })).status).toBe(200)
  })
})

const TEXT_LIMITS: [path: string, max: number][] = [
  ['customer.name', 50],
  ['customer.company', 100],
  ['customer.address', 255],
  ['device.name', 100],
  ['device.type', 100],
  ['device.brand', 100],
  ['device.model', 100],
  ['device.fault_description', 2000],
  ['description', 2000],
]
const withValue = (path: string, value: unknown) => {
  const copy = structuredClone(buildSubmission()) as unknown as Record<string, Record<string, unknown>>
  const [first, second] = path.split('.') as [string, string?]
  if (second) copy[first]![second] = value
  else copy[first] = value as Record<string, unknown>
  return copy
}

describe('limits', () => {
  test.each(TEXT_LIMITS)('%s takes %i characters and not one more', async (path, max) => {
    expect((await submit(withValue(path, '仪'.repeat(max)))).status).toBe(200)
    expect((await submit(withValue(path, '😀'.repeat(Math.floor(max / 2))))).status).toBe(200)
    expect(refusedPaths(await submit(withValue(path, '仪'.repeat(max + 1))))).toEqual([path])
  })

  test.each([...TEXT_LIMITS.map(([path]) => path), 'type', 'customer.phone'])(
    '%s takes text and nothing else',
    async (path) => {
      for (const value of [1, true, {}, ['x'], [], { toString: 1, valueOf: 1 }])
        expect(refusedPaths(await submit(withValue(path, value)))).toContain(path)
    },
  )

  test.each([0, -1, 1.5, 10_000, 1e300, '2', '', null, true, [1], {}])('quantity %p is refused', async (quantity) => {
    expect(refusedPaths(await submit(withValue('device.quantity', quantity)))).toEqual(['device.quantity'])
  })

  test.each([1, 2, 9999])('quantity %p is taken', async (quantity) => {
    expect((await submit(withValue('device.quantity', quantity))).status).toBe(200)
  })

  test.each(['12', 'abc', '1380013800a', '<b>13800138000</b>', '1'.repeat(21)])(
    'phone %p is refused',
    async (value) => {
      expect(refusedPaths(await submit(withValue('customer.phone', value)))).toEqual(['customer.phone'])
    },
  )

  test.each(['13800138000', '+86 138-0013-8000', '010-62345678', '(010) 6234 5678'])(
    'phone %p is taken',
    async (value) => {
      expect((await submit(withValue('customer.phone', value))).status).toBe(200)
    },
  )

  test.each(['a', 'a@b', '@b.cn', 'a b@c.cn', `${'a'.repeat(96)}@b.cn`])('e-mail %p is refused', async (value) => {
    expect(refusedPaths(await submit(withValue('customer.email', value)))).toEqual(['customer.email'])
  })

  test.each([null, '', '  ', 'a@b.cn', `${'a'.repeat(95)}@b.cn`])('e-mail %p is taken', async (value) => {
    expect((await submit(withValue('customer.email', value))).status).toBe(200)
  })
})

describe('appointments and places', () => {
  const training = (appointment_time: unknown) => ({
    ...fullDevice('training'),
    device: { ...fullDevice('training').device, appointment_time },
  })

  test.each(['2026-03-02 10:00:01', '2026-03-09 09:30', '2026-03-09T01:30:00Z', '2026-03-09T09:30:00+08:00'])(
    'takes %s, which lies ahead',
    async (time) => expect((await submit(training(time))).status).toBe(200),
  )

  test.each(['2026-03-02 10:00:00', '2026-03-02 09:59:59', '1999-01-01 00:00:00'])(
    'refuses %s, which does not',
    async (time) => expect(refusedPaths(await submit(training(time)))).toEqual(['device.appointment_time']),
  )

  test.each([
    '明天',
    '2026-04-31 10:00:00',
    '2026-02-29 10:00',
    '2026-13-01 10:00',
    '2027-01-01',
    '9999-12-31T23:59:59-01:00',
    1798761600,
    {},
  ])('refuses %p, which is no time', async (time) =>
    expect(refusedPaths(await submit(training(time)))).toEqual(['device.appointment_time']),
  )

  test('reads a time without a zone as Shanghai time', async () => {
    const { body } = await submit(training('2026-03-09T01:30:00Z'))
    const detail = await app.api.get(`/api/v1/tasks/${body.data.task_id}`, { token })
    expect(detail.body.data.device.appointment_time).toBe('2026-03-09 09:30:00')
  })

  test.each(['IQ', 'OQ', 'PQ'])('verification takes %s', async (verification_type) => {
    const full = fullDevice('verification')
    expect((await submit({ ...full, device: { ...full.device, verification_type } })).status).toBe(200)
  })

  test.each(['iq', 'DQ', 1, {}])('verification refuses %p', async (verification_type) => {
    const full = fullDevice('verification')
    const answer = await submit({ ...full, device: { ...full.device, verification_type } })
    expect(refusedPaths(answer)).toEqual(['device.verification_type'])
  })

  test.each([
    [{ latitude: 90.1, longitude: 116 }, 'customer.latitude'],
    [{ latitude: 39.9, longitude: -180.1 }, 'customer.longitude'],
    [{ latitude: '39.9', longitude: 116 }, 'customer.latitude'],
    [{ latitude: 39.9 }, 'customer.latitude'],
    [{ longitude: 116 }, 'customer.latitude'],
  ])('refuses the place %p', async (place, path) => {
    const base = buildSubmission()
    expect(refusedPaths(await submit({ ...base, customer: { ...base.customer, ...place } }))).toContain(path)
  })

  test('keeps a picked place as the service location', async () => {
    const { body } = await submit(buildSubmission({ customer: { latitude: 39.9, longitude: 116.3 } }))
    const row = await app.context.database.db
      .selectFrom('task')
      .select(['service_latitude', 'service_longitude'])
      .where('task_id', '=', body.data.task_id)
      .executeTakeFirstOrThrow()
    expect(row).toEqual({ service_latitude: 39.9, service_longitude: 116.3 })
  })
})
