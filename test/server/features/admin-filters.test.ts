import { refusedPaths } from '../../support/answers'
import { buildSubmission } from '../../support/builders'
import { ENGINES } from '../../support/engines'
import {
  addAcceptedOrder,
  addCrew,
  addOrder,
  addVisitedOrder,
  buildCheckin,
  type Crew,
  logInAgain,
  NO_LIMITS,
  northOfSite,
} from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

describe.each(ENGINES)("filters of the console's lists on %s", (engine) => {
  let app: TestApp
  let crew: Crew
  const task: Record<'late' | 'recycle' | 'visited' | 'left' | 'others', string> = {} as never
  const visit: Record<'open' | 'stale', string> = {} as never
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    // 23:59:59 on 1 March in Shanghai, and the first second of the next day.
    app.clock.set('2026-03-01T15:59:59.000Z')
    crew = await addCrew(app)
    task.late = await addOrder(app, crew)
    app.clock.set('2026-03-01T16:00:00.000Z')
    const recycle = buildSubmission({ type: 'recycle', customer: { company: '北京100%检测_所' } })
    const { body } = await app.api.post('/api/v1/tasks', recycle, crew.customer)
    task.recycle = (await app.api.get(`/api/v1/tasks/${body.data.task_id}`, crew.customer)).body.data.id
    const visited = await addVisitedOrder(app, crew)
    task.visited = visited.workOrderId
    visit.open = visited.visitId
    app.clock.set('2026-03-03T02:00:00.000Z')
    await logInAgain(app, crew)
    task.left = await addAcceptedOrder(app, crew)
    const reportedAt = new Date(app.clock.now().getTime() - 3600_000).toISOString()
    const stale = { ...(await buildCheckin(app, crew, task.left)), reportedAt }
    visit.stale = (await app.api.post('/homecare/checkin/submit', stale, crew.worker)).body.data.visitId
    const leave = { workOrderId: task.left, ...northOfSite(1), summary: '已修复' }
    await app.api.post('/homecare/checkout', leave, crew.worker)
    task.others = await addOrder(app, crew)
    await app.api.post('/homecare/dispatch', { workOrderId: task.others, workerId: crew.otherId }, crew.dispatcher)
    await app.context.database.db
      .updateTable('task')
      .set({ origin: 'external' })
      .where('id', '=', task.others)
      .execute()
  })
  afterAll(() => app.close())

  const nameOf = (names: Record<string, string>, id: string) =>
    Object.entries(names).find(([, value]) => value === id)?.[0]
  const list = async (path: string) => {
    const { status, body } = await app.api.get(`/api/v1/admin/${path}`, crew.dispatcher)
    expect(status).toBe(200)
    expect(body.data.total).toBe(body.data.list.length)
    return body.data.list as { id: string; work_order_id: string }[]
  }

  test.each([
    ['', ['others', 'left', 'visited', 'recycle', 'late']],
    ['step=0', ['recycle', 'late']],
    ['step=1', ['others', 'left', 'visited']],
    ['step=', ['others', 'left', 'visited', 'recycle', 'late']],
    ['type=recycle', ['recycle']],
    ['origin=external', ['others']],
    ['worker_id=:other', ['others']],
    ['unassigned=true', ['recycle', 'late']],
    ['unassigned=false', ['others', 'left', 'visited', 'recycle', 'late']],
    ['from=2026-03-02', ['others', 'left', 'visited', 'recycle']],
    ['to=2026-03-01', ['late']],
    ['from=2026-03-02&to=2026-03-02', ['visited', 'recycle']],
    ['from=2026-03-03&to=2026-03-01', []],
    ['q=100%25检测_', ['recycle']],
    ['q=0001&from=2026-03-03', ['left']],
    ['attention=undispatched', ['recycle', 'late']],
    ['attention=undispatched&type=recycle', ['recycle']],
    ['status=cancelled', []],
    ['done=false&worker_id=:worker', ['left', 'visited']],
    ['done=true', []],
  ])('tasks by %j', async (query, names) => {
    const rows = await list(`tasks?${query.replace(':other', crew.otherId).replace(':worker', crew.workerId)}`)
    expect(rows.map(({ id }) => nameOf(task, id))).toEqual(names)
  })

  test.each([
    ['', ['stale', 'open']],
    ['flagged=true', ['stale']],
    ['flagged=false', ['open']],
    ['status=CHECKED_IN', ['open']],
    ['status=CHECKED_OUT', ['stale']],
    ['worker_id=:worker', ['stale', 'open']],
    ['worker_id=:other', []],
    ['from=2026-03-03', ['stale']],
    ['to=2026-03-02', ['open']],
    ['reviewed=false&flagged=true', ['stale']],
    ['reviewed=true', []],
    ['q=worker', ['stale', 'open']],
  ])('visits by %j', async (query, names) => {
    const rows = await list(`visits?${query.replace(':other', crew.otherId).replace(':worker', crew.workerId)}`)
    expect(rows.map(({ id }) => nameOf(visit, id))).toEqual(names)
  })

  test('evaluations by low scores and by day', async () => {
    const rate = async (id: string, scores: [number, number, number]) => {
      for (const step of [2, 5, 6])
        await app.api.post(`/homecare/work-orders/${id}/steps`, { step, description: '完成' }, crew.worker)
      const [serviceAttitude, serviceQuality, overallRating] = scores
      const rating = { serviceAttitude, serviceQuality, overallRating }
      expect((await app.api.post(`/api/v1/tasks/${id}/evaluation`, rating, crew.customer)).status).toBe(200)
    }
    await rate(task.visited, [5, 2, 5])
    app.clock.set('2026-03-03T16:00:00.000Z')
    await logInAgain(app, crew)
    await rate(task.left, [3, 3, 3])
    const rated = async (query: string) =>
      (await list(`evaluations?${query}`)).map(({ work_order_id }) => nameOf(task, work_order_id))
    expect(await rated('')).toEqual(['left', 'visited'])
    expect(await rated('low=true')).toEqual(['visited'])
    expect(await rated('low=false')).toEqual(['left'])
    expect(await rated('below=4')).toEqual(['left'])
    expect(await rated('to=2026-03-03')).toEqual(['visited'])
    expect(await rated('from=2026-03-04')).toEqual(['left'])
    const number = (await list(`tasks?q=0001&from=2026-03-03`)) as unknown as { task_id: string }[]
    expect(await rated(`q=${number[0]!.task_id}`)).toEqual(['left'])
    expect(await rated('q=worker')).toEqual(['left', 'visited'])
    expect(await rated('q=nobody')).toEqual([])
  })

  test('tasks by the day they were completed or cancelled, as the overview counts them', async () => {
    app.clock.set('2026-03-04T17:00:00.000Z')
    await logInAgain(app, crew)
    await app.api.post('/homecare/cancel', { workOrderId: task.recycle, reason: '重复' }, crew.dispatcher)
    const by = async (query: string) => (await list(`tasks?${query}`)).map(({ id }) => nameOf(task, id))
    expect(await by('by=completed')).toEqual(['left', 'visited'])
    expect(await by('by=completed&from=2026-03-03&to=2026-03-03')).toEqual(['visited'])
    expect(await by('by=completed&from=2026-03-04')).toEqual(['left'])
    expect(await by('by=completed&from=2026-03-05')).toEqual([])
    expect(await by('by=cancelled&from=2026-03-05&to=2026-03-05')).toEqual(['recycle'])
    expect(await by('by=cancelled&to=2026-03-04')).toEqual([])
    expect(await by('by=created&to=2026-03-01')).toEqual(['late'])
    const { today } = (await app.api.get('/api/v1/admin/overview', crew.dispatcher)).body.data
    expect(today).toMatchObject({ completed: 0, cancelled: 1 })
  })

  test.each([
    ['tasks?step=8', 'step'],
    ['tasks?step=-1', 'step'],
    ['tasks?step=1.5', 'step'],
    ['tasks?attention=late', 'attention'],
    ['tasks?worker_id=1', 'worker_id'],
    ['tasks?origin=web', 'origin'],
    ['tasks?from=2026-02-29', 'from'],
    ['tasks?from=2026-3-1', 'from'],
    ['tasks?to=today', 'to'],
    ['tasks?unassigned=1', 'unassigned'],
    ['tasks?by=closed', 'by'],
    ['visits?status=OPEN', 'status'],
    ['visits?worker_id=x', 'worker_id'],
    ['visits?from=20260301', 'from'],
    ['evaluations?low=yes', 'low'],
    ['evaluations?below=7', 'below'],
  ])('%s is refused by name', async (path, field) => {
    expect(refusedPaths(await app.api.get(`/api/v1/admin/${path}`, crew.dispatcher))).toEqual([field])
  })

  test('the detail has everything the row has', async () => {
    const [row] = await list('tasks?from=2026-03-03&q=0001')
    const { body } = await app.api.get(`/api/v1/admin/tasks/${row!.id}`, crew.dispatcher)
    expect(body.data).toMatchObject({ ...row })
    expect(body.data.visits).toHaveLength(1)
  })
})
