// The customer's whole story with real taps where `wx.request` does not exist: every call goes through wx.cloud, the
// bundled functions and the real server. Only wx.cloud itself is played.
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const sharp = require('sharp')
const { fill, openForm, tapAdd, tapButton, tapFooter, until } = require('./customer')
const { createHost } = require('./host')
const { startServer } = require('./server')

const dist = path.resolve(__dirname, '../../miniprogram/dist/weapp-cloud')
const CONSENT = JSON.stringify({ agreedAt: '2026-11-20T00:00:00.000Z', version: 1 })
const PDF = '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n'
const ARGUMENT_BYTES = 100 * 1024
const PUBLIC_URL = 'https://field.example.com'

let server
let folder
const photos = []

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weapp-cloud-'))
  const file = path.join(folder, 'panel.jpg')
  await sharp({ create: { width: 320, height: 240, channels: 3, background: '#0f766e' } })
    .jpeg()
    .toFile(file)
  photos.push({ tempFilePath: file, size: fs.statSync(file).size })
  fs.writeFileSync(path.join(folder, 'alarm.pdf'), PDF)
  server = await startServer('cloud')
}, 150_000)

afterAll(async () => {
  await server?.stop()
  fs.rmSync(folder, { recursive: true, force: true })
})

/** `wx.cloud` as WeChat gives it: who holds the phone is known to it alone. */
function cloudOf(openid) {
  const invoked = []
  const post = async (at, body) => (await fetch(server.cloud + at, { method: 'POST', body })).json()
  const started = []
  const callFunction = async ({ name, data }) => {
    if (started.length === 0) throw { errMsg: "Cloud API isn't enabled, please call wx.cloud.init first" }
    const text = JSON.stringify(data)
    if (Buffer.byteLength(text) > ARGUMENT_BYTES) throw { errMsg: 'cloud.callFunction:fail data exceed max size' }
    invoked.push({ ...JSON.parse(text), to: name })
    // WeChat puts an identity into the event, too: anybody could have.
    const event = { ...JSON.parse(text), userInfo: { openId: 'o-liar', appId: 'wxliar' }, openid: 'o-liar' }
    return { result: await post('/run', JSON.stringify({ name, event, openid })), errMsg: 'cloud.callFunction:ok' }
  }
  const uploadFile = ({ cloudPath, filePath, success, fail }) => {
    post(`/upload/${cloudPath}`, fs.readFileSync(filePath)).then(
      ({ fileID }) => success({ fileID, statusCode: 200, errMsg: 'cloud.uploadFile:ok' }),
      (error) => fail({ errMsg: `cloud.uploadFile:fail ${error.message}` }),
    )
    return { onProgressUpdate: (listener) => listener({ progress: 50 }), abort() {} }
  }
  const downloadFile = async ({ fileID }) => {
    const tempFilePath = path.join(folder, 'downloaded.pdf')
    const response = await fetch(`${server.cloud}/download/${fileID.split('/').slice(3).join('/')}`)
    fs.writeFileSync(tempFilePath, Buffer.from(await response.arrayBuffer()))
    return { tempFilePath, statusCode: 200, errMsg: 'cloud.downloadFile:ok' }
  }
  const init = (option) => void started.push(option)
  return { cloud: { init, callFunction, uploadFile, downloadFile }, invoked, started }
}

function phone(openid) {
  const { cloud, invoked, started } = cloudOf(openid)
  const storage = new Map([['yyl.consent.v1', CONSENT]])
  const forbidden = (name) => () => {
    throw new Error(`${name} must not be called: no domain is whitelisted`)
  }
  const answer =
    (result) =>
    (option = {}) =>
      option.success ? void setTimeout(() => option.success(result), 0) : Promise.resolve(result)
  const host = createHost(dist, {
    cloud,
    request: forbidden('wx.request'),
    uploadFile: forbidden('wx.uploadFile'),
    login: forbidden('wx.login'),
    downloadFile: forbidden('wx.downloadFile'),
    openDocument: answer({}),
    env: { USER_DATA_PATH: folder },
    getFileSystemManager: () => fs,
    chooseMedia: answer({ tempFiles: photos }),
    chooseMessageFile: answer({
      tempFiles: [{ path: path.join(folder, 'alarm.pdf'), name: '报警记录.pdf', size: 90 }],
    }),
    chooseLocation: answer({ name: '苏州实验室', address: '星湖街 328 号', latitude: 31.26249, longitude: 120.73212 }),
    pageScrollTo: answer({}),
    getStorageSync: (key) => storage.get(key) ?? '',
    setStorageSync: (key, value) => void storage.set(key, value),
    removeStorageSync: (key) => void storage.delete(key),
    getStorageInfoSync: () => ({ keys: [...storage.keys()] }),
  })
  return { host, invoked, started }
}

async function asStaff(name) {
  const call = async (method, at, body, token) => {
    const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) }
    const response = await fetch(server.url + at, { method, headers, body: body && JSON.stringify(body) })
    const answer = await response.json()
    if (response.status !== 200) throw new Error(`${at}: ${JSON.stringify(answer)}`)
    return answer.data
  }
  const login = { email: `${name}@example.com`, password: 'password123' }
  const { token, user } = await call('POST', '/auth/email-login', login)
  return {
    id: user.id,
    post: (at, body) => call('POST', at, body, token),
    get: (at) => call('GET', at, undefined, token),
  }
}

test('a customer submits, follows, confirms the plan and evaluates, all through cloud functions', async () => {
  const { host, invoked, started } = phone('o-cloud-customer')
  const form = await openForm(host)
  expect(started).toEqual([{ env: 'sandbox-env' }])
  await fill(host, form)
  await tapAdd(host, form, '现场照片')
  await tapAdd(host, form, '附件')
  await until(() => invoked.filter(({ to }) => to === 'storage').length === 2, 'two files handed over')
  await until(() => host.text(form).includes('90 B'), 'the document stored')
  await tapButton(host, form, '提交需求')
  const { url } = await until(() => host.navigation.find(({ kind }) => kind === 'redirectTo'), 'the success page')
  const id = new URLSearchParams(url.split('?')[1]).get('id')
  expect(id).toMatch(/^T\d{12}$/)
  host.close(form)
  const logins = invoked.filter(({ path: at }) => at === '/api/v1/wechat/login')
  expect(logins).toEqual([expect.objectContaining({ to: 'gateway', data: { code: '' } })])

  const page = await host.open('pages/task/index', { id })
  await until(() => host.text(page).includes('需求信息'), 'the task')
  const [picture] = host.find(page, ({ tag, props }) => tag === 'image' && String(props.src).startsWith(PUBLIC_URL))
  const shown = await fetch(picture.props.src.replace(PUBLIC_URL, server.url))
  expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
  expect(host.text(page)).toContain('报警记录.pdf')
  await host.fire(page, host.find(page, ({ cls }) => cls === 'file-row').at(-1), 'tap')
  await until(() => host.calls.some(([name]) => name === 'openDocument'), 'the document opened')
  expect(fs.readFileSync(path.join(folder, 'downloaded.pdf'), 'utf8')).toBe(PDF)
  await tapButton(host, page, '催办')
  await tapFooter(host, page)
  await until(() => host.text(page).includes('已催办'), 'the reminder')
  host.close(page)

  const [dispatcher, worker] = [await asStaff('dispatcher'), await asStaff('worker')]
  const { list } = await dispatcher.get('/homecare/work-orders?scope=all')
  const workOrderId = list[0].id
  await dispatcher.post('/homecare/dispatch', { workOrderId, workerId: worker.id })
  await worker.post('/homecare/accept', { workOrderId })
  const step = (number, description) =>
    worker.post(`/homecare/work-orders/${workOrderId}/steps`, { step: number, description, fileIds: [] })
  for (const number of [2, 3, 4]) await step(number, `第 ${number} 步`)

  const plan = await host.open('pages/task/index', { id })
  await until(() => host.text(plan).includes('第 4 步'), 'the plan')
  await tapButton(host, plan, '同意方案')
  await tapFooter(host, plan)
  await until(() => !host.text(plan).includes('同意方案'), 'the confirmation')
  host.close(plan)
  await step(6, '已更换并测试')

  const evaluation = await host.open('pages/evaluate/index', { id })
  await until(() => host.text(evaluation).includes('服务态度'), 'the three scores')
  const stars = host.find(evaluation, ({ cls }) => /(^| )rating__star( |$)/.test(cls))
  for (const index of [4, 9, 14]) await host.fire(evaluation, stars[index], 'tap')
  await tapButton(host, evaluation, '提交评价')
  await until(() => invoked.some(({ path: at, method }) => method === 'POST' && at.endsWith('/evaluation')), 'it sent')
  host.close(evaluation)
  const tasks = await host.open('pages/tasks/index')
  await until(() => host.text(tasks).some((text) => text.startsWith('共 ')), 'the list')
  host.close(tasks)
  const order = () => dispatcher.get(`/homecare/work-orders/${workOrderId}`)
  await until(async () => (await order()).current_step === 7, 'the evaluation at the server')
}, 150_000)

test('the https build holds nothing of the cloud', () => {
  const folderOf = path.resolve(dist, '../weapp')
  const scripts = fs.readdirSync(folderOf, { recursive: true }).filter((name) => name.endsWith('.js'))
  for (const name of scripts)
    expect(fs.readFileSync(path.join(folderOf, name), 'utf8')).not.toMatch(/callFunction|USER_DATA_PATH.*incoming/)
})

test('who another phone says it is makes no difference: it sees its own tasks', async () => {
  const { host } = phone('o-somebody-else')
  const list = await host.open('pages/tasks/index')
  await until(() => host.text(list).some((text) => text.includes('暂无') || text.includes('还没有')), 'an empty list')
  host.close(list)
}, 60_000)
