import { refusedPaths } from '../../support/answers'
import { buildSubmission } from '../../support/builders'
import { ENGINES } from '../../support/engines'
import { startTestApp, type TestApp } from '../../support/test-app'

describe.each(ENGINES)('what a customer may do with a task on %s', (engine) => {
  let app: TestApp
  let token: string
  beforeAll(async () => {
    app = await startTestApp({ engine })
    token = await app.api.customer()
  })
  afterAll(() => app.close())

  /** A task put to a step, with a way to act on it. */
  async function taskAt(step: number, status: 'open' | 'cancelled' | 'closed' = 'open') {
    const { body } = await app.api.post('/api/v1/tasks', buildSubmission(), { token })
    const id = body.data.task_id as string
    const { db } = app.context.database
    await db.updateTable('task').set({ current_step: step, status }).where('task_id', '=', id).execute()
    return {
      act: (action: string, json: unknown, by = token) =>
        app.api.post(`/api/v1/tasks/${id}/${action}`, json, { token: by }),
      read: async (part = '') => (await app.api.get(`/api/v1/tasks/${id}${part}`, { token })).body.data,
    }
  }
  const GOOD = { serviceAttitude: 5, serviceQuality: 4, overallRating: 5 }
  const STEPS = [0, 1, 2, 3, 4, 5, 6, 7]

  test('accepting the plan at step 4 moves the task to 5 and is in the timeline', async () => {
    const task = await taskAt(4)
    expect((await task.read()).can_confirm).toBe(true)
    const { status, body } = await task.act('confirm', { accept: true, comment: '同意' })
    expect([status, body.code, body.message]).toEqual([200, 200, '操作成功'])
    expect(await task.read()).toMatchObject({ current_step: 5, can_confirm: false, can_cancel: false })
    expect((await task.read('/timeline')).list.at(-1)).toMatchObject({ type: 'PLAN_CONFIRMED', description: '同意' })
  })

  test('refusing the plan moves it back to 3', async () => {
    const task = await taskAt(4)
    expect((await task.act('confirm', { accept: false, comment: '太贵' })).status).toBe(200)
    expect(await task.read()).toMatchObject({ current_step: 3, step_content: { description: '太贵' } })
    expect((await task.act('confirm', { accept: true })).status).toBe(409)
  })

  test.each(STEPS.filter((step) => step !== 4))('a plan is not confirmed at step %i', async (step) => {
    const task = await taskAt(step)
    expect((await task.act('confirm', { accept: true })).status).toBe(409)
    expect((await task.read()).current_step).toBe(step)
  })

  test.each([undefined, null, 'true', 1, {}])('accept %p is refused by name', async (accept) => {
    const task = await taskAt(4)
    expect(refusedPaths(await task.act('confirm', { accept }))).toEqual(['accept'])
  })

  test('of two parallel answers to a plan one counts', async () => {
    const task = await taskAt(4)
    const answers = await Promise.all([task.act('confirm', { accept: true }), task.act('confirm', { accept: false })])
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
  })

  test.each([0, 1, 2, 3, 4])('is cancelled at step %i with its reason, and then takes nothing more', async (step) => {
    const task = await taskAt(step)
    expect((await task.act('cancel', { reason: '已自行修好' })).body.data).toEqual({ message: '任务已取消' })
    expect(await task.read()).toMatchObject({ status: 'cancelled', cancel_reason: '已自行修好', current_step: step })
    for (const [action, json] of [
      ['cancel', { reason: '再次' }],
      ['confirm', { accept: true }],
      ['reminder', {}],
      ['evaluation', GOOD],
    ] as const)
      expect([action, (await task.act(action, json)).status]).toEqual([action, 409])
  })

  test.each([5, 6, 7])('is not cancelled at step %i', async (step) => {
    const task = await taskAt(step)
    expect((await task.act('cancel', { reason: '不要了' })).status).toBe(409)
    expect((await task.read()).status).toBe('open')
  })

  test.each([undefined, null, '', ' ', 1, '长'.repeat(501)])('the reason %p is refused by name', async (reason) => {
    const task = await taskAt(0)
    expect(refusedPaths(await task.act('cancel', { reason }))).toEqual(['reason'])
  })

  test('is reminded of once an hour', async () => {
    const task = await taskAt(2)
    expect((await task.act('reminder', { comment: '急用' })).status).toBe(200)
    expect((await task.read()).can_remind).toBe(false)
    app.clock.advance(3600_000 - 1)
    const early = await task.act('reminder', {})
    expect(early.status).toBe(429)
    expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(0)
    app.clock.advance(1)
    expect((await task.act('reminder', undefined)).status).toBe(200)
  })

  test.each([6, 7])('is not reminded of at step %i', async (step) => {
    expect((await (await taskAt(step)).act('reminder', {})).status).toBe(409)
  })

  test('is evaluated at step 6 once, which closes it', async () => {
    const task = await taskAt(6)
    expect((await task.read()).can_evaluate).toBe(true)
    expect((await app.api.get(`/api/v1/tasks/${(await task.read()).id}/evaluation`, { token })).status).toBe(404)
    expect((await task.act('evaluation', { ...GOOD, comment: '很专业' })).status).toBe(200)
    expect(await task.read()).toMatchObject({ current_step: 7, status: 'closed', can_evaluate: false })
    const record = await task.read('/evaluation')
    expect(record).toMatchObject({ ...GOOD, comment: '很专业', task_id: (await task.read()).task_id })
    expect(record.create_time).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    const second = await task.act('evaluation', { ...GOOD, overallRating: 1 })
    expect([second.status, second.body.data.reasonCode]).toEqual([409, 'ALREADY_EVALUATED'])
    expect(await task.read('/evaluation')).toEqual(record)
  })

  test('five parallel evaluations make one', async () => {
    const task = await taskAt(6)
    const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => task.act('evaluation', { ...GOOD, overallRating: n })))
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409, 409])
  })

  test.each(STEPS.filter((step) => step !== 6))('is not evaluated at step %i', async (step) => {
    expect((await (await taskAt(step)).act('evaluation', GOOD)).status).toBe(409)
  })

  test.each(['serviceAttitude', 'serviceQuality', 'overallRating'])('%s is whole, from 1 to 5', async (name) => {
    const task = await taskAt(6)
    for (const score of [0, 6, -1, 1.5, '5', null, undefined, true, [5], 1e99])
      expect(refusedPaths(await task.act('evaluation', { ...GOOD, [name]: score }))).toEqual([name])
    for (const score of [1, 5])
      expect((await (await taskAt(6)).act('evaluation', { ...GOOD, [name]: score })).status).toBe(200)
  })

  test('a comment has up to 1000 characters', async () => {
    const task = await taskAt(6)
    expect(refusedPaths(await task.act('evaluation', { ...GOOD, comment: '好'.repeat(1001) }))).toEqual(['comment'])
    expect((await task.act('evaluation', { ...GOOD, comment: '好'.repeat(1000) })).status).toBe(200)
  })

  test('the body is checked before the state', async () => {
    expect((await (await taskAt(0)).act('evaluation', {})).status).toBe(400)
    expect((await (await taskAt(7)).act('cancel', {})).status).toBe(400)
  })

  test('nobody else sees, guesses or changes it', async () => {
    const task = await taskAt(4)
    const { id, task_id: number } = await task.read()
    const other = await app.api.customer('demo-stranger')
    for (const reference of [id, number]) {
      for (const part of ['', '/timeline', '/evaluation'])
        expect((await app.api.get(`/api/v1/tasks/${reference}${part}`, { token: other })).status).toBe(404)
      for (const [action, json] of [
        ['confirm', { accept: true }],
        ['cancel', { reason: 'x' }],
        ['reminder', {}],
        ['evaluation', GOOD],
      ] as const)
        expect((await app.api.post(`/api/v1/tasks/${reference}/${action}`, json, { token: other })).status).toBe(404)
    }
    expect(await task.read()).toMatchObject({ current_step: 4, status: 'open' })
    const unknown = await app.api.get('/api/v1/tasks/T209901010001', { token: other })
    const foreign = await app.api.get(`/api/v1/tasks/${number}`, { token: other })
    expect({ ...foreign.body, traceId: '' }).toEqual({ ...unknown.body, traceId: '' })
  })
})
