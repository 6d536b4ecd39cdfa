import { ENGINES } from '../../support/engines'
import { addCrew, type Crew, NO_LIMITS } from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

describe.each(ENGINES)('the audit on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  beforeAll(async () => {
    app = await startTestApp({ engine, ...NO_LIMITS })
    crew = await addCrew(app)
    for (let i = 1; i <= 5; i++) {
      app.clock.advance(1000)
      const staff = { email: `n${i}@example.com`, password: 'password123', role: 'HOMECARE_WORKER', full_name: '李工' }
      await app.api.post('/api/v1/admin/staff', staff, crew.admin)
    }
  })
  afterAll(() => app.close())
  const page = async (query: string) => (await app.api.get(`/api/v1/admin/audit?${query}`, crew.admin)).body.data
  const targets = (data: { list: { target: string }[] }) => data.list.map((line) => line.target)

  test('is a list of pages, newest first', async () => {
    expect(await page('')).toMatchObject({ total: 5, pages: 1, current: 1, size: 20 })
    expect(targets(await page('size=2'))).toEqual(['n5@example.com', 'n4@example.com'])
    expect(targets(await page('size=2&page=3'))).toEqual(['n1@example.com'])
    expect(targets(await page('size=2&page=4'))).toEqual([])
  })

  test('is searched by who did it, what and to what', async () => {
    expect(targets(await page('q=N3@'))).toEqual(['n3@example.com'])
    expect(await page('q=staff.create&size=2&page=2')).toMatchObject({ total: 5, pages: 3, current: 2 })
    expect(await page('q=admin')).toMatchObject({ total: 5 })
    expect(await page('q=%25')).toMatchObject({ total: 0 })
  })

  test('is narrowed to days', async () => {
    expect(await page('from=2026-03-02&to=2026-03-02')).toMatchObject({ total: 5 })
    expect(await page('from=2026-03-03')).toMatchObject({ total: 0 })
    expect(await page('to=2026-03-01')).toMatchObject({ total: 0 })
  })

  test('says who, when and what', async () => {
    expect((await page('size=1')).list).toEqual([
      {
        id: expect.any(String),
        staff_id: crew.adminId,
        staff_name: 'admin',
        action: 'staff.create',
        target: 'n5@example.com',
        detail: { role: 'HOMECARE_WORKER' },
        create_time: '2026-03-02 10:00:05',
      },
    ])
  })

  test('cuts a target that its column does not hold', async () => {
    const { audit, database } = app.context
    const who = { ...(await database.db.selectFrom('staff').selectAll().executeTakeFirstOrThrow()), name: 'x' }
    const target = `${'系统'.repeat(49)}x😀 GET /a/long/way`
    await database.transaction((trx) => audit.record(trx, who as never, { action: 'external.replay', target }))
    const { target: kept } = await database.db
      .selectFrom('audit_log')
      .select('target')
      .where('action', '=', 'external.replay')
      .executeTakeFirstOrThrow()
    expect(kept).toBe(`${'系统'.repeat(49)}x`)
    await database.db.deleteFrom('audit_log').where('action', '=', 'external.replay').execute()
  })

  test.each(['page=0', 'size=101', 'size=x', 'from=2026-02-30', 'to=today'])('refuses %p', async (query) => {
    expect((await app.api.get(`/api/v1/admin/audit?${query}`, crew.admin)).status).toBe(400)
  })
})
