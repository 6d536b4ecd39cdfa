import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { launchBrowser, openPhone, type Phone } from './browser'
import { describeInBrowser } from './describe-in-browser'
import { createPerson, type Person } from './person'
import { startTestApp, type TestApp } from '../support/test-app'

jest.setTimeout(120_000)

/** Stands before the server as a proxy does, and answers for its page when told to. */
async function startFront(behind: string) {
  let page: { status: number; body: string } | null = null
  const server = http.createServer((request, response) => {
    if (page && request.url === '/') {
      response.writeHead(page.status, { 'Content-Type': 'text/html; charset=utf-8' }).end(page.body)
      return
    }
    const { method, headers, url = '/' } = request
    const onward = http.request(new URL(url, behind), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answerPage: (status: number, body: string) => (page = { status, body }),
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

describeInBrowser('the app starts in a browser', () => {
  let app: TestApp
  let browser: Browser
  let phone: Phone
  let person: Person

  beforeAll(async () => {
    app = await startTestApp({ now: () => new Date() })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })
  beforeEach(async () => {
    phone = await openPhone(browser, app.url)
    person = createPerson(phone, app.url)
  })
  afterEach(async () => {
    expect(phone.faults).toEqual([])
    await phone.context.close()
  })

  test('an address that is no file of the app is not found', async () => {
    for (const path of ['//metrics', '///', '/no-such-file.js', '/.env', '/js/.map'])
      expect([path, (await app.api.get(path)).status]).toEqual([path, 404])
    for (const path of ['/%2e%2e%2fpackage.json', '/..%5cpackage.json', '/%00', '/%c0%ae%c0%ae/package.json'])
      expect([400, 403, 404]).toContain((await app.api.get(path)).status)
  })

  /** Opened once, with its files on the phone. */
  const openOnce = async () => {
    await person.open('pages/home/index')
    await person.agree()
    await person.see('没有进行中的任务')
    await phone.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  }

  /** Addresses of the scripts a page needs. */
  const scriptsOf = async (route: string): Promise<string[]> => {
    const other = await openPhone(browser, app.url, { serviceWorkers: 'block' })
    const urls: string[] = []
    other.page.on('request', (request) => void (request.resourceType() === 'script' && urls.push(request.url())))
    await createPerson(other, app.url).open(route)
    await other.page.locator('.page').waitFor()
    await other.context.close()
    return urls
  }

  test('without network a reload opens it, and a page never opened before', async () => {
    await openOnce()
    await person.goOffline()
    await person.page.reload()
    await person.see('网络连接失败，请检查网络后重试')
    await person.open('worker/login/index')
    await person.see('使用公司分配的邮箱账号登录')
  })

  test('a server that fails does not keep it closed, and its newest page is shown where there is one', async () => {
    const front = await startFront(app.url)
    phone = await openPhone(browser, front.url)
    person = createPerson(phone, front.url)
    await openOnce()
    front.answerPage(502, 'Bad Gateway')
    await person.page.reload()
    await person.see('没有进行中的任务')
    for (const [status, body] of [
      [401, '请先登录代理'],
      [200, '新版本'],
    ] as const) {
      front.answerPage(status, `<p>${body}</p>`)
      await person.page.reload()
      await person.see(body)
    }
    await front.close()
  })

  test('keeps its own files and no answer of the server', async () => {
    await openOnce()
    const kept = await person.page.evaluate(async () => {
      const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)))
      const requests = await Promise.all(caches_.map((cache) => cache.keys()))
      return requests.flat().map(({ url }) => new URL(url).pathname)
    })
    expect(kept).toContain('/')
    expect(kept.filter((path) => !/^\/((js|css)\/[\w.]+\.[0-9a-f]{8}\.(js|css))?$/.test(path))).toEqual([])
  })

  test('follows an address that changes before the first page is there', async () => {
    await phone.context.close()
    const privacy = await scriptsOf('pages/privacy/index')
    const own = (await scriptsOf('pages/tasks/index')).filter((url) => !privacy.includes(url))
    expect(own).not.toEqual([])
    phone = await openPhone(browser, app.url, { serviceWorkers: 'block' })
    person = createPerson(phone, app.url)
    let free: () => void = () => undefined
    const freed = new Promise<void>((resolve) => (free = resolve))
    await phone.context.route(
      (url) => own.includes(url.href),
      (route) => freed.then(() => route.continue()),
    )
    const asked = phone.page.waitForRequest((request) => own.includes(request.url()))
    await phone.page.goto(`${app.url}/#/pages/tasks/index`, { waitUntil: 'commit' })
    await asked
    const shown = phone.page.waitForResponse((response) => privacy.includes(response.url()))
    await person.page.evaluate(() => (window.location.hash = '#/pages/privacy/index'))
    await Promise.race([shown, phone.page.waitForTimeout(500)])
    free()
    await phone.page.waitForLoadState('load')
    await person.see('我们收集的信息')
    await phone.page.waitForTimeout(500)
    // Taro puts the page on top last.
    expect(await phone.page.locator('.taro_page').last().textContent()).toContain('我们收集的信息')
  })

  test('an address that is no page leads home', async () => {
    await openOnce()
    phone = await phone.reopen()
    person = createPerson(phone, app.url)
    await person.open('pages/nowhere/index')
    await person.see('没有进行中的任务')
  })
})
