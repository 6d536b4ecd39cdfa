import type { Browser } from 'playwright-core'
import { launchBrowser, openPhone, type Phone } from './browser'
import { describeInBrowser } from './describe-in-browser'
import { createPerson, type Person } from './person'
import { buildPdf, buildPng } from '../support/builders'
import { addCrew, type Crew, northOfSite, SITE } from '../support/field-work'
import { startTestApp, type TestApp } from '../support/test-app'

jest.setTimeout(180_000)

const picture = async (name: string, background: string) => ({
  name,
  mimeType: 'image/png',
  buffer: await buildPng(320, 240, background),
})
const report = { name: '仪器报警记录.pdf', mimeType: 'application/pdf', buffer: buildPdf('E02') }

describeInBrowser('a repair from submission to evaluation, in browsers', () => {
  let app: TestApp
  let crew: Crew
  let browser: Browser
  let phones: Phone[]
  let customer: Person
  let dispatcher: Person
  let worker: Person
  let orderId = ''
  let taskId = ''

  const person = async (position?: { latitude: number; longitude: number }) => {
    const phone = await openPhone(browser, app.url, { position })
    phones.push(phone)
    return createPerson(phone, app.url)
  }
  /** The order as the dispatcher's API shows it. */
  const order = async () => (await app.api.get(`/homecare/work-orders/${orderId}`, crew.dispatcher)).body.data

  beforeAll(async () => {
    app = await startTestApp({ now: () => new Date() })
    crew = await addCrew(app)
    browser = await launchBrowser()
    phones = []
    customer = await person()
    dispatcher = await person()
    worker = await person(SITE)
  })

  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })

  test('the customer agrees, submits a repair with two photos and a document, and finds it', async () => {
    await customer.open('pages/home/index')
    await customer.agree()
    await customer.see('没有进行中的任务')
    await customer.tapOn('.service-grid__item', '维修')
    for (const [label, value] of Object.entries({
      仪器名称: '高效液相色谱仪',
      仪器类型: '色谱仪',
      品牌: '安捷伦',
      型号: '1260',
      故障描述: '开机自检报警 E02，泵压力归零',
      任务详细描述: '今早开机后泵模块红灯常亮，重启两次无效',
      联系人: '张敏',
      公司名称: '清源环境检测有限公司',
      联系电话: '13800138001',
      服务地址: '江苏省苏州市工业园区星湖街 328 号 5 幢 302 实验室',
      地图坐标: `${SITE.latitude}, ${SITE.longitude}`,
    }))
      await customer.fill(label, value)
    await customer.attach('现场照片', [await picture('正面.png', '#0f766e'), await picture('泵头.png', '#b45309')])
    await customer.attach('附件', [report])
    await customer.tap('提交需求')
    await customer.see(/^T\d{12}$/)
    taskId = (await customer.words(/^T\d{12}$/).textContent())!

    await customer.tap('查看任务')
    await customer.see('需求信息')
    await customer.see('仪器报警记录.pdf')
    await customer.page.waitForFunction(
      () =>
        [...document.querySelectorAll<HTMLImageElement>('.image-grid img')].filter((img) => img.naturalWidth > 0)
          .length === 2,
    )
    await customer.open('pages/tasks/index')
    await customer.see('高效液相色谱仪')

    const { list } = (await app.api.get('/homecare/work-orders?scope=pool', crew.dispatcher)).body.data
    expect(list).toEqual([expect.objectContaining({ task_id: taskId, current_step: 0, worker_id: null })])
    orderId = list[0].id
    const { submission } = await order()
    expect([submission.images.length, submission.files.map(({ name }: { name: string }) => name)]).toEqual([
      2,
      ['仪器报警记录.pdf'],
    ])
  })

  test('the dispatcher gives it to an engineer', async () => {
    await dispatcher.logInAsStaff('dispatcher@example.com')
    await dispatcher.see('共 1 张工单')
    await dispatcher.tap('派单')
    await dispatcher.tapOn('.assign__row', 'worker')
    await dispatcher.fill('备注（选填）', '带泵密封圈')
    await dispatcher.tap('派给worker')
    await dispatcher.see('没有待派的工单')
    expect(await order()).toMatchObject({ worker_id: crew.workerId, assignment_status: 'ASSIGNED' })
  })

  test('the engineer accepts it and is refused one kilometre away, with the way there', async () => {
    await worker.logInAsStaff('worker@example.com')
    await worker.tapOn('.order-card', '高效液相色谱仪')
    await worker.see('派单备注：带泵密封圈')
    await worker.tap('接单')
    await worker.see('到场签到')
    expect(await order()).toMatchObject({ assignment_status: 'ACCEPTED', current_step: 1 })

    await worker.stand(northOfSite(1000))
    await worker.tap('到场签到')
    await worker.see('还没到签到范围')
    await worker.see(/^距服务地点 1\.0 公里，请再往南方向靠近约 9\d\d 米$/)
    await worker.attach('现场照片', [await picture('现场.png', '#155e75')])
    await worker.sign()
    await worker.tap('提交签到')
    await worker.page.locator('.checkin__footer').getByText('请再往南方向靠近').waitFor()
    expect((await order()).visits).toEqual([])
  })

  test('ten metres away the engineer checks in with photo and signature', async () => {
    await worker.stand(northOfSite(10))
    await worker.see('已在签到范围内，可以签到')
    await worker.tap('提交签到')
    await worker.see('签到成功')
    const { visits } = await order()
    expect(visits).toHaveLength(1)
    // Nobody walks a kilometre in seconds: the visit counts, and the dispatcher is told.
    expect(visits[0]).toMatchObject({ status: 'CHECKED_IN', worker_id: crew.workerId, flags: ['IMPOSSIBLE_SPEED'] })
    expect(visits[0].evidence).toHaveLength(1)
    expect(visits[0].distance_meters).toBeGreaterThan(8)
    expect(visits[0].distance_meters).toBeLessThan(12)
  })

  test('the engineer works the steps up to the plan', async () => {
    await worker.tap('填写服务步骤')
    const step = async (choice: string, text: string, photo?: string) => {
      await worker.tapOn('.choice__item', choice)
      await worker.fill('说明', text)
      if (photo) await worker.attach('照片（选填）', [await picture(photo, '#7c2d12')])
      await worker.tap('提交')
    }
    await step('进入“检测诊断”', '单向阀堵塞，泵头密封圈磨损', '密封圈.png')
    await worker.see('进入“方案报价”')
    await step('进入“方案报价”', '更换密封圈与单向阀，共 1,860 元')
    await worker.see('进入“客户确认”')
    await step('进入“客户确认”', '请确认维修方案与报价，备件随车，当天可完成')
    await worker.see(/^方案已提交，等待客户确认/)
    expect((await order()).current_step).toBe(4)
  })

  test('the customer agrees to the plan', async () => {
    await customer.open('pages/home/index')
    await customer.tapOn('.task-card', '请确认服务方案')
    await customer.see('请确认维修方案与报价，备件随车，当天可完成')
    await customer.tap('同意方案')
    await customer.fill('补充说明', '同意，请尽快')
    await customer.tap('同意方案')
    await customer.see('已同意方案，工程师将开始服务')
    expect((await order()).current_step).toBe(5)
  })

  test('the engineer finishes and leaves', async () => {
    await worker.open(`worker/order/index?id=${orderId}`)
    await worker.tap('服务步骤')
    await worker.tapOn('.choice__item', '完成服务')
    await worker.fill('说明', '更换密封圈与单向阀，压力稳定，重复性合格')
    await worker.tap('提交')
    await worker.see('服务已完成，等待客户评价')
    await worker.open(`worker/checkout/index?id=${orderId}`)
    await worker.see(/^当前位置距服务地点 \d+ 米$/)
    await worker.fill('服务小结', '更换泵密封圈与单向阀')
    await worker.tap('提交签退')
    await worker.see('签退成功')
    const { current_step, visits } = await order()
    expect([current_step, visits[0].status, visits[0].summary]).toEqual([6, 'CHECKED_OUT', '更换泵密封圈与单向阀'])
  })

  test('the customer evaluates it', async () => {
    await customer.open(`pages/task/index?id=${taskId}`)
    await customer.tap('评价服务')
    for (const label of ['服务态度', '服务质量', '总体评价'])
      await customer.page.getByLabel(`${label} 5 分`).filter({ visible: true }).click()
    await customer.fill('文字评价', '来得快，讲解清楚')
    await customer.tap('提交评价')
    await customer.see('感谢您的评价')
    expect(await order()).toMatchObject({ current_step: 7, status: 'closed' })
  })

  test('nothing went wrong on any of the phones, and no other origin was asked', () => {
    expect(phones.map(({ faults }) => faults)).toEqual([[], [], []])
  })
})
