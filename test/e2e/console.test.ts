import type { Browser } from 'playwright-core'
import { addCrew, addOrder, chainOf, type Crew, NO_LIMITS, rowsOf, SITE } from '../support/field-work'
import { startTestApp, type TestApp } from '../support/test-app'
import { launchBrowser } from './browser'
import { type Desk, handlesOf, openDesk } from './desk'
import { describeInBrowser } from './describe-in-browser'

jest.setTimeout(120_000)

describeInBrowser('the console in a browser', () => {
  let app: TestApp
  let crew: Crew
  let browser: Browser
  let desk: Desk
  const { heading, button, dialog, said, open } = handlesOf(() => desk)

  const detail = async (id: string) => (await app.api.get(`/api/v1/admin/tasks/${id}`, crew.admin)).body.data

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
  })
  afterEach(async () => {
    expect(desk.faults).toEqual([])
    await desk.context.close()
  })

  const enter = async (email = 'admin@example.com') => {
    await desk.logIn(email)
    await heading('总览').waitFor()
  }

  test('the page is served under a policy that lets in no inline script and no other origin', async () => {
    const response = await open('/tasks/whatever')
    const policy = response!.headers()['content-security-policy']!
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).not.toContain('unsafe')
    expect(response!.headers()['cache-control']).toBe('no-cache')
    const again = await desk.page.request.get(`${app.url}/console`)
    expect(again.headers()['content-security-policy']).not.toBe(policy)
    const script = /\/console\/assets\/index-[\w-]+\.js/.exec(await again.text())![0]
    const asset = await desk.page.request.get(`${app.url}${script}`)
    expect(asset.headers()['cache-control']).toContain('immutable')
    expect((await desk.page.request.get(`${app.url}/console/assets/none.js`)).status()).toBe(404)
    expect(await desk.page.request.get(`${app.url}/console/.vite/manifest.json`).then((one) => one.text())).toContain(
      '<!doctype html>',
    )
  })

  test('whoever is not logged in logs in, and is where they wanted to be', async () => {
    await open('/tasks?status=open&size=50')
    await desk.page.getByLabel('邮箱').fill('dispatcher@example.com')
    await desk.page.getByLabel('密码', { exact: true }).fill('wrong-password')
    await button('登录').click()
    await desk.page.getByText('邮箱或密码不正确').waitFor()
    await desk.page.getByLabel('密码', { exact: true }).fill('password123')
    await button('登录').click()
    await heading('任务').waitFor()
    expect(desk.page.url()).toBe(`${app.url}/console/tasks?status=open&size=50`)
    expect(await desk.page.evaluate(() => document.cookie)).toBe('')
  })

  test('a worker is refused in words and gets no page', async () => {
    await desk.logIn('worker@example.com')
    await desk.page.getByText('服务人员不能登录管理后台').waitFor()
    await open('/tasks')
    await desk.page.getByLabel('邮箱').waitFor()
    expect(desk.page.url()).toContain('/console/login')
    expect((await desk.context.cookies()).filter(({ value }) => value !== '')).toEqual([])
  })

  test('a login that ends is asked for over the page, and the page goes on', async () => {
    await enter()
    await desk.page.getByRole('link', { name: '客户', exact: true }).click()
    await heading('客户').waitFor()
    await desk.context.clearCookies()
    await button('刷新').click()
    await dialog().getByLabel('密码', { exact: true }).fill('password123')
    await button('登录', dialog()).click()
    await dialog().waitFor({ state: 'detached' })
    await heading('客户').waitFor()
    await desk.page.getByText(/^共 \d+ 条$/).waitFor()
  })

  test('who logs out is at the login, and a page asked for afterwards leads there', async () => {
    await enter()
    await desk.page.locator('.account').click()
    await desk.page.getByRole('menuitem', { name: '退出登录' }).click()
    await desk.page.getByLabel('邮箱').waitFor()
    expect(desk.page.url()).toBe(`${app.url}/console/login`)
    expect(await dialog().count()).toBe(0)
    await open('/customers')
    await desk.page.getByLabel('邮箱').waitFor()
    expect(desk.page.url()).toBe(`${app.url}/console/login?from=%2Fcustomers`)
  })

  test('the overview counts what there is, and its numbers lead to the lists', async () => {
    await addOrder(app, crew)
    await enter()
    await desk.page.getByText('实时', { exact: true }).waitFor()
    await desk.page.locator('.chart canvas').nth(2).waitFor()
    await desk.page.getByRole('link', { name: /^今日任务\s*[1-9]/ }).click()
    await heading('任务').waitFor()
    expect(new URL(desk.page.url()).search).toMatch(/^\?from=(\d{4}-\d\d-\d\d)&to=\1$/)
    await desk.page.getByText(/^共 \d+ 条$/).waitFor()
  })

  test('a task submitted meanwhile appears on the board by itself', async () => {
    await enter('dispatcher@example.com')
    await open('/board')
    await desk.page.getByText('实时', { exact: true }).waitFor()
    const pool = desk.page.getByRole('list', { name: '待派单的任务' })
    const { task_id } = await detail(await addOrder(app, crew))
    await pool.getByText(task_id).waitFor()
  })

  test('a dispatcher gives a task to a worker by the keyboard alone', async () => {
    const id = await addOrder(app, crew)
    const { task_id } = await detail(id)
    await enter('dispatcher@example.com')
    await open('/board')
    await button(`派单 ${task_id}`).focus()
    await desk.page.keyboard.press('Enter')
    await dialog().getByLabel('搜索服务人员').fill('other')
    await desk.page.getByRole('radio', { name: /other/ }).focus()
    await desk.page.keyboard.press('Space')
    await dialog().getByLabel('派单备注（选填）').fill('带泵密封圈')
    await button('派单', dialog()).focus()
    await desk.page.keyboard.press('Enter')
    await said('已派单')
    expect(await detail(id)).toMatchObject({
      worker_id: crew.otherId,
      assignment_status: 'ASSIGNED',
      dispatch_note: '带泵密封圈',
    })
  })

  test('a task dragged to a worker is theirs after one question; one pressed twice is dispatched once', async () => {
    const id = await addOrder(app, crew)
    const { task_id } = await detail(id)
    await enter('dispatcher@example.com')
    await open('/board')
    const card = desk.page.locator('.card').filter({ hasText: task_id })
    await card.dragTo(desk.page.locator('.column').filter({ hasText: '13900139000' }).first())
    const confirm = button('派单', dialog())
    const name = await dialog().locator('strong').textContent()
    await confirm.dblclick()
    await said('已派单')
    const { worker_name } = await detail(id)
    expect(worker_name).toBe(name)
    expect(await rowsOf(app, 'hc_dispatch_assignments', id)).toHaveLength(1)
  })

  test('an admin pastes coordinates, is told what is odd about them, and sets the site', async () => {
    const id = await addOrder(app, crew)
    await enter()
    await open(`/tasks/${id}`)
    await button('设置服务地点').click()
    const field = dialog().getByLabel('坐标', { exact: true })
    await field.fill('上海')
    await dialog().getByText('没有识别出经纬度').waitFor()
    expect(await button('保存', dialog()).isDisabled()).toBe(true)
    await field.fill('51.5, -0.12')
    await dialog().getByText('坐标不在中国境内').waitFor()
    await field.fill('121.473701，31.230416')
    await dialog()
      .getByText(/^与原服务地点相距 1\d{3} 公里/)
      .waitFor()
    await dialog().getByText('31.230416, 121.473701').waitFor()
    await field.fill(`${SITE.longitude + 0.001} ${SITE.latitude}`)
    await dialog().getByText('与原服务地点相距').waitFor({ state: 'detached' })
    await button('保存', dialog()).click()
    await said('服务地点已保存')
    const { service_latitude, service_longitude } = await detail(id)
    expect(service_latitude).toBeCloseTo(SITE.latitude, 5)
    expect(service_longitude).toBeCloseTo(SITE.longitude + 0.001, 5)
    expect(await chainOf(app, id)).toContain('LOCATION_SET')
  })

  test('a GPS position is saved in the system the server keeps', async () => {
    const id = await addOrder(app, crew)
    await enter()
    await open(`/tasks/${id}`)
    await button('设置服务地点').click()
    await dialog().getByText('WGS-84').click()
    await dialog().getByLabel('坐标', { exact: true }).fill('31.230416, 121.473701')
    await button('保存', dialog()).click()
    await said('服务地点已保存')
    const { service_latitude, service_longitude } = await detail(id)
    expect(Math.abs(service_latitude - 31.230416)).toBeGreaterThan(0.001)
    expect(Math.abs(service_longitude - 121.473701)).toBeGreaterThan(0.003)
  })

  test('a task is cancelled with a reason, after being asked once', async () => {
    const id = await addOrder(app, crew)
    await enter('dispatcher@example.com')
    await open(`/tasks/${id}`)
    await button('取消任务').click()
    await button('取消任务', dialog()).click()
    await dialog().getByText('请填写取消原因').waitFor()
    await dialog().getByLabel('取消原因').fill('客户重复提交')
    await button('取消任务', dialog()).click()
    await desk.page.getByText('已取消：客户重复提交').waitFor()
    expect(await detail(id)).toMatchObject({ status: 'cancelled' })
    expect(await button('取消任务').count()).toBe(0)
  })

  test('a step note reaches the task; the refusal of the server is shown in its words', async () => {
    const id = await addOrder(app, crew)
    await enter()
    await open(`/tasks/${id}`)
    await button('填写步骤').click()
    await dialog().getByLabel('说明').fill('已电话联系客户')
    await app.api.post('/homecare/cancel', { workOrderId: id, reason: '客户取消' }, crew.dispatcher)
    await button('保存', dialog()).click()
    await dialog().getByRole('alert').getByText('任务已结束，不能再操作').waitFor()
  })

  test('an admin adds a worker, who is refused twice under one address', async () => {
    await enter()
    await open('/staff')
    const add = async () => {
      await button('新增员工').click()
      await dialog().getByLabel('姓名').fill('吴工')
      await dialog().getByLabel('邮箱').fill('wu@example.com')
      await dialog().getByLabel('初始密码').fill('password123')
      await button('创建', dialog()).click()
    }
    await add()
    await said('员工已创建')
    await desk.page.getByRole('cell', { name: '吴工', exact: true }).waitFor()
    await dialog().waitFor({ state: 'detached' })
    await add()
    await dialog().getByRole('alert').getByText('该邮箱已存在').waitFor()
  })

  test('a list that cannot be had says so, and is asked for again on demand', async () => {
    await enter()
    await desk.page.route('**/api/v1/admin/customers*', (route) =>
      route.fulfill({ status: 404, json: { code: 404, message: '暂时没有', data: null } }),
    )
    await open('/customers')
    await desk.page.getByText('暂时没有').waitFor()
    await desk.page.unroute('**/api/v1/admin/customers*')
    await button('重试').click()
    await desk.page.getByText(/^共 \d+ 条$/).waitFor()
  })

  test('no list asks for more than one page, and filters and page are in the address', async () => {
    for (let count = 0; count < 11; count++) await addOrder(app, crew)
    await enter()
    const asked: URL[] = []
    desk.page.on('request', (request) => {
      const url = new URL(request.url())
      if (url.pathname === '/api/v1/admin/tasks') asked.push(url)
    })
    await open('/tasks?size=10')
    const second = desk.page.waitForRequest(/admin\/tasks\?.*page=2/)
    await desk.page.getByTitle('2', { exact: true }).click()
    await desk.page.waitForURL(/page=2/)
    await second
    await desk.page.getByLabel('搜索任务号、单位、设备、电话').fill('T2')
    await desk.page.keyboard.press('Enter')
    await desk.page.waitForURL((url) => url.search === '?size=10&q=T2')
    expect(asked.map((url) => url.searchParams.get('page'))).toEqual(expect.arrayContaining(['1', '2']))
    for (const url of asked) expect(Number(url.searchParams.get('size'))).toBe(10)
  })
})
