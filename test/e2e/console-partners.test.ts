import fs from 'node:fs'
import { parse } from 'csv-parse/sync'
import type { Browser } from 'playwright-core'
import { type ExternalSiteSandbox, SANDBOX_ACCOUNT, startExternalSiteSandbox } from '../../server/sandbox/external-site'
import { startJobs } from '../../server/jobs/jobs'
import type { Scheduler } from '../../server/jobs/scheduler'
import { addAcceptedOrder, addCrew, addOrder, buildCheckin, type Crew, NO_LIMITS } from '../support/field-work'
import { startTestApp, type TestApp } from '../support/test-app'
import { launchBrowser } from './browser'
import { type Desk, handlesOf, openDesk } from './desk'
import { describeInBrowser } from './describe-in-browser'

jest.setTimeout(120_000)

/** Every job runs, as in a server that was started; only the captchas wait for a person. */
describeInBrowser('an admin and the partners, in a browser', () => {
  let app: TestApp
  let site: ExternalSiteSandbox
  let jobs: Scheduler
  let crew: Crew
  let browser: Browser
  let desk: Desk
  const { heading, button, dialog, said, open } = handlesOf(() => desk)

  const answered = async (path: string) => (await app.api.get(path, crew.admin)).body.data

  beforeAll(async () => {
    site = await startExternalSiteSandbox({ kind: 'classic-cookie', orders: 25 })
    app = await startTestApp({ ...NO_LIMITS, now: () => new Date(), ngs: true, wxwork: true, captchaDecoder: null })
    crew = await addCrew(app)
    jobs = await startJobs(app.context)
    browser = await launchBrowser()
    desk = await openDesk(browser, app.url)
    await desk.logIn('admin@example.com')
    await heading('总览').waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await jobs?.stop()
    await app?.close()
    await site?.close()
  })
  afterEach(() => expect(desk.faults).toEqual([]))

  test('brings an account of the gateway online from nothing, and sends a message by it', async () => {
    await open('/wxwork')
    await button('添加账号').click()
    await button('开始登录', dialog()).click()
    await desk.page.getByAltText('登录二维码').waitFor()
    await desk.page
      .locator('.qr')
      .getByText(/^0\d:\d\d$|^10:00$/)
      .waitFor()
    await desk.page.getByLabel('6 位验证码').fill('12345')
    await button('提交').click()
    await desk.page.getByText('请输入 6 位数字').waitFor()
    await desk.page.getByLabel('6 位验证码').fill('123456')
    await button('提交').click()
    await desk.page.locator('.accounts__one').getByText('在线', { exact: true }).waitFor()

    await desk.page.getByRole('tab', { name: '测试消息' }).click()
    await desk.page.getByLabel('接收者编号（人或群）').fill('u1')
    await desk.page.getByLabel('内容').fill('测试')
    await button('发送测试消息').click()
    await said('消息已发送')
    expect(app.sandbox.wxwork.messages()).toMatchObject([{ send_userid: 'u1', content: '测试' }])
    await desk.page.getByRole('tab', { name: '通讯录' }).click()
    await button('读取通讯录').click()
    await desk.page.getByText(/^同事 [1-9]\d*，客户 [1-9]/).waitFor()
    await desk.page.getByRole('tab', { name: '事件' }).click()
    await desk.page.getByRole('cell', { name: '提交验证码' }).first().waitFor()
  })

  test('adds a site, answers its captcha, and the pull that waited for it goes on', async () => {
    await open('/external/systems')
    await desk.page.getByLabel('系统标识').fill('city')
    await desk.page.getByLabel('地址', { exact: true }).fill(site.url)
    await desk.page.getByLabel('账号 1', { exact: true }).fill(SANDBOX_ACCOUNT.account)
    await desk.page.getByLabel('密码', { exact: true }).fill(SANDBOX_ACCOUNT.password)
    await button('保存').click()
    await heading('city').waitFor()
    await open('/external')
    await button('拉取工单 city').click()
    await heading('拉取记录').waitFor()

    await open('/external/challenges')
    const answer = desk.page.getByLabel('图中的字符')
    await answer.waitFor()
    await answer.fill(site.lastAnswer())
    await button('提交并登录').click()
    await said('登录成功，等待的调用已继续')
    await open('/external/pulls')
    await desk.page.getByRole('cell', { name: '25 条' }).waitFor()
    expect(await answered('/api/v1/admin/external/work-orders?system=city')).toMatchObject({ total: 25 })
  })

  test('imports an order of the site and gives it to a worker', async () => {
    await open('/external/orders')
    await button(/^导入为任务 /)
      .first()
      .click()
    await button('导入为任务', dialog()).click()
    await said(/^已导入为任务 T/)
    await desk.page.getByText('时间线').first().waitFor()
    const id = new URL(desk.page.url()).pathname.split('/').pop()!
    await button(/^派单/).first().click()
    await dialog()
      .getByRole('radio', { name: /worker/ })
      .first()
      .check()
    await button('派单', dialog()).click()
    await said('已派单')
    expect(await answered(`/api/v1/admin/tasks/${id}`)).toMatchObject({ origin: 'external', worker_id: crew.workerId })
  })

  test('reviews a flagged visit by its proof, and its chain is verified', async () => {
    const id = await addAcceptedOrder(app, crew)
    const checkin = await buildCheckin(app, crew, id)
    const reportedAt = new Date(Date.now() - 5 * 60_000).toISOString()
    const { status } = await app.api.post('/homecare/checkin/submit', { ...checkin, reportedAt }, crew.worker)
    expect(status).toBe(200)
    await open('/visits?flagged=true&reviewed=false')
    await button(/次到场$/)
      .first()
      .click()
    await dialog().getByText('定位过期').first().waitFor()
    await dialog()
      .getByRole('img', { name: /^签到位置距服务地点 10 米/ })
      .waitFor()
    await button('核验事件链', dialog()).click()
    await dialog()
      .getByText(/条记录完整/)
      .waitFor()
    expect(await button('不认可', dialog()).isDisabled()).toBe(true)
    await dialog().getByLabel('审核意见（不认可时必填）').fill('照片与地点相符')
    await button('确认签到', dialog()).click()
    await said('审核结论已保存')
    const { list } = await answered('/api/v1/admin/visits?flagged=true')
    expect(list[0].review).toMatchObject({ decision: 'confirm', comment: '照片与地点相符' })
  })

  test('rehearses a radius before it can be saved, and it is in force at once', async () => {
    await open('/rules')
    await button('新增规则').click()
    await dialog().getByLabel('半径（米）').fill('80')
    expect(await button('保存', dialog()).isDisabled()).toBe(true)
    await button(/预演/, dialog()).click()
    await dialog()
      .getByText(/^近 30 天的/)
      .waitFor()
    await button('保存', dialog()).click()
    await said('规则已保存，立即生效')
    const id = await addOrder(app, crew)
    const { body } = await app.api.get(`/homecare/sla-config?workOrderId=${id}`, crew.worker)
    expect(body.data).toMatchObject({ radiusMeters: 80, radiusScope: 'GLOBAL' })
  })

  test('sends a write again that had been given up', async () => {
    const { db } = app.context.database
    await addOrder(app, crew)
    const isSent = async () => (await answered('/api/v1/admin/outbox?state=SENT')).total
    const deadline = Date.now() + 15_000
    while ((await answered('/api/v1/admin/outbox?state=PENDING')).total > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 100))
    const before = await isSent()
    const { id } = await db.selectFrom('outbox').select('id').where('topic', '=', 'ngs.send').executeTakeFirstOrThrow()
    await db.updateTable('outbox').set({ state: 'DEAD', last_error: 'ngs 多次没有应答' }).where('id', '=', id).execute()
    await open('/outbox?state=DEAD')
    await button('重试').click()
    await button('重新发送').click()
    await said('已安排重试')
    await desk.page.getByText('没有符合条件的写入').waitFor()
    while ((await isSent()) < before && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await isSent()).toBe(before)
  })

  test('enters what the partners call a customer, a colleague and an order', async () => {
    const save = async () => {
      await button('保存', dialog()).click()
      await said('编号已保存')
    }
    await open('/customers')
    await button(/^编号 /)
      .first()
      .click()
    await dialog().getByLabel('ngs 客户编号').fill('C-1')
    await dialog().getByLabel('企业微信号').fill('wx-customer')
    await save()
    const { list: customers } = await answered('/api/v1/admin/customers?size=100')
    expect(customers).toContainEqual(
      expect.objectContaining({ ngs_customer_guid: 'C-1', wxwork_user_id: 'wx-customer' }),
    )
    await open('/staff?role=HOMECARE_WORKER')
    await button(/^企业微信号 /)
      .first()
      .click()
    await dialog().getByLabel('企业微信号').fill('wx-worker')
    await save()
    const { list: staff } = await answered('/api/v1/admin/staff?role=HOMECARE_WORKER')
    expect(staff).toContainEqual(expect.objectContaining({ wxwork_user_id: 'wx-worker' }))

    const known = app.sandbox.ngs.orders().length
    app.sandbox.ngs.control({ refusals: [{ message: '不能新建', times: 99 }] })
    const id = await addOrder(app, crew)
    await open(`/tasks/${id}`)
    await button(/^录入 ngs 编号/).click()
    await dialog().getByLabel('工单 oId').fill('O-1')
    await button('保存', dialog()).click()
    await dialog()
      .getByText(/^请输入/)
      .waitFor()
    await dialog().getByLabel('工单 taskId').fill('T-1')
    await save()
    await desk.page.getByRole('cell', { name: '已送达' }).waitFor()
    expect(app.sandbox.ngs.orders()).toHaveLength(known)
    app.sandbox.ngs.control({ reset: true })
  })

  test('takes the tasks home as a table that opens with the right rows', async () => {
    await open('/tasks?status=open')
    const download = desk.page.waitForEvent('download')
    await desk.page.getByRole('link', { name: /导出/ }).click()
    const text = fs.readFileSync(await (await download).path(), 'utf8')
    expect(text.startsWith('\ufeff')).toBe(true)
    const rows = parse(text, { bom: true, columns: true })
    const { list, total } = await answered('/api/v1/admin/tasks?status=open&size=100')
    expect(rows).toHaveLength(total)
    const numbers = rows.map((row) => Object.values(row as object).find((cell) => /^T\d{12}$/.test(String(cell))))
    expect(new Set(numbers)).toEqual(new Set(list.map(({ task_id }: { task_id: string }) => task_id)))
  })

  test('the board of sessions tells how each partner is', async () => {
    await open('/sessions')
    await desk.page.getByRole('article').first().waitFor()
    for (const name of ['微信', 'ngs（CRM）', '外部工单系统', '企业微信网关'])
      await desk.page.getByRole('heading', { level: 2, name, exact: true }).waitFor()
    await desk.page.getByRole('article', { name: /op1/ }).waitFor()
  })
})
