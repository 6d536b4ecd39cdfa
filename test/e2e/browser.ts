import fs from 'node:fs'
import path from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const EXECUTABLE = '/usr/bin/chromium'
const HEIGHT = 812
/** Screenshots land here; git ignores the folder. */
export const SHOTS = path.resolve('screenshots')

export const hasBrowser = fs.existsSync(EXECUTABLE)

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      '--no-sandbox',
      '--headless',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  })

export interface PhoneOptions {
  width?: number
  dark?: boolean
  /** `block`: a browser without service worker. */
  serviceWorkers?: 'allow' | 'block'
  position?: { latitude: number; longitude: number; accuracy?: number }
}

export interface Phone {
  page: Page
  context: BrowserContext
  /** What no page may do: console errors, uncaught errors, requests to another origin. */
  faults: string[]
  /** The app closed and opened anew: what it kept is there, what it only held in memory is gone. */
  reopen(): Promise<Phone>
  /** Writes the screen and, where there is more below the fold, the whole page. */
  shot(name: string): Promise<void>
}

/** How tall the screen would have to be to show all of the page. */
function wholeHeight(): number {
  const visible = [...document.querySelectorAll<HTMLElement>('.taro_page, .taro-tabbar__panel')]
  const hidden = visible.map(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)
  return window.innerHeight + Math.max(0, ...hidden)
}

function listen(page: Page, faults: string[]): void {
  page.on('console', (message) => {
    // A refusal the page handles is still logged by the browser as a failed load.
    if (message.type() === 'error' && !/Failed to load resource|ERR_INTERNET_DISCONNECTED/.test(message.text()))
      faults.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`))
}

/** Of the context, so that what a service worker asks for is seen, too. */
function stayAt(context: BrowserContext, origin: string, faults: string[]): Promise<unknown> {
  return context.route('**/*', (route) => {
    const url = route.request().url()
    if (url.startsWith(origin) || /^(blob|data):/.test(url)) return route.continue()
    faults.push(`request to another origin: ${url}`)
    return route.abort()
  })
}

/** Keeps the page at its own origin. @returns what it did that no page may do, as it happens */
export async function watchFaults(page: Page, origin: string): Promise<string[]> {
  const faults: string[] = []
  listen(page, faults)
  await stayAt(page.context(), origin, faults)
  return faults
}

/** A phone of its own: storage, position and colours are nobody else's. */
export async function openPhone(browser: Browser, origin: string, options: PhoneOptions = {}): Promise<Phone> {
  const { width = 375, dark = false, serviceWorkers, position } = options
  const context = await browser.newContext({
    viewport: { width, height: HEIGHT },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    colorScheme: dark ? 'dark' : 'light',
    serviceWorkers,
    geolocation: position,
    permissions: position ? ['geolocation'] : [],
  })
  const faults: string[] = []
  await stayAt(context, origin, faults)
  const shot = async (page: Page, name: string) => {
    fs.mkdirSync(SHOTS, { recursive: true })
    const look = `${width}${dark ? '-dark' : ''}`
    await page.screenshot({ path: path.join(SHOTS, `${name}-${look}.png`) })
    const whole = await page.evaluate(wholeHeight)
    if (whole <= HEIGHT) return
    // Pages scroll inside a box: only a taller screen shows what is below the fold.
    await page.setViewportSize({ width, height: whole })
    await page.waitForFunction(() => [...document.images].every(({ complete }) => complete))
    await page.screenshot({ path: path.join(SHOTS, `${name}-whole-${look}.png`) })
    await page.setViewportSize({ width, height: HEIGHT })
  }
  const open = async (): Promise<Phone> => {
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    listen(page, faults)
    const reopen = () => page.close().then(open)
    return { page, context, faults, reopen, shot: (name) => shot(page, name) }
  }
  return open()
}
