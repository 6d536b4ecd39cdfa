import type { Browser, Route } from 'playwright-core'
import { buildPdf, buildPng } from '../support/builders'
import { addOrder, addCrew, addDispatchedOrder, type Crew, NO_LIMITS, rowsOf } from '../support/field-work'
import { startTestApp, type TestApp } from '../support/test-app'
import { launchBrowser } from './browser'
import { type Desk, handlesOf, openDesk } from './desk'
import { describeInBrowser } from './describe-in-browser'

jest.setTimeout(120_000)

describeInBrowser('the console on a bad day', () => {
  let app: TestApp
  let crew: Crew
  let browser: Browser
  let desk: Desk
  const { button, dialog, said, open } = handlesOf(() => desk)

  const detail = async (id: string) => (await app.api.get(`/api/v1/admin/tasks/${id}`, crew.admin)).body.data
  const choose = (...files: { name: string; mimeType: string; buffer: Buffer }[]) =>
    dialog().locator('input[type=file]').setInputFiles(files)
  const photo = async (name = '铭牌.png') => ({ name, mimeType: 'image/png', buffer: await buildPng() })
  const report = (name = '检测报告.pdf') => ({ name, mimeType: 'application/pdf', buffer: buildPdf() })
  /** Keeps such requests until the function it answers is called. */
  const hold = async (address: string): Promise<() => void> => {
    let release = () => {}
    const gate = new Promise<void>((resolve) => (release = resolve))
    await desk.page.route(address, async (route) => {
      await gate
      await route.continue()
    })
    return () => release()
  }
  const openStep = async (id: string) => {
    await open(`/tasks/${id}`)
    await button('填写步骤').click()
    await dialog().getByLabel('说明').fill('更换密封圈，附照片和报告')
  }

  beforeAll(async () => {
    app = await startTestApp({ ...NO_LIMITS, now: () => new Date() })
    crew = await addCrew(app)
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })
  beforeEach(async () => {
    desk = await openDesk(browser, app.url)
    await desk.logIn('dispatcher@example.com')
    await desk.page.getByRole('heading', { level: 1, name: '总览' }).waitFor()
  })
  afterEach(async () => {
    expect(desk.faults).toEqual([])
    await desk.context.close()
  })

  test('a step with a photo and a document reaches the task', async () => {
    const id = await addDispatchedOrder(app, crew)
    await openStep(id)
    await dialog().getByRole('radio', { name: '进入“检测诊断”' }).check()
    await choose(await photo(), report())
    await dialog().locator('.ant-upload-list-item-done').nth(1).waitFor()
    await button('保存', dialog()).click()
    await said('已保存')
    const { current_step, step_records } = await detail(id)
    expect(current_step).toBe(2)
    const record = step_records.at(-1)
    expect(record).toMatchObject({ step: 2, description: '更换密封圈，附照片和报告' })
    expect(record.images.map(({ name }: { name: string }) => name)).toEqual(['铭牌.png'])
    expect(record.files.map(({ name }: { name: string }) => name)).toEqual(['检测报告.pdf'])
    await desk.page.getByRole('img', { name: '铭牌.png' }).waitFor()
    await desk.page.getByRole('link', { name: '检测报告.pdf' }).waitFor()
  })

  test('a file that the server refuses is named, and nothing is saved until it is taken away', async () => {
    const id = await addDispatchedOrder(app, crew)
    const before = (await detail(id)).step_records.length
    await openStep(id)
    const program = { name: '驱动.pdf', mimeType: 'application/pdf', buffer: Buffer.from('MZ this is no document') }
    await choose(await photo(), program)
    const refusal = dialog()
      .locator('.ant-form-item-explain-error')
      .getByText(/^“驱动\.pdf”类型不符/)
    await refusal.waitFor()
    await button('保存', dialog()).click()
    await dialog().locator('.ant-upload-list-item-error').hover()
    await desk.page
      .locator('.ant-tooltip')
      .getByText(/^[^a-zA-Z]*[\u4e00-\u9fff]/)
      .first()
      .waitFor()
    expect(await desk.page.locator('.ant-tooltip').allInnerTexts()).not.toContainEqual(expect.stringMatching(/cannot/))
    expect((await detail(id)).step_records).toHaveLength(before)
    expect(await dialog().isVisible()).toBe(true)
    await dialog().locator('.ant-upload-list-item-error').getByRole('button').click()
    await refusal.waitFor({ state: 'detached' })
    await button('保存', dialog()).click()
    await said('已保存')
    expect((await detail(id)).step_records.at(-1).images).toHaveLength(1)
  })

  test('a file still on its way is waited for, without a word before somebody saves', async () => {
    const id = await addDispatchedOrder(app, crew)
    await openStep(id)
    const letGo = await hold('**/api/v1/files')
    await choose(await photo())
    await dialog().locator('.ant-upload-list-item-uploading').waitFor()
    const waiting = dialog().getByText('文件正在上传，请稍候')
    expect(await waiting.count()).toBe(0)
    await button('保存', dialog()).click()
    await waiting.waitFor()
    letGo()
    await waiting.waitFor({ state: 'detached' })
    await button('保存', dialog()).click()
    await said('已保存')
    expect((await detail(id)).step_records.at(-1).images).toHaveLength(1)
  })

  test('more files than a step takes are not dropped in silence', async () => {
    await openStep(await addDispatchedOrder(app, crew))
    await choose(...Array.from({ length: 19 }, (_, index) => report(`报告 ${index + 1}.pdf`)))
    await dialog().getByText('最多 18 个文件，请删除 1 个').waitFor()
    await button('保存', dialog()).click()
    expect(await dialog().isVisible()).toBe(true)
  })

  test('of two dispatchers at one board the second is told, and takes nobody the task away', async () => {
    const id = await addOrder(app, crew)
    const { task_id } = await detail(id)
    await open('/board')
    await button(`派单 ${task_id}`).click()
    await desk.page.getByRole('radio', { name: /other/ }).check()
    await app.api.post('/homecare/dispatch', { workOrderId: id, workerId: crew.workerId }, crew.admin)
    await button('派单', dialog()).click()
    await dialog().getByText('该工单刚刚已由他人派给另一位服务人员，请按最新情况再决定').waitFor()
    expect(await detail(id)).toMatchObject({ worker_id: crew.workerId })
    expect(await rowsOf(app, 'hc_dispatch_assignments', id)).toHaveLength(1)
  })

  test('the last task of a page leaves the board on a page that has tasks', async () => {
    const ids: string[] = []
    for (let count = 0; count < 21; count++) ids.push(await addOrder(app, crew))
    const { total } = (await app.api.get('/api/v1/admin/tasks?status=open&unassigned=true&size=1', crew.admin)).body
      .data
    const page = Math.ceil(total / 20)
    await open(`/board?page=${page}`)
    const pool = desk.page.getByRole('list', { name: '待派单的任务' })
    await pool
      .locator('.card')
      .nth((total - 1) % 20)
      .waitFor()
    const { list } = (
      await app.api.get(`/api/v1/admin/tasks?status=open&unassigned=true&size=20&page=${page}`, crew.admin)
    ).body.data
    for (const row of list)
      await app.api.post('/homecare/dispatch', { workOrderId: row.id, workerId: crew.workerId }, crew.admin)
    await desk.page.waitForURL((url) => url.searchParams.get('page') !== String(page))
    await pool.locator('.card').nth(19).waitFor()
    expect(await desk.page.getByText('没有待派的任务').count()).toBe(0)
  })

  test('a rule changed while it is being rehearsed is rehearsed anew before it can be saved', async () => {
    await desk.context.clearCookies()
    await desk.logIn('admin@example.com')
    await desk.page.getByRole('heading', { level: 1, name: '总览' }).waitFor()
    await open('/rules')
    await button('新增规则').click()
    await dialog().getByLabel('半径（米）').fill('80')
    const letGo = await hold('**/sla-config/rehearse')
    const asked = desk.page.waitForRequest('**/sla-config/rehearse')
    await button(/预演/, dialog()).click()
    await asked
    await dialog().getByLabel('半径（米）').fill('500')
    const answered = desk.page.waitForResponse('**/sla-config/rehearse')
    letGo()
    await answered
    await dialog().locator('.ant-btn-loading').waitFor({ state: 'detached' })
    await dialog().getByText('先预演，看清影响后才能保存').waitFor()
    expect(await button('保存', dialog()).isDisabled()).toBe(true)
  })

  test('a try of a site whose settings were changed meanwhile shows nothing beside the new ones', async () => {
    await desk.context.clearCookies()
    await desk.logIn('admin@example.com')
    await desk.page.getByRole('heading', { level: 1, name: '总览' }).waitFor()
    await open('/external/systems')
    await desk.page.getByLabel('系统标识').fill('city')
    await desk.page.getByLabel('地址', { exact: true }).fill('http://127.0.0.1:9')
    await desk.page.getByLabel('账号 1', { exact: true }).fill('op1')
    await desk.page.getByLabel('密码', { exact: true }).fill('secret')
    const tryIt = async (meanwhile: () => Promise<void>) => {
      const letGo = await hold('**/dry-run')
      const answered = desk.page.waitForResponse('**/dry-run')
      await button('试运行').click()
      await meanwhile()
      letGo()
      await answered
      await desk.page.locator('.ant-btn-loading').waitFor({ state: 'detached' })
    }
    const result = desk.page.getByText('试运行没有通过，看下面第一个失败的步骤')
    await tryIt(() => desk.page.getByLabel('地址', { exact: true }).fill('http://127.0.0.1:10'))
    expect(await result.count()).toBe(0)
    await tryIt(async () => {})
    await result.waitFor()
  })

  test('a login that ends while a form is filled in is renewed over it, and what was typed is saved', async () => {
    const id = await addDispatchedOrder(app, crew)
    await openStep(id)
    await desk.context.clearCookies()
    await choose(report())
    await dialog()
      .getByText(/^检测报告\.pdf：.*登录/)
      .waitFor()
    await dialog().locator('.ant-upload-list-item-error').getByRole('button').click()
    await button('保存', dialog()).click()
    const again = desk.page.getByRole('dialog', { name: '登录已过期' })
    await again.waitFor()
    await desk.shot('login-again')
    expect(await again.getByLabel('邮箱').inputValue()).toBe('dispatcher@example.com')
    await again.getByLabel('密码', { exact: true }).fill('wrong-password')
    await button('登录', again).click()
    await again.getByText('邮箱或密码不正确').waitFor()
    await again.getByLabel('密码', { exact: true }).fill('password123')
    await button('登录', again).click()
    await again.waitFor({ state: 'detached' })
    await button('保存', dialog()).click()
    await said('已保存')
    expect((await detail(id)).step_records.at(-1)).toMatchObject({ description: '更换密封圈，附照片和报告' })
  })

  test('another person who logs in over the page finds nothing of the one before', async () => {
    await openStep(await addDispatchedOrder(app, crew))
    await desk.context.clearCookies()
    await button('保存', dialog()).click()
    const again = desk.page.getByRole('dialog', { name: '登录已过期' })
    await again.getByLabel('邮箱').fill('worker@example.com')
    await again.getByLabel('密码', { exact: true }).fill('password123')
    await button('登录', again).click()
    await again.getByText('服务人员不能登录管理后台').waitFor()
    await again.getByLabel('邮箱').fill('admin@example.com')
    await button('登录', again).click()
    await desk.page.getByRole('heading', { level: 1, name: '总览' }).waitFor()
    expect(await dialog().count()).toBe(0)
    await desk.page.getByText('管理员', { exact: true }).waitFor()
  })

  test('a server that fails leaves what is there on the screen and says that it is old', async () => {
    await open('/tasks?size=10')
    await desk.page.getByText(/^共 \d+ 条$/).waitFor()
    const broken = (route: Route) =>
      route.fulfill({ status: 500, json: { code: 500, message: '服务器内部错误', data: null, traceId: 't' } })
    await desk.page.route('**/api/v1/admin/tasks?*', broken)
    await button('刷新').click()
    await desk.page.getByText('服务器内部错误，显示的是之前的内容').waitFor()
    expect(await desk.page.getByRole('row').count()).toBeGreaterThan(5)
    await desk.page.unroute('**/api/v1/admin/tasks?*')
    await button('刷新').click()
    await desk.page.getByText('显示的是之前的内容').waitFor({ state: 'detached' })
  })

  test('an act whose answer is lost is done once, however often it is pressed again', async () => {
    const id = await addOrder(app, crew)
    await open(`/tasks/${id}`)
    await button('取消任务').click()
    await dialog().getByLabel('取消原因').fill('客户重复提交')
    await desk.page.route('**/homecare/cancel', async (route) => {
      await route.fetch()
      await route.abort()
    })
    await button('取消任务', dialog()).click()
    await dialog().getByText('网络连接失败，请检查网络后重试').waitFor()
    await desk.page.unroute('**/homecare/cancel')
    await button('取消任务', dialog()).click()
    await desk.page.getByText('已取消：客户重复提交').waitFor()
  })
})
