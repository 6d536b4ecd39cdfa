import fs from 'node:fs'
import path from 'node:path'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { SHOTS, watchFaults } from './browser'

export interface DeskOptions {
  width?: number
  dark?: boolean
}

export interface Desk {
  /** Of the server. */
  origin: string
  page: Page
  context: BrowserContext
  /** What no page may do: console errors, uncaught errors, requests to another origin, what the policy refused. */
  faults: string[]
  logIn(email: string): Promise<void>
  /** Writes the whole of the page, however long, to `screenshots/`. */
  shot(name: string): Promise<void>
}

const HEIGHT = 800

/** The name of a button, also while its spinner comes or goes. */
const named = (name: string) => new RegExp(`^(loading)?\\s*${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)

/** A desktop browser of its own, before the login of the console. */
export async function openDesk(browser: Browser, origin: string, options: DeskOptions = {}): Promise<Desk> {
  const { width = 1280, dark = false } = options
  const context = await browser.newContext({
    viewport: { width, height: HEIGHT },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    colorScheme: dark ? 'dark' : 'light',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const faults = await watchFaults(page, origin)
  return {
    origin,
    page,
    context,
    faults,
    async logIn(email) {
      await page.goto(`${origin}/console/login`)
      await page.getByLabel('邮箱').fill(email)
      await page.getByLabel('密码', { exact: true }).fill('password123')
      await page.getByRole('button', { name: '登录' }).click()
    },
    async shot(name) {
      fs.mkdirSync(SHOTS, { recursive: true })
      const hidden = await page.evaluate(() => {
        const content = document.querySelector('.shell__content')
        return content ? content.scrollHeight - content.clientHeight : 0
      })
      if (hidden > 0) await page.setViewportSize({ width, height: HEIGHT + hidden })
      await page.screenshot({ path: path.join(SHOTS, `console-${name}-${width}${dark ? '-dark' : ''}.png`) })
      if (hidden > 0) await page.setViewportSize({ width, height: HEIGHT })
    },
  }
}

/** What tests take hold of on whichever desk is theirs at the moment. */
export const handlesOf = (desk: () => Desk) => ({
  heading: (name: string | RegExp) => desk().page.getByRole('heading', { level: 1, name }),
  button: (name: string | RegExp, inside: Locator = desk().page.locator('body')) =>
    inside.getByRole('button', { name: typeof name === 'string' ? named(name) : name }),
  dialog: () => desk().page.getByRole('dialog'),
  /** Waits for a short message of the page's. */
  said: (text: string | RegExp) => desk().page.locator('.ant-message').getByText(text).first().waitFor(),
  open: (path: string) => desk().page.goto(`${desk().origin}/console${path}`),
})
