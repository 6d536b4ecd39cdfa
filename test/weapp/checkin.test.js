// A worker checks in with photo and signature by real taps in the stand-in runtime against the real server, once with
// network and once without.
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const sharp = require('sharp')
const { createHost } = require('./host')
const { overHttp, startServer } = require('./server')

const dist = path.resolve(__dirname, '../../miniprogram/dist/weapp')
const CONSENT = JSON.stringify({ agreedAt: '2026-11-20T00:00:00.000Z', version: 1 })
const SITE = { latitude: 31.26249, longitude: 120.73212 }
const METERS_PER_DEGREE = (6_371_000 * Math.PI) / 180
const LATE_MS = 40_000

let server
let folder
let photos = 0

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weapp-'))
  server = await startServer()
}, 150_000)

afterAll(async () => {
  await server?.stop()
  fs.rmSync(folder, { recursive: true, force: true })
})

async function call(method, to, { token, json } = {}) {
  const response = await fetch(server.url + to, {
    method,
    headers: {
      ...(json ? { 'content-type': 'application/json' } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: json && JSON.stringify(json),
  })
  const body = await response.json()
  if (!response.ok) throw new Error(`${method} ${to}: ${response.status} ${JSON.stringify(body)}`)
  return body.data
}
const login = (email) => call('POST', '/auth/email-login', { json: { email, password: 'password123' } })

/** A repair at the site, dispatched to the worker; what the dispatcher sees of it. */
async function dispatchedOrder() {
  const customer = await call('POST', '/api/v1/wechat/login', { json: { code: 'demo-weapp-field' } })
  const { task_id } = await call('POST', '/api/v1/tasks', {
    token: customer.token,
    json: {
      type: 'repair',
      customer: { name: '张敏', company: '清源环境检测', phone: '13800138001', address: '星湖街 328 号', ...SITE },
      device: {
        name: '液相色谱仪',
        type: '色谱仪',
        brand: 'A',
        model: '1',
        fault_description: '泵压不稳',
        quantity: 1,
      },
      description: '泵压不稳',
    },
  })
  const dispatcher = await login('dispatcher@example.com')
  const worker = await login('worker@example.com')
  const { list } = await call('GET', '/homecare/work-orders?scope=pool&size=50', { token: dispatcher.token })
  const { id } = list.find((order) => order.task_id === task_id)
  await call('POST', '/homecare/dispatch', {
    token: dispatcher.token,
    json: { workOrderId: id, workerId: worker.user.id, note: '带色谱柱' },
  })
  return { id, task_id, detail: () => call('GET', `/homecare/work-orders/${id}`, { token: dispatcher.token }) }
}

/** The phone's own files: `saveFile` keeps a copy that `removeSavedFile` takes away. */
const fileSystem = {
  saveFile({ tempFilePath, success }) {
    const savedFilePath = `${tempFilePath}.saved.jpg`
    fs.copyFileSync(tempFilePath, savedFilePath)
    success({ savedFilePath })
  },
  access: ({ path: file, success, fail }) => (fs.existsSync(file) ? success() : fail()),
  removeSavedFile({ filePath, complete }) {
    fs.rmSync(filePath, { force: true })
    complete()
  },
}

/** A phone with its own storage; `storage` of an earlier one continues it. `setOnline` cuts and restores the network. */
function phone(storage = new Map([['yyl.consent.v1', CONSENT]])) {
  const http = overHttp(server.url)
  const listeners = { location: [], network: [] }
  let online = true
  const unlessCut = (send, name) => (option) => {
    if (online) return send(option)
    const failure = { errMsg: `${name}:fail net::ERR_INTERNET_DISCONNECTED` }
    setTimeout(() => (option.fail?.(failure), option.complete?.(failure)), 0)
    return { abort() {}, onProgressUpdate() {}, offProgressUpdate() {} }
  }
  const host = createHost(dist, {
    request: unlessCut(http.request, 'request'),
    uploadFile: unlessCut(http.uploadFile, 'uploadFile'),
    // As WeChat does: a promise, unless the caller hands over callbacks.
    async chooseMedia(option) {
      const file = path.join(folder, `photo-${++photos}.jpg`)
      const background = { r: photos * 40, g: 90, b: 120 }
      await sharp({ create: { width: 320, height: 240, channels: 3, background } })
        .jpeg()
        .toFile(file)
      const chosen = { tempFiles: [{ tempFilePath: file, size: fs.statSync(file).size }] }
      option.success?.(chosen)
      return chosen
    },
    onLocationChange: (listener) => void listeners.location.push(listener),
    offLocationChange: (listener) => void listeners.location.splice(listeners.location.indexOf(listener), 1),
    onNetworkStatusChange: (listener) => void listeners.network.push(listener),
    getFileSystemManager: () => fileSystem,
    getStorageSync: (key) => storage.get(key) ?? '',
    setStorageSync: (key, value) => void storage.set(key, value),
    removeStorageSync: (key) => void storage.delete(key),
    getStorageInfoSync: () => ({ keys: [...storage.keys()] }),
  })
  return {
    host,
    http,
    storage,
    stand: (meters) =>
      listeners.location.forEach((listener) =>
        listener({ ...SITE, latitude: SITE.latitude + meters / METERS_PER_DEGREE, accuracy: 8 }),
      ),
    setOnline(value) {
      online = value
      listeners.network.forEach((listener) => listener({ isConnected: value, networkType: value ? 'wifi' : 'none' }))
    },
  }
}

async function until(condition, what) {
  const endsAt = Date.now() + LATE_MS
  for (;;) {
    const found = await condition()
    if (found) return found
    if (Date.now() > endsAt) throw new Error(`never happened: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const contains = (node, text) => node.text === text || (node.children ?? []).some((child) => contains(child, text))
const says = (host, page, words) => until(() => host.text(page).some((text) => text.includes(words)), words)
const tapButton = async (host, page, text) => {
  const button = await until(
    () => host.find(page, (node) => node.tag === 'button' && contains(node, text)).pop(),
    `the button ${text}`,
  )
  await host.fire(page, button, 'tap')
}
const type = (host, page, index, value) =>
  host.fire(page, host.find(page, ({ tag }) => tag === 'input')[index], 'input', { value })
const went = (host) => host.navigation[host.navigation.length - 1]?.url

async function sign(host, page) {
  const [canvas] = host.find(page, ({ tag }) => tag === 'canvas')
  const touch = (kind, x) => host.fire(page, canvas, kind, { touches: [{ x, y: 60 }] })
  await touch('touchstart', 20)
  for (const x of [60, 120, 200]) await touch('touchmove', x)
  await touch('touchend', 200)
}

async function loggedIn(host) {
  const page = await host.open('worker/login/index')
  await type(host, page, 0, 'worker@example.com')
  await type(host, page, 1, 'password123')
  await tapButton(host, page, '登录')
  await until(() => went(host) === '/worker/orders/index', 'the orders')
  host.close(page)
}

async function accept(host, order) {
  const orders = await host.open('worker/orders/index')
  await says(host, orders, order.task_id)
  expect(host.text(orders)).toContain('待接单')
  const card = host.find(
    orders,
    (node) => node.cls.startsWith('order-card__body') && contains(node, `维修 · ${order.task_id}`),
  )
  await host.fire(orders, card.pop(), 'tap')
  expect(went(host)).toBe(`/worker/order/index?id=${order.id}`)
  host.close(orders)
  const page = await host.open('worker/order/index', { id: order.id })
  await says(host, page, '派单备注：带色谱柱')
  await tapButton(host, page, '接单')
  await tapButton(host, page, '到场签到')
  expect(went(host)).toBe(`/worker/checkin/index?id=${order.id}`)
  host.close(page)
}

async function takePhoto(host, page) {
  await host.fire(page, host.find(page, ({ cls }) => cls.startsWith('uploader__add'))[0], 'tap')
  await says(host, page, '1/9')
}

test('refused at 1 km in clear words, checked in at 10 m with photo and signature', async () => {
  const order = await dispatchedOrder()
  const { host, http, stand } = phone()
  await loggedIn(host)
  await accept(host, order)

  const page = await host.open('worker/checkin/index', { id: order.id })
  await says(host, page, '正在定位')
  stand(1000)
  await says(host, page, '请再往南方向靠近约 950 米')
  await until(() => http.sent.some(({ path: to }) => to === '/homecare/checkin/precheck'), 'the precheck')
  await tapButton(host, page, '提交签到')
  expect(host.text(page)).toEqual(expect.arrayContaining(['请至少拍摄一张现场照片', '请客户在签名框内完整签名']))
  expect(http.sent.some(({ path: to }) => to === '/homecare/checkin/submit')).toBe(false)

  stand(10)
  await says(host, page, '已在签到范围内，可以签到')
  await takePhoto(host, page)
  await until(() => !host.text(page).some((text) => /^\d+%$/.test(text)), 'the photo stored')
  await sign(host, page)
  await tapButton(host, page, '提交签到')
  await says(host, page, '签到成功')
  expect(host.text(page)).toContain('距服务地点 10 米，记录已送达')
  host.close(page)

  const { visits } = await order.detail()
  expect(visits).toHaveLength(1)
  expect(visits[0]).toMatchObject({ status: 'CHECKED_IN', decision: 'INSIDE' })
  expect(visits[0].distance_meters).toBeCloseTo(10, 0)
  expect(visits[0].signature).toMatch(/^data:image\/png;base64,/)
  expect(visits[0].evidence).toHaveLength(1)
  expect(page.largestSetDataBytes).toBeLessThan(256 * 1024)
}, 150_000)

test('network cut during check-in, app killed, network back: one visit', async () => {
  const order = await dispatchedOrder()
  const first = phone()
  await loggedIn(first.host)
  await accept(first.host, order)
  const page = await first.host.open('worker/checkin/index', { id: order.id })
  await says(first.host, page, '正在定位')
  first.setOnline(false)
  first.stand(12)
  await says(first.host, page, '没有网络，按本机记录的范围判断')
  await takePhoto(first.host, page)
  await says(first.host, page, '待网络')
  await sign(first.host, page)
  await tapButton(first.host, page, '保存签到（联网后发送）')
  await says(first.host, page, '签到已保存在手机上')
  expect((await order.detail()).visits).toHaveLength(0)

  const second = phone(first.storage)
  const queue = await second.host.open('worker/queue/index')
  await until(async () => (await order.detail()).visits.length > 0, 'the visit')
  await says(second.host, queue, '所有记录都已送达')
  expect([...first.storage.keys()].filter((key) => key.includes('queue'))).toEqual([])
  await until(() => !fs.readdirSync(folder).some((name) => name.endsWith('.saved.jpg')), 'the kept photo removed')

  // An app that was not killed after all sends its copy, too.
  first.setOnline(true)
  await says(first.host, page, '签到成功')
  const { visits } = await order.detail()
  expect(visits).toHaveLength(1)
  expect(visits[0].evidence).toHaveLength(1)
  expect(visits[0].flags).not.toContain('LATE_SYNC')
  first.host.close(page)
  second.host.close(queue)
}, 150_000)
