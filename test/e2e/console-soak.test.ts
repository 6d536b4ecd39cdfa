import type { Browser } from 'playwright-core'
import { LIVE_TOPICS } from '../../types/api/live'
import { seedBulk } from '../../server/demo/bulk'
import { addCrew, addOrder } from '../support/field-work'
import { startTestApp, type TestApp } from '../support/test-app'
import { launchBrowser } from './browser'
import { openDesk } from './desk'
import { describeInBrowser } from './describe-in-browser'

/** `CONSOLE_SOAK_SECONDS=600 CONSOLE_SOAK_TASKS=100000` is the long form, run by hand. */
const SECONDS = Number(process.env.CONSOLE_SOAK_SECONDS ?? 60)
const TASKS = Number(process.env.CONSOLE_SOAK_TASKS ?? 5_000)
const PER_MINUTE = 1_000
const GROWTH_CEILING = 4 * 1024 * 1024
/** Between two refreshes of the page (live/feed.ts). */
const QUIET_SECONDS = 4

jest.setTimeout((SECONDS * 2 + 120) * 1000)

describeInBrowser('a day of many events', () => {
  let app: TestApp
  let browser: Browser

  beforeAll(async () => {
    app = await startTestApp({ now: () => new Date() })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })

  test(`${PER_MINUTE} events a minute: few questions, one page each, and the page's memory stays`, async () => {
    await seedBulk(app.context, { tasks: TASKS, eventKey: app.secrets.eventKey })
    const crew = await addCrew(app)
    for (let count = 0; count < 30; count++) await addOrder(app, crew)
    const desk = await openDesk(browser, app.url)
    const { page } = desk
    await desk.logIn('admin@example.com')
    await page.getByRole('link', { name: '派单台' }).click()
    await page.locator('.card').nth(19).waitFor()
    await page.getByText('实时', { exact: true }).waitFor()

    const cdp = await desk.context.newCDPSession(page)
    const usedBytes = async () => {
      await cdp.send('HeapProfiler.collectGarbage')
      return ((await cdp.send('Runtime.getHeapUsage')) as { usedSize: number }).usedSize
    }
    const storm = async (seconds: number) => {
      const count = Math.round((seconds * PER_MINUTE) / 60)
      for (let index = 0; index < count; index++) {
        app.context.live.publish({ topic: LIVE_TOPICS[index % LIVE_TOPICS.length]!, id: String(index), event: 'TEST' })
        await page.waitForTimeout(60_000 / PER_MINUTE)
      }
    }
    await storm(10) // what is made once is made
    const before = await usedBytes()
    const asked: URL[] = []
    page.on('request', (request) => {
      const url = new URL(request.url())
      if (url.pathname.startsWith('/api/')) asked.push(url)
    })
    const start = Date.now()
    await storm(SECONDS)
    const rounds = (Date.now() - start) / 1000 / QUIET_SECONDS + 1
    const after = await usedBytes()

    const tasks = asked.filter(({ pathname }) => pathname === '/api/v1/admin/tasks')
    expect(tasks.length).toBeGreaterThan(2)
    expect(tasks.length).toBeLessThanOrEqual(rounds)
    for (const { searchParams } of asked) expect(Number(searchParams.get('size'))).toBeLessThanOrEqual(20)
    expect(after - before).toBeLessThan(GROWTH_CEILING)

    // Still there for a person: what happens now is shown, and a click is answered.
    await page
      .getByRole('button', { name: /^派单 T/ })
      .first()
      .click()
    await page.getByRole('dialog').getByRole('radio').first().waitFor()
    expect(desk.faults).toEqual([])
    await desk.context.close()
  })
})
