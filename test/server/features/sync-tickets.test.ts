import type { OfflineTicket } from '../../../types/api/homecare'
import { ENGINES } from '../../support/engines'
import {
  addAcceptedOrder,
  addCrew,
  buildCheckin,
  chainOf,
  type Crew,
  logInAgain,
  NO_LIMITS,
  northOfSite,
  outcomeOf,
  rowsOf,
  SITE,
  ticketFor,
} from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

const HOUR_MS = 3600_000

describe.each(ENGINES)('offline tickets on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
  })
  afterAll(() => app.close())
  beforeEach(async () => {
    app.clock.advance(HOUR_MS)
    await logInAgain(app, crew)
    await app.context.database.db.deleteFrom('hc_worker_locations').execute()
  })
  let number = 0
  const sync = async (payload: object, capturedAt = app.clock.now().toISOString(), request = crew.worker) => {
    const item = { clientId: `ticket-${++number}`, kind: 'checkin', capturedAt, payload }
    const { body } = await app.api.post('/homecare/sync', { items: [item] }, request)
    const { status, reasonCode } = body.data.results[0]
    return reasonCode ? `${status} ${reasonCode}` : status
  }
  const flagsOf = async (id: string) => (await rowsOf(app, 'ec_care_tasks', id)).map((visit) => visit.flags)
  const checkout = (workOrderId: string) =>
    app.api.post('/homecare/checkout', { workOrderId, ...SITE, summary: '完成' }, crew.worker)
  const ticketed = async (id: string, ticket: OfflineTicket | object, meters = 10) => ({
    ...(await buildCheckin(app, crew, id)),
    ...northOfSite(meters),
    offlineTicket: ticket,
  })

  test('a valid ticket is no lateness, and its own radius and place count', async () => {
    const id = await addAcceptedOrder(app, crew)
    const rule = { config_key: 'HOMECARE_CHECKIN_RADIUS_METERS', scope_type: 'WORK_ORDER', scope_id: id }
    await app.api.post('/api/v1/admin/sla-config', { ...rule, config_value: '200' }, crew.admin)
    const ticket = await ticketFor(app, id, crew.worker)
    expect(ticket.radiusMeters).toBe(200)
    await app.api.post('/api/v1/admin/sla-config', { ...rule, config_value: '30' }, crew.admin)
    const place = { service_latitude: 31.2, service_longitude: 121.4 }
    await app.api.patch(`/api/v1/admin/tasks/${id}`, place, crew.admin)
    const captured = app.clock.now().toISOString()
    app.clock.advance(5 * HOUR_MS)
    expect(await sync(await ticketed(id, ticket, 150), captured)).toBe('accepted')
    expect(await rowsOf(app, 'ec_care_tasks', id)).toMatchObject([
      {
        flags: '[]',
        distance_meters: 150,
        radius_meters: 200,
        service_latitude: SITE.latitude,
        captured_at: new Date(captured),
        received_at: app.clock.now(),
      },
    ])
  })

  test('a ticket still refuses who is outside of it', async () => {
    const id = await addAcceptedOrder(app, crew)
    expect(await sync(await ticketed(id, await ticketFor(app, id, crew.worker), 51))).toBe('rejected OUT_OF_RADIUS')
  })

  test.each<[string, (ticket: OfflineTicket) => object]>([
    ['a wider radius', (ticket) => ({ ...ticket, radiusMeters: 5000 })],
    ['another place', (ticket) => ({ ...ticket, latitude: ticket.latitude + 1 })],
    ['a longer life', (ticket) => ({ ...ticket, expiresAt: '2099-01-01T00:00:00.000Z' })],
    ['a fresh nonce', (ticket) => ({ ...ticket, nonce: '0'.repeat(32) })],
    ['no signature', (ticket) => ({ ...ticket, signature: '' })],
    ['a signature of one’s own', (ticket) => ({ ...ticket, signature: 'A'.repeat(43) })],
    ['a signature that is not ASCII', (ticket) => ({ ...ticket, signature: '签'.repeat(43) })],
    ['an expiry that is no time', (ticket) => ({ ...ticket, expiresAt: 'never' })],
    ['a nonce with NUL', (ticket) => ({ ...ticket, nonce: '\u0000' })],
  ])('a ticket with %s is refused, spends nothing and is an event', async (_name, forge) => {
    const id = await addAcceptedOrder(app, crew)
    const ticket = await ticketFor(app, id, crew.worker)
    expect(await sync(await ticketed(id, forge(ticket)))).toBe('rejected TICKET_INVALID')
    expect((await chainOf(app, id)).at(-1)).toBe('CHECKIN_REJECTED')
    expect(await sync(await ticketed(id, ticket))).toBe('accepted')
  })

  test('a ticket of another order or of another worker is refused', async () => {
    const [id, elsewhere] = [await addAcceptedOrder(app, crew), await addAcceptedOrder(app, crew)]
    expect(await sync(await ticketed(id, await ticketFor(app, elsewhere, crew.worker)))).toBe('rejected TICKET_INVALID')
    const mine = await ticketFor(app, id, crew.worker)
    await app.api.post('/homecare/dispatch', { workOrderId: id, workerId: crew.otherId }, crew.dispatcher)
    await app.api.post('/homecare/accept', { workOrderId: id }, crew.other)
    const checkin = { ...(await buildCheckin(app, crew, id, crew.other)), offlineTicket: mine }
    expect(await sync(checkin, undefined, crew.other)).toBe('rejected TICKET_INVALID')
    expect(await rowsOf(app, 'ec_care_tasks', id)).toEqual([])
  })

  test('an expired ticket counts as none: today’s rules, late', async () => {
    const id = await addAcceptedOrder(app, crew)
    const ticket = await ticketFor(app, id, crew.worker)
    app.clock.set(ticket.expiresAt)
    app.clock.advance(1)
    await logInAgain(app, crew)
    expect(await sync(await ticketed(id, ticket))).toBe('accepted')
    expect(await flagsOf(id)).toEqual(['["LATE_SYNC"]'])
  })

  test('a ticket that was good when the phone used it is good when it arrives', async () => {
    const id = await addAcceptedOrder(app, crew)
    const ticket = await ticketFor(app, id, crew.worker)
    const captured = app.clock.now().toISOString()
    app.clock.set(ticket.expiresAt)
    app.clock.advance(HOUR_MS)
    await logInAgain(app, crew)
    expect(await sync(await ticketed(id, ticket), captured)).toBe('accepted')
    expect(await flagsOf(id)).toEqual(['[]'])
  })

  describe('a nonce spent once', () => {
    test('is refused a second time, live or synced, also after it has expired', async () => {
      const id = await addAcceptedOrder(app, crew)
      const ticket = await ticketFor(app, id, crew.worker)
      expect(await sync(await ticketed(id, ticket))).toBe('accepted')
      await checkout(id)
      expect(await sync(await ticketed(id, ticket))).toBe('rejected TICKET_REPLAYED')
      const live = await app.api.post('/homecare/checkin/submit', await ticketed(id, ticket), crew.worker)
      expect(outcomeOf(live)).toBe('400 TICKET_REPLAYED')
      app.clock.set(ticket.expiresAt)
      app.clock.advance(HOUR_MS)
      await logInAgain(app, crew)
      expect(await sync(await ticketed(id, ticket))).toBe('rejected TICKET_REPLAYED')
      expect(outcomeOf(await app.api.post('/homecare/checkin/submit', await ticketed(id, ticket), crew.worker))).toBe(
        '400 TICKET_REPLAYED',
      )
      expect(await rowsOf(app, 'ec_care_tasks', id)).toHaveLength(1)
      expect((await chainOf(app, id)).filter((type) => type === 'CHECKIN_REJECTED')).toHaveLength(4)
    })

    test('is not spent by a refused check-in', async () => {
      const id = await addAcceptedOrder(app, crew)
      const ticket = await ticketFor(app, id, crew.worker)
      expect(await sync({ ...(await ticketed(id, ticket)), signature: 'short' })).toBe('rejected SIGNATURE_REQUIRED')
      expect(await sync(await ticketed(id, ticket))).toBe('accepted')
    })

    test('leaves the next ticket of the same order good', async () => {
      const id = await addAcceptedOrder(app, crew)
      const [one, two] = [await ticketFor(app, id, crew.worker), await ticketFor(app, id, crew.worker)]
      expect(one.nonce).not.toBe(two.nonce)
      expect(await sync(await ticketed(id, one))).toBe('accepted')
      await checkout(id)
      expect(await sync(await ticketed(id, two))).toBe('accepted')
    })
  })
})
