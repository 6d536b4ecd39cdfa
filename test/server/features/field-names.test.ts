import { addAcceptedOrder, addCrew, buildCheckin, type Crew } from '../../support/field-work'
import { startTestApp, type TestApp } from '../../support/test-app'

describe('a refused field has a name in Chinese', () => {
  let app: TestApp
  let crew: Crew
  beforeAll(async () => {
    app = await startTestApp()
    crew = await addCrew(app)
  })
  afterAll(() => app.close())

  test.each(['x', 1, {}])('an avatar %p', async (avatar_file_id) => {
    const profile = { contact: '张三', name: 'ABC', phone: '13800138000', address: '北京', avatar_file_id }
    const token = await app.api.customer('demo-avatar')
    const { status, body } = await app.api.put('/api/v1/user/profile', profile, { token })
    expect([status, body.message]).toEqual([400, expect.stringMatching(/^头像文件.+（avatar_file_id）$/)])
  })

  test.each([
    ['text', 'offlineTicket'],
    [{ workOrderId: 5 }, 'offlineTicket.workOrderId'],
  ])('an offline ticket %j', async (offlineTicket, path) => {
    const checkin = await buildCheckin(app, crew, await addAcceptedOrder(app, crew))
    const answer = await app.api.post('/homecare/checkin/submit', { ...checkin, offlineTicket }, crew.worker)
    expect([answer.status, answer.body.msg]).toEqual([400, `离线凭证格式不正确（${path}）`])
  })

  test.each([
    [{ accounts: [5] }, '账号必须是对象', 'accounts.0'],
    [{ endpoints: [null] }, '接口必须是对象', 'endpoints.0'],
  ])('of an external system: %j', async (changes, message, path) => {
    const system = { system_name: 'city', base_url: 'http://127.0.0.1:9', profile: 'ruoyi', ...changes }
    const { status, body } = await app.api.post('/api/v1/admin/external/systems', system, crew.admin)
    expect([status, body.data.fields]).toEqual([400, [{ path, message }]])
  })

  test.each(['\u0000', '\ud83d'])('a gateway account that no database keeps: %j', async (vid) => {
    const { status, body } = await app.api.post('/api/init', { vid }, crew.admin)
    expect([status, body.message]).toEqual([400, '账号 vid含有无法保存的字符（vid）'])
  })

  test('of a gateway message', async () => {
    const { status, body } = await app.api.post('/api/send-text', { uuid: 'u', kf_id: 'x' }, crew.admin)
    expect(status).toBe(400)
    expect(body.fields).toEqual([
      { path: 'kf_id', message: '客服编号必须是数字' },
      { path: 'send_userid', message: '接收人不能为空' },
      { path: 'content', message: '消息内容不能为空' },
    ])
  })
})
