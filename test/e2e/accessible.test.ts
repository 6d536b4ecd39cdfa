import type { Browser } from 'playwright-core'
import { launchBrowser } from './browser'
import { describeInBrowser } from './describe-in-browser'
import { enlarge, findBarriers } from './look'
import { playScene } from './play-scene'
import { scenesOf } from './scenes'
import { startStage, type Stage } from './stage'

jest.setTimeout(600_000)

/** So many look at once: a page mostly waits. */
const PHONES = 3

describeInBrowser('every page can be read', () => {
  let stage: Stage
  let browser: Browser

  beforeAll(async () => {
    stage = await startStage()
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.app.close()
  })

  test.each([false, true])(
    'text at 4.5:1, names on fields and controls, nothing wider than the screen, large text too (dark: %s)',
    async (dark) => {
      const barriers: Record<string, string[]> = {}
      const left = scenesOf(stage)
      const look = async () => {
        for (let scene = left.shift(); scene; scene = left.shift()) {
          const { name } = scene
          await playScene(browser, { stage, scene, options: { dark } }, async (phone) => {
            const found = await findBarriers(phone.page)
            await enlarge(phone.page)
            found.push(...(await findBarriers(phone.page)), ...phone.faults)
            if (found.length > 0) barriers[name] = [...new Set(found)]
          })
        }
      }
      await Promise.all(Array.from({ length: PHONES }, look))
      expect(barriers).toEqual({})
    },
  )

  test('pale text, a nameless field and an empty control are found', async () => {
    const scene = scenesOf(stage).find(({ name }) => name === 'dispatch')!
    await playScene(browser, { stage, scene, options: {} }, async ({ page }) => {
      await page.evaluate(() => {
        document.querySelector<HTMLElement>('.dispatch-total')!.style.color = '#8aa'
        document.querySelector('.search-box input')!.removeAttribute('aria-label')
        document.querySelector('.btn')!.replaceChildren()
      })
      expect(await findBarriers(page)).toEqual([
        expect.stringMatching(/^\d\.\d\d:1 “共 \d+ 张工单” in \.dispatch-total/),
        expect.stringContaining('a field without a name: “搜索工单号'),
        expect.stringContaining('a control without a name: .btn'),
      ])
    })
  })
})
