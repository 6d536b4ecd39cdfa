import { keysOf } from '../../support/answers'
import { buildFile, buildForm, buildPdf, buildPng, buildSubmission, formFields } from '../../support/builders'
import { ENGINES } from '../../support/engines'
import { startTestApp, type TestApp } from '../../support/test-app'

const ROW = [
  'create_time',
  'current_step',
  'description',
  'device_name',
  'engineer_name',
  'engineer_phone',
  'task_id',
  'task_type',
  'update_time',
]

describe.each(ENGINES)('the task examples of miniprogram-api.md on %s', (engine) => {
  let app: TestApp
  let token: string
  beforeAll(async () => {
    app = await startTestApp({ engine })
    token = await app.api.customer()
  })
  afterAll(() => app.close())

  test('2.1 answers a JSON submission as the document shows', async () => {
    const { status, body } = await app.api.post('/api/v1/tasks', buildSubmission(), { token })
    expect(status).toBe(200)
    expect(body).toEqual({
      code: 200,
      message: '任务提交成功',
      data: { task_id: 'T202603020001', message: '任务已提交，我们会尽快处理' },
    })
  })

  test('2.1 answers a multipart submission with pictures and attachments the same way', async () => {
    const form = buildForm(formFields(buildSubmission()), [
      ['images', buildFile(await buildPng(), '现场.png', 'image/png')],
      ['files', buildFile(buildPdf(), '检修报告.pdf', 'application/pdf')],
    ])
    const { status, body } = await app.api.upload('/api/v1/tasks', form, { token })
    expect(status).toBe(200)
    expect(body).toEqual({
      code: 200,
      message: '任务提交成功',
      data: { task_id: 'T202603020002', message: '任务已提交，我们会尽快处理' },
    })
  })

  test('2.2 lists with exactly the fields of the document and the status', async () => {
    const { status, body } = await app.api.get('/api/v1/tasks?page=1&size=1', { token })
    expect(status).toBe(200)
    expect(keysOf(body)).toEqual(['code', 'data', 'message'])
    expect(body).toMatchObject({ code: 200, message: '获取成功' })
    expect(keysOf(body.data)).toEqual(['current', 'list', 'pages', 'size', 'total'])
    expect(body.data).toMatchObject({ total: 2, pages: 2, current: 1, size: 1 })
    expect(keysOf(body.data.list[0])).toEqual([...ROW, 'status'].toSorted())
    expect(body.data.list[0]).toEqual({
      task_id: 'T202603020002',
      task_type: 'repair',
      device_name: '高效液相色谱仪',
      description: '仪器无法正常启动，屏幕无显示',
      engineer_name: '',
      engineer_phone: '',
      current_step: 0,
      status: 'open',
      create_time: '2026-03-02 10:00:00',
      update_time: '2026-03-02 10:00:00',
    })
  })

  test('2.3 details with the fields of the document, and at step 0 the submission itself', async () => {
    const { status, body } = await app.api.get('/api/v1/tasks/T202603020002', { token })
    expect(status).toBe(200)
    expect(body).toMatchObject({ code: 200, message: '获取成功' })
    const { step_content: content, ...data } = body.data
    expect(keysOf(data)).toEqual(expect.arrayContaining([...ROW, 'device_type', 'device_brand', 'device_model']))
    expect(data).toMatchObject({ device_type: '色谱仪', device_brand: '安捷伦', device_model: '1260' })
    expect(content.description).toBe('仪器无法正常启动，屏幕无显示')
    expect(content.images).toEqual([expect.stringMatching(/^\/api\/v1\/files\/[\w-]{36}\?exp=\d+&sig=[\w-]+$/)])
    expect(content.files).toEqual([
      { name: '检修报告.pdf', url: expect.stringMatching(/^\/api\/v1\/files\/[\w-]{36}\?exp=\d+&sig=[\w-]+$/) },
    ])
    expect((await app.api.get(content.images[0])).headers.get('content-type')).toBe('image/png')
    expect((await app.api.get(content.files[0].url)).headers.get('content-type')).toBe('application/pdf')
  })

  test('2.3 adds every step with its label and what may be done now', async () => {
    const { body } = await app.api.get('/api/v1/tasks/T202603020001', { token })
    expect(body.data.steps).toHaveLength(8)
    expect(body.data.steps.map((step: { label: string }) => step.label)).toEqual(
      '已提交 已派单 检测诊断 方案报价 客户确认 服务执行 已完成待评价 已评价'.split(' '),
    )
    expect(body.data.steps[0]).toEqual({ index: 0, label: '已提交', entered_at: '2026-03-02 10:00:00', done: false })
    expect(body.data.steps[1]).toEqual({ index: 1, label: '已派单', entered_at: null, done: false })
    expect(body.data).toMatchObject({ can_confirm: false, can_evaluate: false, can_cancel: true, can_remind: true })
  })

  test('2.3 finds a task by its UUID as well', async () => {
    const { body } = await app.api.get('/api/v1/tasks/T202603020001', { token })
    const again = await app.api.get(`/api/v1/tasks/${body.data.id}`, { token })
    expect(again.body.data.task_id).toBe('T202603020001')
  })

  test('2.4 answers an evaluation as the document shows', async () => {
    await app.context.database.db.updateTable('task').set({ current_step: 6 }).execute()
    const evaluation = { serviceAttitude: 5, serviceQuality: 4, overallRating: 5, comment: '服务很专业，解决问题迅速' }
    const { status, body } = await app.api.post('/api/v1/tasks/T202603020001/evaluation', evaluation, { token })
    expect(status).toBe(200)
    expect(body).toEqual({ code: 200, message: '评价提交成功', data: { message: '感谢您的评价' } })
  })

  test('tells the customer what happened, oldest first', async () => {
    const { body } = await app.api.get('/api/v1/tasks/T202603020001/timeline', { token })
    expect(body.data.list.map((entry: { type: string }) => entry.type)).toEqual(['SUBMITTED', 'EVALUATED'])
    expect(keysOf(body.data.list[0])).toEqual(['actor', 'description', 'time', 'title', 'type'])
  })

  test('gives every type, its label and its fields to anybody', async () => {
    const { status, body } = await app.api.get('/api/v1/task-types')
    expect(status).toBe(200)
    expect(body.data.list.map((entry: { type: string }) => entry.type)).toEqual(
      'repair maintenance recycle leasing training verification selection installation'.split(' '),
    )
  })
})
