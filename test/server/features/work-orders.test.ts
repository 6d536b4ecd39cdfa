import { refusedPaths } from '../../support/answers'
import { ENGINES } from '../../support/engines'
import {
  addAcceptedOrder,
  addCrew,
  addDispatchedOrder,
  addOrder,
  addVisitedOrder,
  chainOf,
  type Crew,
  NO_LIMITS,
  outcomeOf,
  SITE,
} from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

const LIST = '/homecare/work-orders'

describe.each(ENGINES)('work orders for staff on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  let orders: Record<'pool' | 'assigned' | 'accepted' | 'visited' | 'done' | 'cancelled' | 'others', string>
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
    const made = async (add: (app: TestApp, crew: Crew) => Promise<string>) => {
      app.clock.advance(1000)
      return add(app, crew)
    }
    orders = {
      pool: await made(addOrder),
      assigned: await made(addDispatchedOrder),
      accepted: await made(addAcceptedOrder),
      visited: await made(async () => (await addVisitedOrder(app, crew)).workOrderId),
      done: await made(addAcceptedOrder),
      cancelled: await made(addAcceptedOrder),
      others: await made(addOrder),
    }
    const act = (path: string, body: object, request = crew.dispatcher) => app.api.post(path, body, request)
    for (const step of [2, 5, 6]) await act(`${LIST}/${orders.done}/steps`, { step, description: '说明' })
    await act('/homecare/cancel', { workOrderId: orders.cancelled, reason: '重复' })
    await act('/homecare/claim', { workOrderId: orders.others }, crew.other)
  })
  afterAll(() => app.close())
  const list = (query: string, request = crew.worker) => app.api.get(`${LIST}?${query}`, request)
  const names = async (query: string, request = crew.worker) =>
    (await list(query, request)).body.data.list.map(
      (row: { id: string }) => Object.entries(orders).find(([, id]) => id === row.id)![0],
    )

  test.each([
    ['', ['cancelled', 'done', 'visited', 'accepted', 'assigned']],
    ['scope=mine&status=open', ['visited', 'accepted', 'assigned']],
    ['scope=mine&status=done', ['done']],
    ['scope=mine&status=cancelled', ['cancelled']],
    ['scope=mine&status=closed', []],
    ['scope=pool', ['pool']],
  ])('a worker asking %p sees %j, newest first', async (query, expected) => {
    expect(await names(query)).toEqual(expected)
  })

  test('a worker may not list all orders', async () => {
    expect((await list('scope=all')).status).toBe(403)
  })

  test('a dispatcher sees every order', async () => {
    expect(await names('', crew.dispatcher)).toEqual(Object.keys(orders).toReversed())
    expect(await names('scope=all&status=open&size=100', crew.dispatcher)).not.toContain('done')
  })

  test('pages from 1, and past the end there is nothing but the total', async () => {
    const page = async (query: string) => (await list(query, crew.dispatcher)).body.data
    expect(await page('page=2&size=3')).toMatchObject({ total: 7, pages: 3, current: 2, size: 3, list: { length: 3 } })
    expect(await page('page=9&size=3')).toMatchObject({ total: 7, pages: 3, current: 9, list: [] })
    expect(await page('')).toMatchObject({ size: 10, current: 1 })
  })

  test.each(['page=0', 'page=-1', 'page=x', 'size=0', 'size=101', 'size=1.5', 'scope=hers', 'status=broken'])(
    'refuses %p by name',
    async (query) => {
      const { status, body } = await list(query, crew.dispatcher)
      expect([status, body.data.fields[0].path]).toEqual([400, query.split('=')[0]])
      expect(body.msg).toMatch(/[\u4e00-\u9fff]/)
    },
  )

  test('a row carries address, place and the state of the visit', async () => {
    const row = (await list('scope=mine')).body.data.list.find((one: { id: string }) => one.id === orders.visited)
    expect(row).toMatchObject({
      task_id: expect.stringMatching(/^T20260302\d{4}$/),
      service_address: '北京市海淀区中关村',
      service_latitude: SITE.latitude,
      service_longitude: SITE.longitude,
      visit_state: 'CHECKED_IN',
      assignment_status: 'ACCEPTED',
      customer_phone: '13800138000',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    })
  })

  describe('in the pool', () => {
    test('a worker sees no phone, neither in the list nor in the detail, and cannot search by one', async () => {
      expect((await list('scope=pool')).body.data.list[0].customer_phone).toBe('')
      const detail = await app.api.get(`${LIST}/${orders.pool}`, crew.worker)
      expect(detail.body.data.customer_phone).toBe('')
      expect(JSON.stringify(detail.body)).not.toContain('13800138000')
      expect((await list('scope=pool&q=1380013')).body.data.total).toBe(0)
      expect((await list('scope=pool&q=ABC')).body.data.total).toBe(1)
    })

    test('a dispatcher sees the phone and finds by it', async () => {
      const { body } = await list('scope=pool&q=1380013', crew.dispatcher)
      expect(body.data.list.map((row: { customer_phone: string }) => row.customer_phone)).toEqual(['13800138000'])
    })
  })

  test.each(['others', 'cancelled'] as const)('the other worker’s view of %p', async (name) => {
    const { status } = await app.api.get(`${LIST}/${orders[name]}`, crew.other)
    expect(status).toBe(name === 'others' ? 200 : 404)
    expect((await app.api.get(`${LIST}/${orders.others}`, crew.worker)).status).toBe(404)
  })

  test('an offline ticket goes to the worker who accepted, and to nobody else', async () => {
    const ticket = async (name: keyof typeof orders, request: { token: string }) =>
      (await app.api.get(`${LIST}/${orders[name]}`, request)).body.data.offline_ticket
    expect(await ticket('accepted', crew.worker)).toEqual({
      workOrderId: orders.accepted,
      workerId: crew.workerId,
      ...SITE,
      radiusMeters: 50,
      nonce: expect.stringMatching(/^[0-9a-f]{32}$/),
      expiresAt: expect.stringMatching(/Z$/),
      signature: expect.stringMatching(/^[\w-]{43}$/),
    })
    for (const name of ['assigned', 'done', 'cancelled', 'pool'] as const)
      expect([name, await ticket(name, crew.worker)]).toEqual([name, null])
    expect(await ticket('accepted', crew.dispatcher)).toBeNull()
  })

  describe('the console’s patch', () => {
    const patch = (body: object, id = orders.pool) => app.api.patch(`/api/v1/admin/tasks/${id}`, body, crew.admin)

    test('sets the place, org and team, leaves what it does not name, and is recorded', async () => {
      const org_id = '11111111-1111-1111-1111-111111111111'
      expect((await patch({ org_id, team_id: 'north' })).body.data).toMatchObject({ org_id, team_id: 'north' })
      const moved = await patch({ service_latitude: 31.2304, service_longitude: 121.4737 })
      expect(moved.body.data).toMatchObject({ service_latitude: 31.2304, org_id, team_id: 'north' })
      expect((await patch({ team_id: null })).body.data).toMatchObject({ team_id: null, service_latitude: 31.2304 })
      expect((await patch({ service_latitude: null, service_longitude: null })).body.data.service_latitude).toBeNull()
      expect((await chainOf(app, orders.pool)).slice(1)).toEqual(Array(4).fill('LOCATION_SET'))
      const audit = (await app.api.get('/api/v1/admin/audit', crew.admin)).body.data.list
      expect(audit.filter((line: { action: string }) => line.action === 'task.patch')).toHaveLength(4)
    })

    test.each<[object, string]>([
      [{ service_latitude: 90.1, service_longitude: 0 }, 'service_latitude'],
      [{ service_latitude: 0, service_longitude: -180.1 }, 'service_longitude'],
      [{ service_latitude: '39.9', service_longitude: 116 }, 'service_latitude'],
      [{ service_latitude: 39.9 }, 'service_latitude'],
      [{ service_longitude: 116 }, 'service_latitude'],
      [{ org_id: '' }, 'org_id'],
      [{ team_id: 'x'.repeat(37) }, 'team_id'],
    ])('refuses %j', async (body, path) => {
      const before = await chainOf(app, orders.accepted)
      expect(refusedPaths(await patch(body, orders.accepted))).toEqual([path])
      expect(await chainOf(app, orders.accepted)).toEqual(before)
    })

    test('of an unknown order is 404', async () => {
      expect((await patch({ team_id: 'x' }, '00000000-0000-7000-8000-000000000000')).status).toBe(404)
    })
  })

  describe('a dispatcher’s cancel', () => {
    const cancel = (workOrderId: string, request = crew.dispatcher) =>
      app.api.post('/homecare/cancel', { workOrderId, reason: '客户搬迁' }, request)

    test.each([0, 1, 2, 3, 4, 5, 6])('works at step %i and ends the assignment', async (step) => {
      const id = step === 0 ? await addOrder(app, crew) : await addAcceptedOrder(app, crew)
      const { db } = app.context.database
      await db.updateTable('task').set({ current_step: step }).where('id', '=', id).execute()
      expect((await cancel(id)).status).toBe(200)
      const detail = await app.api.get(`${LIST}/${id}`, crew.dispatcher)
      expect(detail.body.data).toMatchObject({ status: 'cancelled', current_step: step })
      const live = db.selectFrom('hc_dispatch_assignments').selectAll().where('live_key', '=', id)
      expect(await live.execute()).toEqual([])
      expect((await chainOf(app, id)).at(-1)).toBe('CANCELLED')
      expect(outcomeOf(await cancel(id))).toBe('409 TASK_CLOSED')
    })

    test('is told to worker and customer, and audited', async () => {
      const id = await addAcceptedOrder(app, crew)
      await cancel(id, crew.admin)
      for (const [path, request] of [
        ['/homecare/notifications', crew.worker],
        ['/api/v1/notifications', crew.customer],
      ] as const)
        expect((await app.api.get(path, request)).body.data.list[0]).toMatchObject({ event: 'CANCELLED', task_id: id })
      const audit = (await app.api.get('/api/v1/admin/audit', crew.admin)).body.data.list[0]
      expect(audit).toMatchObject({ action: 'task.cancel', staff_name: 'admin', detail: { reason: '客户搬迁' } })
    })
  })
})
