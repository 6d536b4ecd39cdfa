import type { Browser } from 'playwright-core'
import { findViolations } from './axe'
import { launchBrowser } from './browser'
import { CONSOLE_SCENES, openScene } from './console-scenes'
import { type ConsoleStage, startConsoleStage } from './console-stage'
import { describeInBrowser } from './describe-in-browser'
import { openDesk } from './desk'

jest.setTimeout(300_000)

describeInBrowser('every page of the console can be read', () => {
  let stage: ConsoleStage
  let browser: Browser

  beforeAll(async () => {
    stage = await startConsoleStage()
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.close()
  })

  test.each([
    { width: 1280, dark: false },
    { width: 768, dark: true },
  ])('axe finds nothing, and no page is wider than its screen: %p', async (options) => {
    const desk = await openDesk(browser, stage.app.url, options)
    const barriers: Record<string, string[]> = {}
    const look = async (name: string) => {
      const found = await findViolations(desk.page)
      const isWide = await desk.page.evaluate(() =>
        [document.documentElement, document.querySelector('.shell__content')].some(
          (element) => element !== null && element.scrollWidth > element.clientWidth,
        ),
      )
      if (isWide) found.push('the page is wider than the screen')
      if (found.length > 0) barriers[name] = found
    }
    await desk.page.goto(`${stage.app.url}/console/login`)
    await desk.page.getByLabel('邮箱').waitFor()
    await look('login')
    await desk.logIn('admin@example.com')
    await desk.page.getByRole('heading', { level: 1, name: '总览' }).waitFor()
    for (const scene of CONSOLE_SCENES) {
      // One page that is missing must not hide what is wrong with the others.
      const fault = await openScene(desk, stage, scene).catch((error: Error) => error)
      if (fault) barriers[scene.name] = [fault.message]
      else await look(scene.name)
    }
    expect(barriers).toEqual({})
    expect(desk.faults).toEqual([])
    await desk.context.close()
  })
})
