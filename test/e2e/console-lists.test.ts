import type { Browser } from 'playwright-core'
import { type ExternalSiteSandbox, startExternalSiteSandbox } from '../../server/sandbox/external-site'
import { buildSystem, createSpyDecoder, finished } from '../support/external-site'
import { addAcceptedOrder, addCrew, addOrder, addStaff, type Crew, NO_LIMITS } from '../support/field-work'
import { startTestApp, type TestApp } from '../support/test-app'
import { launchBrowser } from './browser'
import { type Desk, handlesOf, openDesk } from './desk'
import { describeInBrowser } from './describe-in-browser'

jest.setTimeout(120_000)

describeInBrowser('lists of the console, narrowed', () => {
  let app: TestApp
  let site: ExternalSiteSandbox
  let crew: Crew
  let browser: Browser
  let desk: Desk
  const { heading, open } = handlesOf(() => desk)

  const admin = '/api/v1/admin'
  const answered = async (path: string) => (await app.api.get(`${admin}${path}`, crew.admin)).body.data
  const rows = () => desk.page.locator('tbody tr.ant-table-row')
  /** The first cells of the rows, when the list says that there are so many. */
  const shown = async (total: number) => {
    if (total === 0) await desk.page.locator('.ant-empty').waitFor()
    else await desk.page.getByText(`共 ${total} 条`, { exact: true }).waitFor()
    return rows().locator('td:first-child').allInnerTexts()
  }
  const search = () => new URL(desk.page.url()).search
  const choose = async (filter: string, option: string) => {
    await desk.page.getByRole('combobox', { name: filter, exact: true }).click()
    await desk.page.locator('.ant-select-dropdown:visible').getByTitle(option, { exact: true }).click()
  }

  beforeAll(async () => {
    site = await startExternalSiteSandbox({ kind: 'classic-cookie', orders: 12 })
    app = await startTestApp({ ...NO_LIMITS, now: () => new Date(), captchaDecoder: createSpyDecoder(() => site) })
    crew = await addCrew(app)
    for (const system_name of ['city', 'gone'])
      await app.api.post(`${admin}/external/systems`, buildSystem(site, 'classic-cookie', { system_name }), crew.admin)
    for (const name of ['city', 'gone']) {
      const { body } = await app.api.post(`${admin}/external/${name}/pull`, {}, crew.admin)
      await finished({ run: (id) => answered(`/external/pulls/${id}`) }, body.data.run_id)
    }
    await app.api.send('DELETE', `${admin}/external/systems/gone`, crew.admin)
    const idle = buildSystem(site, 'classic-cookie', { system_name: 'idle', is_active: false })
    await app.api.post(`${admin}/external/systems`, idle, crew.admin)
    const rule = (scope_type: string, scope_id: string, config_value: string, is_active = true) =>
      app.api.post(
        `${admin}/sla-config`,
        { config_key: 'HOMECARE_CHECKIN_RADIUS_METERS', config_value, scope_type, scope_id, is_active },
        crew.admin,
      )
    await rule('GLOBAL', '', '50')
    await rule('TEAM', 'north', '80')
    await rule('TEAM', 'south', '90', false)
    browser = await launchBrowser()
    desk = await openDesk(browser, app.url)
    await desk.logIn('admin@example.com')
    await heading('总览').waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
    await site?.close()
  })
  afterEach(() => expect(desk.faults).toEqual([]))

  test("'done today' and 'cancelled today' open lists of exactly as many", async () => {
    const done = await addAcceptedOrder(app, crew)
    for (const step of [2, 5, 6])
      await app.api.post(`/homecare/work-orders/${done}/steps`, { step, description: '完成' }, crew.worker)
    for (let count = 0; count < 2; count++)
      await app.api.post(
        '/homecare/cancel',
        { workOrderId: await addOrder(app, crew), reason: '重复' },
        crew.dispatcher,
      )
    await addOrder(app, crew)
    const { today } = await answered('/overview')
    expect([today.created, today.completed, today.cancelled]).toEqual([4, 1, 2])
    for (const [label, count] of [
      ['今日完成', today.completed],
      ['今日取消', today.cancelled],
    ] as const) {
      await open('/')
      await desk.page.getByRole('link', { name: new RegExp(`^${label}\\s*${count}$`) }).click()
      await heading('任务').waitFor()
      await shown(count)
      expect(await rows().count()).toBe(count)
    }
    expect(search()).toMatch(/^\?by=cancelled&from=(\d{4}-\d\d-\d\d)&to=\1$/)
  })

  test('what a worker has in hand is what the number and the board open', async () => {
    const { list } = await answered('/staff?q=worker%40')
    const { load } = list[0]
    await open('/board')
    const column = desk.page.locator('.column').filter({ hasText: 'worker' }).first()
    await column.getByText(`在办 ${load} 单`).waitFor()
    await open('/tasks?status=open&worker_id=' + list[0].id)
    await shown(1)
    await open('/staff?q=worker%40')
    expect(load).toBe(0)
    await desk.page.locator('tbody').getByRole('link', { name: '0', exact: true }).click()
    await heading('任务').waitFor()
    expect(await shown(0)).toEqual([])
  })

  test('rules by what they are for and whether they count', async () => {
    await open('/rules?scope_type=TEAM')
    expect(await shown(2)).toEqual(['签到半径', '签到半径'])
    await choose('状态', '停用')
    await shown(1)
    await desk.page.getByRole('cell', { name: 'south' }).waitFor()
    expect(search()).toBe('?scope_type=TEAM&active=false')
    await desk.page.getByRole('button', { name: '清除筛选' }).click()
    await shown(3)
    expect(search()).toBe('')
    await open('/rules?q=nor')
    await shown(1)
    await open('/rules?q=nowhere')
    expect(await shown(0)).toEqual([])
    await desk.page.getByText('没有符合条件的记录').waitFor()
  })

  test('external systems by name and by whether they run', async () => {
    await open('/external')
    expect((await shown(2)).toSorted()).toEqual(['city', 'idle'])
    await choose('状态', '停用')
    expect(await shown(1)).toEqual(['idle'])
    expect(search()).toBe('?active=false')
    await open('/external?q=ci')
    expect(await shown(1)).toEqual(['city'])
  })

  test('pulled orders by system, also one that was removed', async () => {
    await open('/external/orders')
    await shown(24)
    await choose('系统', 'city')
    await shown(12)
    expect(search()).toBe('?system=city')
    await open('/external/orders?system=gone&q=WO000003')
    expect(await shown(1)).toEqual(['WO000003'])
    await desk.page.locator('.toolbar').getByTitle('gone').waitFor()
    await open('/external/orders?system=city&imported=true')
    await desk.page.getByText('没有符合条件的外部工单').waitFor()
  })

  test('the way back shows the rows that were left', async () => {
    await open('/tasks')
    await choose('状态', '已取消')
    await shown(2)
    await rows().first().getByRole('link').first().click()
    await desk.page.getByText('时间线').waitFor()
    await desk.page.goBack()
    expect(await shown(2)).toHaveLength(2)
    expect(search()).toBe('?status=cancelled')
    await desk.page.goForward()
    await desk.page.getByText('时间线').waitFor()
  })

  test('workers that were disabled take no place on the board and in the choice', async () => {
    for (let count = 0; count < 21; count++) {
      const id = await addStaff(app, `a${count}@example.com`, 'HOMECARE_WORKER', { full_name: `阿${count}` })
      await app.api.post(`${admin}/staff/${id}/disable`, {}, crew.admin)
    }
    const { task_id } = (await answered('/tasks?status=open&unassigned=true')).list[0]
    await open('/board')
    await desk.page.locator('.column').filter({ hasText: 'other' }).waitFor()
    expect(await desk.page.locator('.column').count()).toBe(2)
    await desk.page.getByRole('button', { name: `派单 ${task_id}` }).click()
    await desk.page.getByRole('radio', { name: /other/ }).waitFor()
    expect(await desk.page.getByRole('radio').count()).toBe(2)
    await open('/staff?active=false')
    await shown(21)
  })

  test('the board keeps the worker that was searched for in its address, and the page of its tasks', async () => {
    await open('/board?page=1&type=repair')
    await desk.page.locator('.column').filter({ hasText: 'other' }).waitFor()
    await desk.page.getByLabel('搜索服务人员').fill('othe')
    await desk.page.getByLabel('搜索服务人员').press('Enter')
    await desk.page.waitForURL((url) => url.searchParams.get('worker_q') === 'othe')
    await desk.page.reload()
    await desk.page.locator('.column').filter({ hasText: 'other' }).waitFor()
    expect(await desk.page.locator('.column').count()).toBe(1)
    expect(new URL(desk.page.url()).searchParams.get('type')).toBe('repair')
  })

  test('a page behind the last one becomes the last one', async () => {
    await open('/staff?size=10&page=9')
    await desk.page.waitForURL((url) => url.search === '?size=10&page=3')
    await desk.page.locator('tbody tr.ant-table-row').first().waitFor()
  })
})
