import { ENGINES } from '../../support/engines'
import { addAcceptedOrder, addCrew, countOf, type Crew, NO_LIMITS, rowsOf, SITE } from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

describe.each(ENGINES)('a sync of broken items on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  let workOrderId: string
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
    workOrderId = await addAcceptedOrder(app, crew)
  })
  afterAll(() => app.close())
  let number = 0
  const fix = (changes: object = {}) => ({
    clientId: `fix-${++number}`,
    kind: 'fix',
    capturedAt: '2026-03-02T01:30:00.000Z',
    payload: { workOrderId, ...SITE },
    ...changes,
  })
  const send = (body: unknown) => app.api.post('/homecare/sync', body, crew.worker)
  const raw = (text: string) =>
    fetch(`${app.url}/homecare/sync`, {
      method: 'POST',
      headers: { authorization: `Bearer ${crew.worker.token}`, 'content-type': 'application/json' },
      body: text,
    })

  const BROKEN: [string, unknown][] = [
    ['null', null],
    ['a number', 5],
    ['a text', 'fix'],
    ['a list', [[]]],
    ['nothing', {}],
    ['no client id', fix({ clientId: undefined })],
    ['a client id that is a number', fix({ clientId: 7 })],
    ['an endless client id', fix({ clientId: 'x'.repeat(101) })],
    ['a client id with NUL', fix({ clientId: 'a\u0000' })],
    ['half a surrogate pair for a client id', fix({ clientId: '\ud83d' })],
    ['an unknown kind', fix({ kind: 'delete' })],
    ['a kind of the prototype', fix({ kind: 'constructor' })],
    ['a null kind', fix({ kind: null })],
    ['no time', fix({ capturedAt: undefined })],
    ['a time that is a number', fix({ capturedAt: 1772416800000 })],
    ['a time that is none', fix({ capturedAt: '2026-02-31T00:00:00Z' })],
    ['no payload', fix({ payload: undefined })],
    ['a null payload', fix({ payload: null })],
    ['a payload that is a list', fix({ payload: [] })],
    ['a payload that is text', fix({ payload: '{}' })],
    ['an empty payload', fix({ payload: {} })],
    ['text for a latitude', fix({ payload: { workOrderId: 'x', ...SITE, latitude: '39.9' } })],
    ['null for a longitude', fix({ payload: { workOrderId: 'x', ...SITE, longitude: null } })],
    ['a latitude of 91', fix({ payload: { workOrderId: 'x', ...SITE, latitude: 91 } })],
    ['the payload of a step as a check-out', fix({ kind: 'checkout', payload: { workOrderId: 'x', step: 2 } })],
    ['the payload of a fix as a step', fix({ kind: 'step', payload: { workOrderId: 'x', ...SITE } })],
    ['a signature that is a number', fix({ kind: 'checkin', payload: { workOrderId: 'x', ...SITE, signature: 8 } })],
    ['evidence that is text', fix({ kind: 'checkin', payload: { workOrderId: 'x', ...SITE, evidenceFileIds: 'a' } })],
    ['a ticket that is text', fix({ kind: 'checkin', payload: { workOrderId: 'x', ...SITE, offlineTicket: 'a' } })],
    ['a step of 8', fix({ kind: 'step', payload: { workOrderId: 'x', step: 8, description: '说明' } })],
    ['an order number with NUL', fix({ payload: { workOrderId: 'a\u0000', ...SITE } })],
  ]

  test.each(BROKEN)('%s is invalid in Chinese, and its neighbours are accepted', async (_name, broken) => {
    const stored = (await rowsOf(app, 'hc_worker_locations', workOrderId)).length
    const [first, last] = [fix(), fix()]
    const { status, body } = await send({ items: [first, broken, last] })
    expect(status).toBe(200)
    const [before, answer, after] = body.data.results
    expect(before).toEqual({ clientId: first.clientId, status: 'accepted' })
    expect(after).toEqual({ clientId: last.clientId, status: 'accepted' })
    expect([answer.status, answer.message]).toEqual(['invalid', expect.stringMatching(/[\u4e00-\u9fff]/)])
    expect(await rowsOf(app, 'hc_worker_locations', workOrderId)).toHaveLength(stored + 2)
  })

  test('all broken items at once are answered one by one, with the names they had', async () => {
    const { body } = await send({ items: BROKEN.map(([, broken]) => broken) })
    const answers = body.data.results
    expect(new Set(answers.map((answer: { status: string }) => answer.status))).toEqual(new Set(['invalid']))
    expect(answers.map((answer: { clientId: string }) => answer.clientId.length <= 100)).not.toContain(false)
    expect(answers[10].clientId).toBe((BROKEN[10]![1] as { clientId: string }).clientId)
  })

  test.each(['{"clientId"', '{"workOrderId"'])(
    '“__proto__” before %s is 400 and changes no prototype',
    async (place) => {
      const stored = await countOf(app, 'hc_worker_locations')
      const trick = '{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}},'
      const response = await raw(JSON.stringify({ items: [fix()] }).replace(place, trick + place.slice(1)))
      expect(response.status).toBe(400)
      expect(({} as { x?: number }).x).toBeUndefined()
      expect(await countOf(app, 'hc_worker_locations')).toBe(stored)
    },
  )

  test.each(['NaN', 'Infinity', '1e999'])('a latitude of %s never reaches the database', async (value) => {
    const stored = await countOf(app, 'hc_worker_locations')
    const text = JSON.stringify({ items: [fix()] }).replace('39.9042', value)
    const response = await raw(text)
    expect([200, 400]).toContain(response.status)
    if (response.status === 200) expect(await response.text()).toContain('"invalid"')
    expect(await countOf(app, 'hc_worker_locations')).toBe(stored)
  })

  test('two hundred items are taken', async () => {
    const { status, body } = await send({ items: Array.from({ length: 200 }, () => fix()) })
    expect(status).toBe(200)
    expect(body.data.results.filter((answer: { status: string }) => answer.status === 'accepted')).toHaveLength(200)
  })

  test.each([201, 10_000])('%i items are 413 and none is taken', async (count) => {
    const stored = await countOf(app, 'hc_worker_locations')
    const small = { clientId: 'x', kind: 'fix', capturedAt: '', payload: {} }
    const items = count === 201 ? Array.from({ length: count }, () => fix()) : Array(count).fill(small)
    const { status, body } = await send({ items })
    expect([status, body.code, body.data.reasonCode]).toEqual([413, 'PAYLOAD_TOO_LARGE', 'TOO_MANY_ITEMS'])
    expect(body.msg).toMatch(/200/)
    expect(await countOf(app, 'hc_worker_locations')).toBe(stored)
  })

  test('ten thousand whole items are 413 for their size', async () => {
    const { status } = await send({ items: Array.from({ length: 10_000 }, () => fix()) })
    expect(status).toBe(413)
  })

  test.each([[{}], [{ items: null }], [{ items: 'x' }], [{ items: {} }], [[]], ['x'], [5]])(
    'a body of %j is 400 and names the list',
    async (body) => {
      const answer = await send(body)
      expect([answer.status, answer.body.code]).toEqual([400, 'BAD_REQUEST'])
      expect(answer.body.msg).toMatch(/[\u4e00-\u9fff]/)
    },
  )

  test('no items are no answers', async () => {
    expect((await send({ items: [] })).body.data).toEqual({ results: [] })
  })
})
