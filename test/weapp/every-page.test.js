// Every page with the demo and 500 tasks behind it: it shows what it is for, WeChat's own renderer takes it, no setData
// is too large, and what is only drawn has a name for screen readers.
const path = require('node:path')
const compiler = require('miniprogram-compiler')
const { createHost } = require('./host')
const { overHttp, startServer } = require('./server')

const dist = path.resolve(__dirname, '../../miniprogram/dist/weapp')
const CONSENT = JSON.stringify({ agreedAt: '2026-11-20T00:00:00.000Z', version: 1 })
const SET_DATA_CEILING = 256 * 1024
const MANY = 500
const LATE_MS = 40_000

let server
let renderWxml
let ids

beforeAll(async () => {
  globalThis.window ??= globalThis
  renderWxml = new Function(compiler.wxmlToJs(dist))()
  server = await startServer('demo')
  ids = await findIds()
}, 180_000)

afterAll(() => server?.stop())

const api = async (method, to, { token, json } = {}) => {
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) }
  const response = await fetch(server.url + to, { method, headers, body: json && JSON.stringify(json) })
  return (await response.json()).data
}
const login = (email) => api('POST', '/auth/email-login', { json: { email, password: 'password123' } })

/** An order of the demo's first customer at each step, and the one somebody is on site of. */
async function findIds() {
  const { token } = await login('dispatcher@example.com')
  const orders = []
  for (let page = 1; page <= 20; page++) {
    const { list, pages } = await api('GET', `/homecare/work-orders?scope=all&size=100&page=${page}`, { token })
    orders.push(...list)
    if (page >= pages) break
  }
  const at = (step) =>
    orders.find((order) => order.current_step === step && order.customer_company === '清源环境检测有限公司')
  return { at, onSite: orders.find(({ visit_state }) => visit_state === 'CHECKED_IN') }
}

/** A phone of somebody who agreed; staff are logged in by e-mail, everybody else is the demo's first customer. */
async function phone(email) {
  const storage = new Map([['yyl.consent.v1', CONSENT]])
  if (email) storage.set('yyl.staffLogin.v1', JSON.stringify(await login(email)))
  return createHost(dist, {
    ...overHttp(server.url),
    login: (option = {}) =>
      option.success ? option.success({ code: 'demo-customer-1' }) : Promise.resolve({ code: 'demo-customer-1' }),
    getStorageSync: (key) => storage.get(key) ?? '',
    setStorageSync: (key, value) => void storage.set(key, value),
    removeStorageSync: (key) => void storage.delete(key),
    getStorageInfoSync: () => ({ keys: [...storage.keys()] }),
  })
}

async function until(condition, what) {
  const endsAt = Date.now() + LATE_MS
  while (!condition()) {
    if (Date.now() > endsAt) throw new Error(`never happened: ${what()}`)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

/** Pages of a person as `[page, query, a text it must show]`. */
const PEOPLE = {
  customer: (at) => [
    ['pages/home/index', {}, '进行中的任务'],
    ['pages/tasks/index', {}, /^共 \d+ 个任务$/],
    ['pages/profile/index', {}, '联系资料'],
    ['pages/submit/index', { type: 'repair' }, '仪器信息'],
    ['pages/submitted/index', { id: at(0).task_id }, '提交的内容'],
    ['pages/task/index', { id: at(4).task_id }, '需求信息'],
    ['pages/evaluate/index', { id: at(7).task_id }, '感谢您的评价'],
    ['pages/notices/index', {}, '查看任务'],
    ['pages/privacy/index', {}, '我们收集的信息'],
    ['worker/login/index', {}, '工程师与调度员登录'],
  ],
  worker: (at) => [
    ['worker/orders/index', {}, 'ABC科技有限公司'],
    ['worker/order/index', { id: at(4).id }, '客户与地点'],
    ['worker/checkin/index', { id: at(1).id }, '客户签名'],
    ['worker/steps/index', { id: at(1).id }, '进入“检测诊断”'],
    ['worker/queue/index', {}, '所有记录都已送达'],
    ['worker/me/index', {}, '退出登录'],
  ],
  onSite: (_at, onSite) => [['worker/checkout/index', { id: onSite.id }, '服务小结']],
  dispatcher: (at) => [
    ['worker/dispatch/index', {}, /^共 \d+ 张工单$/],
    ['worker/workers/index', {}, '赵工'],
    ['worker/assign/index', { id: at(0).id }, '陈工'],
    ['worker/review/index', {}, '陈工 · 第 1 次到场'],
  ],
}
const EMAILS = { worker: 'worker@example.com', onSite: 'worker2@example.com', dispatcher: 'dispatcher@example.com' }

const shows = (host, page, wanted) =>
  host.text(page).some((text) => (wanted instanceof RegExp ? wanted.test(text) : text === wanted))

test.each(Object.keys(PEOPLE))(
  'the pages of the %s show what they are for',
  async (who) => {
    const host = await phone(EMAILS[who])
    for (const [name, query, wanted] of PEOPLE[who](ids.at, ids.onSite)) {
      const page = await host.open(name, query)
      await until(
        () => shows(host, page, wanted),
        () => `${wanted} on ${name}, which shows ${host.text(page).join(' | ')}`,
      )
      const drawn = textsOf(renderWxml(`${page.route}.wxml`)(page.data, {}, {}))
      expect([name, host.text(page).filter((text) => text.trim() !== '' && !drawn.includes(text))]).toEqual([name, []])
      expect([name, page.largestSetDataBytes < SET_DATA_CEILING]).toEqual([name, true])
      host.close(page)
    }
  },
  120_000,
)

test('together these are all the pages of app.json', async () => {
  const { appJson } = await phone()
  const all = [
    ...appJson.pages,
    ...appJson.subPackages.flatMap(({ root, pages }) => pages.map((page) => `${root}/${page}`)),
  ]
  const opened = Object.values(PEOPLE).flatMap((pagesOf) => pagesOf(ids.at, ids.onSite).map(([name]) => name))
  expect(new Set(opened)).toEqual(new Set(all))
})

test.each([
  ['pages/tasks/index', undefined, null],
  ['worker/orders/index', 'worker@example.com', null],
  ['worker/dispatch/index', 'dispatcher@example.com', '未完成'],
])(
  '%s shows 500 tasks, none of them in a setData above 256 KB',
  async (name, email, tab) => {
    const host = await phone(email)
    const page = await host.open(name)
    const cards = () => host.find(page, ({ cls }) => /(^| )(task|order)-card( |$)/.test(cls)).length
    await until(
      () => shows(host, page, '高效液相色谱仪'),
      () => host.text(page).join(' | '),
    )
    if (tab) {
      await host.fire(page, host.byText(page, tab, 'tabs__item'), 'tap')
      await until(
        () => cards() > 2,
        () => `more than two orders in ${tab}`,
      )
    }
    while (!shows(host, page, '没有更多了')) {
      const before = cards()
      page.onReachBottom()
      await until(
        () => cards() > before,
        () => `more than ${before} cards of ${name}`,
      )
    }
    expect(cards()).toBeGreaterThanOrEqual(MANY)
    expect(page.largestSetDataBytes).toBeLessThan(SET_DATA_CEILING)
    host.close(page)
  },
  120_000,
)

test('what is only drawn has a name and a role in the rendered page', async () => {
  const customer = await phone()
  const home = await customer.open('pages/home/index')
  expect(namesOf(home)).toEqual(expect.arrayContaining([['消息', 'button']]))
  const form = await customer.open('pages/submit/index', { type: 'repair' })
  await until(
    () => shows(customer, form, '仪器信息'),
    () => 'the form',
  )
  expect(namesOf(form)).toEqual(
    expect.arrayContaining([
      ['添加现场照片', 'button'],
      ['仪器名称', undefined],
      ['任务详细描述', undefined],
    ]),
  )
})

const attributesOf = (node) => node.attr ?? node.attrs ?? {}
const walk = (node, visit) => {
  visit(node)
  if (typeof node !== 'string') (node.children ?? []).forEach((child) => walk(child, visit))
}

function textsOf(root) {
  const texts = []
  walk(root, (node) => typeof node === 'string' && texts.push(node))
  return texts
}

/** Name and role of every node that has a name. */
function namesOf(page) {
  const names = []
  walk(renderWxml(`${page.route}.wxml`)(page.data, {}, {}), (node) => {
    const { ariaLabel, 'aria-label': label = ariaLabel, ariaRole, 'aria-role': role = ariaRole } = attributesOf(node)
    if (label) names.push([label, role])
  })
  return names
}
