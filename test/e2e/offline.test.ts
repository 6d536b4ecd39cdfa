import type { Browser } from 'playwright-core'
import { launchBrowser, openPhone, type Phone } from './browser'
import { describeInBrowser } from './describe-in-browser'
import { createPerson, type Person } from './person'
import { buildPng } from '../support/builders'
import { addAcceptedOrder, addCrew, chainOf, type Crew, northOfSite } from '../support/field-work'
import { startTestApp, type TestApp } from '../support/test-app'

jest.setTimeout(120_000)

describeInBrowser('a check-in while the network comes and goes, in browsers', () => {
  let app: TestApp
  let crew: Crew
  let browser: Browser
  let phone: Phone
  let worker: Person
  let orderId = ''

  const visits = async () => (await app.api.get(`/homecare/work-orders/${orderId}`, crew.worker)).body.data.visits
  const photo = async (name: string) => ({ name, mimeType: 'image/png', buffer: await buildPng(320, 240, '#155e75') })
  const openCheckin = async () => {
    await worker.open(`worker/checkin/index?id=${orderId}`)
    await worker.see('已在签到范围内，可以签到')
  }

  /** Kills the app and opens it at its list of unsent records, with the network as it is. */
  const reopenAtQueue = async () => {
    phone = await phone.reopen()
    worker = createPerson(phone, app.url)
    await worker.open('worker/queue/index')
    await worker.see('到场签到')
  }

  beforeAll(async () => {
    app = await startTestApp({ now: () => new Date() })
    crew = await addCrew(app)
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })
  beforeEach(async () => {
    orderId = await addAcceptedOrder(app, crew)
    phone = await openPhone(browser, app.url, { position: { latitude: 0, longitude: 0 } })
    worker = createPerson(phone, app.url)
    await worker.stand(northOfSite(10))
    await worker.logInAsStaff('worker@example.com')
    await worker.see('高效液相色谱仪')
    await openCheckin()
  })
  afterEach(async () => {
    expect(phone.faults).toEqual([])
    await phone.context.close()
  })

  test('cut before the photo, the app killed and opened without network, and back: one visit with its evidence', async () => {
    await worker.goOffline()
    await worker.see('没有网络，按本机记录的范围判断：可以签到，联网后自动发送')
    await worker.choosePhoto('现场照片', await photo('现场.png'))
    await worker.see('待网络')
    await worker.sign()
    await worker.tap('保存签到（联网后发送）')
    await worker.see('签到已保存在手机上')

    await reopenAtQueue()
    await worker.see(/照片 1 张 · 已签名$/)
    await worker.see('当前没有网络，恢复后自动发送')
    expect(await visits()).toEqual([])

    await worker.goOnline()
    await worker.see('所有记录都已送达')
    const made = await visits()
    expect(made).toHaveLength(1)
    expect(made[0].evidence).toHaveLength(1)
    expect(made[0].status).toBe('CHECKED_IN')
    expect((await chainOf(app, orderId)).filter((type) => /CHECK/.test(type))).toHaveLength(1)
  })

  test('the answer is lost on its way, the app killed: still one visit', async () => {
    await worker.attach('现场照片', [await photo('铭牌.png')])
    await worker.sign()
    await worker.page.route('**/homecare/checkin/submit', async (route) => {
      await route.fetch()
      await worker.goOffline()
      await route.abort('connectionreset')
    })
    await worker.tap('提交签到')
    await worker.see('签到已保存在手机上')
    expect(await visits()).toHaveLength(1)

    await reopenAtQueue()
    await worker.goOnline()
    await worker.see('所有记录都已送达')
    const made = await visits()
    expect(made).toHaveLength(1)
    expect(made[0].evidence).toHaveLength(1)
    await worker.open(`worker/steps/index?id=${orderId}`)
    await worker.see('进入“检测诊断”')
  })
})
