import { TASK_ATTENTIONS } from '../../../types/api/overview'
import { buildSubmission } from '../../support/builders'
import { ENGINES } from '../../support/engines'
import { startExternalSite } from '../../support/external-site'
import {
  addAcceptedOrder,
  addCrew,
  addDispatchedOrder,
  addOrder,
  addVisitedOrder,
  buildCheckin,
  type Crew,
  logInAgain,
  NO_LIMITS,
} from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

const HOUR_MS = 3600 * 1000
/** One for the caller, six for the numbers, one for the accounts at the gateway. */
const QUERIES = 8

describe.each(ENGINES)('the overview on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  const ids: Record<string, string> = {}
  beforeAll(async () => {
    app = await startTestApp({ engine, ngs: true, ...NO_LIMITS })
    // 23:59 on 1 March in Shanghai.
    app.clock.set('2026-03-01T15:59:00.000Z')
    crew = await addCrew(app)
  })
  afterAll(() => app.close())

  const get = async (request = crew.dispatcher) => (await app.api.get('/api/v1/admin/overview', request)).body.data
  const found = async (query: string) => {
    const { status, body } = await app.api.get(`/api/v1/admin/tasks?${query}`, crew.dispatcher)
    expect(status).toBe(200)
    return body.data.list.map((row: { id: string }) => row.id) as string[]
  }
  const inHours = (hours: number) => new Date(app.clock.now().getTime() + hours * HOUR_MS).toISOString()
  const submit = async (hours: number, type: 'repair' | 'training' = 'training') => {
    const submission = buildSubmission({ type, device: { appointment_time: inHours(hours) } })
    const { body } = await app.api.post('/api/v1/tasks', submission, crew.customer)
    return (await app.api.get(`/api/v1/tasks/${body.data.task_id}`, crew.customer)).body.data.id as string
  }
  async function complete(scores: [number, number, number]): Promise<string> {
    const id = await addAcceptedOrder(app, crew)
    for (const step of [2, 5, 6])
      await app.api.post(`/homecare/work-orders/${id}/steps`, { step, description: '完成' }, crew.worker)
    const [serviceAttitude, serviceQuality, overallRating] = scores
    const rating = { serviceAttitude, serviceQuality, overallRating, comment: '好' }
    const { status } = await app.api.post(`/api/v1/tasks/${id}/evaluation`, rating, crew.customer)
    expect(status).toBe(200)
    return id
  }

  test('of nothing is zeros, thirty days without gaps, and partners as they are', async () => {
    const overview = await get()
    expect(overview.today).toMatchObject({ created: 0, completed: 0, cancelled: 0 })
    expect(overview.today.by_type).toMatchObject({ repair: 0, selection: 0 })
    expect(overview.open).toEqual({ total: 0, by_step: [0, 0, 0, 0, 0, 0, 0, 0] })
    expect(overview.evaluations).toEqual({
      count: 0,
      low: 0,
      service_attitude: null,
      service_quality: null,
      overall: null,
    })
    expect(overview.days).toHaveLength(30)
    expect([overview.days[0].date, overview.days[29].date]).toEqual(['2026-01-31', '2026-03-01'])
    expect(overview.days[29]).toEqual({
      date: '2026-03-01',
      created: 0,
      completed: 0,
      visits: 0,
      flagged: 0,
      score: null,
    })
    expect(overview.partners.map(({ name, state }: { name: string; state: string }) => [name, state])).toEqual([
      ['wechat', 'ok'],
      ['ngs', 'ok'],
      ['external', 'disabled'],
      ['wxwork', 'disabled'],
    ])
  })

  test('counts by the day in Shanghai', async () => {
    ids.old = await addOrder(app, crew)
    app.clock.set('2026-03-01T16:01:00.000Z')
    ids.visited = (await addVisitedOrder(app, crew)).workOrderId
    ids.rated = await complete([2, 5, 5])
    ids.praised = await complete([4, 5, 5])
    ids.cancelled = await addOrder(app, crew)
    await app.api.post(`/api/v1/tasks/${ids.cancelled}/cancel`, { reason: '暂不需要' }, crew.customer)
    ids.assigned = await addDispatchedOrder(app, crew)
    ids.missed = await submit(1)
    ids.soon = await submit(26)
    ids.later = await submit(28)

    const overview = await get()
    expect(overview.today).toEqual({
      created: 8,
      completed: 2,
      cancelled: 1,
      by_type: {
        repair: 5,
        training: 3,
        maintenance: 0,
        recycle: 0,
        leasing: 0,
        verification: 0,
        selection: 0,
        installation: 0,
      },
    })
    // One of yesterday and three with appointments at step 0, two with the worker at step 1.
    expect(overview.open).toEqual({ total: 6, by_step: [4, 2, 0, 0, 0, 0, 0, 0] })
    expect(overview.visits).toEqual({ today: 1, under_way: 1, flagged_unreviewed: 0 })
    expect(overview.evaluations).toEqual({
      count: 2,
      low: 1,
      service_attitude: 3,
      service_quality: 5,
      overall: 5,
    })
    expect(overview.days.slice(-2)).toEqual([
      { date: '2026-03-01', created: 1, completed: 0, visits: 0, flagged: 0, score: null },
      { date: '2026-03-02', created: 8, completed: 2, visits: 1, flagged: 0, score: 4.33 },
    ])
  })

  test('says what needs attention once its time is over, and the list filters by the same reasons', async () => {
    expect((await get()).attention).toEqual({
      undispatched: 0,
      unaccepted: 0,
      appointment_soon: 1,
      appointment_missed: 0,
    })
    app.clock.advance(2 * HOUR_MS + 60_000)
    await logInAgain(app, crew)
    expect((await get()).attention).toEqual({
      undispatched: 4,
      unaccepted: 1,
      appointment_soon: 1,
      appointment_missed: 1,
    })
    expect(new Set(await found('attention=undispatched'))).toEqual(new Set([ids.old, ids.missed, ids.soon, ids.later]))
    expect(await found('attention=unaccepted')).toEqual([ids.assigned])
    expect(await found('attention=appointment_soon')).toEqual([ids.soon])
    expect(await found('attention=appointment_missed')).toEqual([ids.missed])
  })

  test('every row says why it needs attention', async () => {
    const { body } = await app.api.get('/api/v1/admin/tasks', crew.dispatcher)
    const reasons = Object.fromEntries(
      body.data.list.map((row: { id: string; attention: string[] }) => [row.id, row.attention]),
    )
    expect(reasons[ids.missed!]).toEqual(['undispatched', 'appointment_missed'])
    expect(reasons[ids.assigned!]).toEqual(['unaccepted'])
    expect(reasons[ids.visited!]).toEqual([])
    for (const reason of TASK_ATTENTIONS)
      expect(await found(`attention=${reason}`)).toEqual(
        body.data.list
          .filter((row: { attention: string[] }) => row.attention.includes(reason))
          .map((row: { id: string }) => row.id),
      )
  })

  test('a check-in ends the wait for an appointment, and accepting the wait for an answer', async () => {
    await app.api.post('/homecare/accept', { workOrderId: ids.assigned }, crew.worker)
    await app.api.post('/homecare/dispatch', { workOrderId: ids.missed, workerId: crew.workerId }, crew.dispatcher)
    await app.api.post('/homecare/accept', { workOrderId: ids.missed }, crew.worker)
    const site = { service_latitude: 39.9042, service_longitude: 116.4074 }
    await app.api.patch(`/api/v1/admin/tasks/${ids.missed}`, site, crew.admin)
    const stale = new Date(app.clock.now().getTime() - HOUR_MS).toISOString()
    const checkin = { ...(await buildCheckin(app, crew, ids.missed!)), reportedAt: stale }
    expect((await app.api.post('/homecare/checkin/submit', checkin, crew.worker)).status).toBe(200)
    const overview = await get()
    expect(overview.attention).toEqual({
      undispatched: 3,
      unaccepted: 0,
      appointment_soon: 1,
      appointment_missed: 0,
    })
    expect(overview.visits).toEqual({ today: 2, under_way: 2, flagged_unreviewed: 1 })
    expect(overview.days.at(-1)).toMatchObject({ visits: 2, flagged: 1 })
  })

  test('what was cancelled yesterday is not cancelled today, whoever touches it', async () => {
    app.clock.advance(24 * HOUR_MS)
    await logInAgain(app, crew)
    await app.api.patch(`/api/v1/admin/tasks/${ids.cancelled}`, { team_id: 'north' }, crew.admin)
    const { today, days } = await get()
    expect(today).toMatchObject({ created: 0, completed: 0, cancelled: 0 })
    expect(days.at(-2)).toMatchObject({ date: '2026-03-02', created: 8, completed: 2, score: 4.33 })
  })

  test('evaluations older than thirty days count no more', async () => {
    app.clock.set('2026-03-31T15:00:00.000Z')
    await logInAgain(app, crew)
    const before = await get()
    expect(before.evaluations.count).toBe(2)
    expect(before.days[0].date).toBe('2026-03-02')
    app.clock.set('2026-03-31T16:00:00.000Z')
    await logInAgain(app, crew)
    expect((await get()).evaluations).toMatchObject({ count: 0, low: 0, overall: null })
  })

  test(`asks ${QUERIES} questions of the database, however much there is`, async () => {
    app.queries.length = 0
    await get()
    expect(app.queries).toHaveLength(QUERIES)
  })

  test('what waits at ngs shows as waiting and as its health', async () => {
    const { db } = app.context.database
    const [first, second] = await db.selectFrom('outbox').select('id').orderBy('id').execute()
    await db.updateTable('outbox').set({ state: 'UNKNOWN' }).where('id', '=', first!.id).execute()
    await db.updateTable('outbox').set({ state: 'DEAD' }).where('id', '=', second!.id).execute()
    const { waiting, partners } = await get()
    expect(waiting).toMatchObject({ outbox_unknown: 1, outbox_dead: 1, challenges: 0, sessions_needing_human: 0 })
    expect(partners[1]).toEqual({ name: 'ngs', state: 'degraded', detail: '2 条写入等待人工处理' })
  })

  test('is for dispatchers and admins', async () => {
    const status = async (request: object) => (await app.api.get('/api/v1/admin/overview', request)).status
    expect([
      await status(crew.admin),
      await status(crew.worker),
      await status(crew.customer),
      await status({}),
    ]).toEqual([200, 403, 403, 401])
  })
})

test('a captcha that waits for a person, and an account that stopped, show as waiting', async () => {
  const site = await startExternalSite({ decoder: null })
  const get = async () => (await site.app.api.get('/api/v1/admin/overview', site.admin)).body.data
  await site.session()
  const waiting = await get()
  expect(waiting.waiting).toMatchObject({ challenges: 1, sessions_needing_human: 0 })
  expect(waiting.partners[2]).toEqual({ name: 'external', state: 'degraded', detail: '1 个验证码等待人工输入' })
  await site.app.context.database.db.updateTable('external_auth_session').set({ state: 'PASSWORD_WRONG' }).execute()
  await site.app.context.database.db.updateTable('external_challenge').set({ live_key: null }).execute()
  const stopped = await get()
  expect(stopped.waiting).toMatchObject({ challenges: 0, sessions_needing_human: 1 })
  expect(stopped.partners[2]).toMatchObject({ state: 'degraded', detail: '1 个账号停止登录，等待人工处理' })
  await site.close()
})
