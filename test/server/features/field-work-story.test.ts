import { ENGINES } from '../../support/engines'
import { addCrew, addEvidence, addOrder, buildCheckin, type Crew, northOfSite } from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

describe.each(ENGINES)('the life of a work order on %s', (engine) => {
  let app: TestApp
  let crew: Crew
  beforeAll(async () => {
    app = await startTestApp({ engine })
    crew = await addCrew(app)
  })
  afterAll(() => app.close())

  test('goes from submission to evaluation', async () => {
    const { api } = app
    const workOrderId = await addOrder(app, crew)
    const step = (body: object, request = crew.worker) =>
      api.post(`/homecare/work-orders/${workOrderId}/steps`, body, request)
    const task = async () => (await api.get(`/api/v1/tasks/${workOrderId}`, crew.customer)).body.data

    const dispatched = await api.post('/homecare/dispatch', { workOrderId, workerId: crew.workerId }, crew.dispatcher)
    expect(dispatched.body).toMatchObject({ code: 'OK', data: { status: 'ASSIGNED', currentStep: 1 } })
    expect(await task()).toMatchObject({ current_step: 1, engineer_name: 'worker', engineer_phone: '13900139000' })

    const early = await api.post('/homecare/checkin/precheck', { workOrderId, ...northOfSite(0) }, crew.worker)
    expect(early.body.data.reasonCode).toBe('WORK_ORDER_NOT_ASSIGNABLE')

    const accepted = await api.post('/homecare/accept', { workOrderId }, crew.worker)
    expect(accepted.body.data.status).toBe('ACCEPTED')

    const far = await api.post('/homecare/checkin/precheck', { workOrderId, ...northOfSite(1000) }, crew.worker)
    expect(far.status).toBe(400)
    expect(far.body).toMatchObject({
      code: 'BAD_REQUEST',
      msg: 'Checkin rejected',
      data: { reasonCode: 'OUT_OF_RADIUS', distanceMeters: 1000 },
    })
    const near = await api.post(
      '/homecare/checkin/precheck',
      { workOrderId, ...northOfSite(15.5), accuracy: 10 },
      crew.worker,
    )
    expect(near.body.data).toMatchObject({
      distanceMeters: 15.5,
      allowedRadiusMeters: 50,
      canCheckin: true,
      reasonCode: 'OK',
    })

    const checkin = await buildCheckin(app, crew, workOrderId)
    const visit = await api.post('/homecare/checkin/submit', checkin, crew.worker)
    expect(visit.body).toMatchObject({ code: 'OK', data: { canCheckin: true, visitId: expect.any(String) } })

    expect((await step({ step: 2, description: '电源模块故障' })).body.data.currentStep).toBe(2)
    expect((await step({ step: 3, description: '更换电源模块，报价 3000 元' })).body.data.currentStep).toBe(3)
    expect((await step({ step: 4, description: '请确认方案' })).body.data.currentStep).toBe(4)
    expect((await task()).step_content.description).toBe('更换电源模块，报价 3000 元\n请确认方案')
    expect((await step({ step: 5, description: '开始' })).body.data.reasonCode).toBe('TASK_STEP_MISMATCH')

    const refused = await api.post(
      `/api/v1/tasks/${workOrderId}/confirm`,
      { accept: false, comment: '太贵' },
      crew.customer,
    )
    expect(refused.status).toBe(200)
    expect((await task()).current_step).toBe(3)
    await step({ step: 4, description: '优惠到 2500 元' })
    await api.post(`/api/v1/tasks/${workOrderId}/confirm`, { accept: true }, crew.customer)
    expect((await step({ step: 6, description: '已更换并测试' })).body.data.currentStep).toBe(6)

    const checkout = await api.post(
      '/homecare/checkout',
      { workOrderId, ...northOfSite(5), summary: '已修复' },
      crew.worker,
    )
    expect(checkout.body.data).toMatchObject({ visitId: visit.body.data.visitId, durationMinutes: 0 })

    const rated = await api.post(
      `/api/v1/tasks/${workOrderId}/evaluation`,
      { serviceAttitude: 5, serviceQuality: 4, overallRating: 5, comment: '很专业' },
      crew.customer,
    )
    expect(rated.status).toBe(200)
    expect(await task()).toMatchObject({ current_step: 7, status: 'closed' })

    const detail = await api.get(`/homecare/work-orders/${workOrderId}`, crew.dispatcher)
    expect(detail.body.data.visits).toHaveLength(1)
    expect(detail.body.data.visits[0].evidence).toHaveLength(1)
    const timeline = await api.get(`/api/v1/tasks/${workOrderId}/timeline`, crew.customer)
    expect(timeline.body.data.list.map((entry: { type: string }) => entry.type)).toEqual([
      'SUBMITTED',
      'DISPATCHED',
      'ACCEPTED',
      'CHECKED_IN',
      'STEP_ENTERED',
      'STEP_ENTERED',
      'STEP_ENTERED',
      'PLAN_REFUSED',
      'STEP_ENTERED',
      'PLAN_CONFIRMED',
      'STEP_ENTERED',
      'CHECKED_OUT',
      'EVALUATED',
    ])
  })

  test('of six submits at once makes one visit', async () => {
    const workOrderId = await addOrder(app, crew)
    await app.api.post('/homecare/dispatch', { workOrderId, workerId: crew.workerId }, crew.dispatcher)
    await app.api.post('/homecare/accept', { workOrderId }, crew.worker)
    const base = await buildCheckin(app, crew, workOrderId)
    const tries = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const evidence = await addEvidence(app, workOrderId, crew.worker)
        return app.api.post('/homecare/checkin/submit', { ...base, evidenceFileIds: [evidence] }, crew.worker)
      }),
    )
    expect(tries.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409, 409, 409])
    const detail = await app.api.get(`/homecare/work-orders/${workOrderId}`, crew.worker)
    expect(detail.body.data.visits).toHaveLength(1)
  })
})
