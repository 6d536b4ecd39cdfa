// The build itself: WeChat's own compilers take its wxml and wxss, every page loads and renders, sizes and code rules hold.
const fs = require('node:fs')
const path = require('node:path')
const compiler = require('miniprogram-compiler')
const { createHost } = require('./host')

const dist = path.resolve(__dirname, '../../miniprogram/dist/weapp')
const LIMIT_BYTES = 1024 * 1024
const CONSENT = JSON.stringify({ agreedAt: '2026-11-20T00:00:00.000Z', version: 1 })
const TASK = {
  task_id: 'T202611200003',
  task_type: 'repair',
  device_name: '高效液相色谱仪',
  description: '基线漂移',
  engineer_name: '李工',
  engineer_phone: '13900139000',
  current_step: 4,
  status: 'open',
  create_time: '2026-11-20 10:00:00',
  update_time: '2026-11-20 14:30:00',
}
const ANSWERS = {
  '/api/v1/wechat/login': { token: 'token', userInfo: {} },
  '/api/v1/tasks': { total: 1, pages: 1, current: 1, size: 5, list: [TASK] },
}

let renderWxml
let host

const html = (node) => {
  if (typeof node === 'string') return node
  const inside = (node.children ?? []).map(html).join('')
  return node.tag === 'virtual' ? inside : `<${node.tag.replace('wx-', '')}>${inside}</>`
}
const render = (page) => html(renderWxml(`${page.route}.wxml`)(page.data, {}, {}))
const pagesOf = ({ pages, subPackages }) => [
  ...pages,
  ...subPackages.flatMap(({ root, pages: inner }) => inner.map((page) => `${root}/${page}`)),
]

function request(option) {
  const known = ANSWERS[option.url.replace(/^https?:\/\/[^/]+/, '').split('?')[0]]
  const result = known
    ? { statusCode: 200, header: {}, data: { code: 200, message: '', data: known } }
    : { statusCode: 404, header: {}, data: { code: 404, message: '资源不存在', data: null } }
  setTimeout(() => option.success(result), 1)
  return { abort() {} }
}

function files(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name)
    return entry.isDirectory() ? files(name) : [name]
  })
}
const bytes = (names) => names.reduce((sum, name) => sum + fs.statSync(name).size, 0)

beforeAll(() => {
  compiler.wxssToJs(dist)
  globalThis.window ??= globalThis
  renderWxml = new Function(compiler.wxmlToJs(dist))()
  const storage = new Map([['yyl.consent.v1', CONSENT]])
  host = createHost(dist, {
    request,
    getStorageSync: (key) => storage.get(key) ?? '',
    setStorageSync: (key, value) => void storage.set(key, value),
    removeStorageSync: (key) => void storage.delete(key),
  })
})

test('every page of app.json loads and renders', async () => {
  const names = pagesOf(host.appJson)
  expect(names).toHaveLength(21)
  for (const name of names) {
    const page = await host.open(name, { id: 'T202611200003', type: 'repair' })
    expect([name, page.setDataCalls > 0, render(page).startsWith('<page><view>')]).toEqual([name, true, true])
    expect(page.largestSetDataBytes).toBeLessThan(256 * 1024)
    host.close(page)
  }
}, 60_000)

test('home shows the open tasks and a tap opens one', async () => {
  const page = await host.open('pages/home/index')
  await host.settle()
  expect(render(page)).toContain('高效液相色谱仪')
  await host.fire(page, host.byText(page, '高效液相色谱仪', 'task-card'), 'tap')
  await host.fire(page, host.find(page, ({ cls }) => cls.includes('card task-card'))[0], 'tap')
  expect(host.navigation).toContainEqual({ kind: 'navigateTo', url: '/pages/task/index?id=T202611200003' })
  host.close(page)
})

test('nothing leaves the phone before the privacy guide is agreed to', async () => {
  const fresh = createHost(dist, { request })
  const page = await fresh.open('pages/home/index')
  const called = () => fresh.calls.map(([name]) => name).filter((name) => /^(request|login|getLocation)$/.test(name))
  expect(called()).toEqual([])
  const agree = fresh.find(page, ({ id }) => id === 'privacy-agree')[0]
  await fresh.fire(page, agree, 'agreeprivacyauthorization')
  await fresh.settle()
  expect(called()).toEqual(['login', 'request', 'request'])
  expect(fresh.text(page)).toContain('高效液相色谱仪')
})

test('each package stays below 1 MB', () => {
  const all = files(dist)
  const worker = all.filter((name) => name.startsWith(path.join(dist, 'worker')))
  expect(bytes(worker)).toBeLessThan(LIMIT_BYTES)
  expect(bytes(all) - bytes(worker)).toBeLessThan(LIMIT_BYTES)
})

test('no code is made from text', () => {
  const offenders = files(dist)
    .filter((name) => name.endsWith('.js'))
    .filter((name) => /\bnew Function\b|\beval\(/.test(fs.readFileSync(name, 'utf8')))
  expect(offenders).toEqual([])
})

test('positions, permission text and privacy check are declared', () => {
  expect(host.appJson).toMatchObject({
    __usePrivacyCheck__: true,
    darkmode: true,
    requiredPrivateInfos: ['getLocation', 'startLocationUpdate', 'onLocationChange', 'chooseLocation'],
    permission: { 'scope.userLocation': { desc: expect.any(String) } },
  })
  expect(fs.existsSync(path.join(dist, host.appJson.themeLocation))).toBe(true)
})
