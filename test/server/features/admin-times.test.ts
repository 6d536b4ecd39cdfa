import { ENGINES } from '../../support/engines'
import { addCrew, addVisitedOrder, type Crew } from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

const ISO = /"\w+":"\d{4}-\d\d-\d\dT[^"]*"/g
const SHANGHAI = /"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"/

describe.each(ENGINES)('times of /api/v1 on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  let workOrderId: string
  beforeAll(async () => {
    app = await startTestApp({ engine })
    crew = await addCrew(app)
    const visited = await addVisitedOrder(app, crew)
    workOrderId = visited.workOrderId
    const decision = { decision: 'confirm', comment: '照片清楚' }
    await app.api.post(`/homecare/visits/${visited.visitId}/review`, decision, crew.dispatcher)
    const appointment_time = new Date(app.clock.now().getTime() + 3600_000)
    await app.context.database.db.updateTable('task').set({ appointment_time }).execute()
  })
  afterAll(() => app.close())

  test.each(['visits', 'staff', 'tasks', 'tasks/{id}', 'customers', 'audit', 'notifications'])(
    'admin/%s writes them as Asia/Shanghai',
    async (path) => {
      const { status, body } = await app.api.get(`/api/v1/admin/${path.replace('{id}', workOrderId)}`, crew.admin)
      const text = JSON.stringify(body)
      expect([status, text.match(ISO)]).toEqual([200, null])
      expect(text).toMatch(SHANGHAI)
    },
  )

  test('the home-care API keeps ISO 8601 for the same order', async () => {
    const { body } = await app.api.get(`/homecare/work-orders/${workOrderId}`, crew.dispatcher)
    const { appointment_time, created_at, updated_at, visits, step_records, events } = body.data
    const times = [appointment_time, created_at, updated_at, visits[0].checkin_at, visits[0].review.reviewed_at]
    for (const time of [...times, step_records[0].created_at, events[0].created_at])
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })
})
