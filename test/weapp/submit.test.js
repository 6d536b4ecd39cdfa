// A customer submits with real taps in the stand-in runtime against the real server, over real HTTP.
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const sharp = require('sharp')
const { buttonOf, fill, openForm, posts, tapAdd, tapButton, tapFooter, type, until } = require('./customer')
const { createHost } = require('./host')
const { overHttp, startServer } = require('./server')

const dist = path.resolve(__dirname, '../../miniprogram/dist/weapp')
const CONSENT = JSON.stringify({ agreedAt: '2026-11-20T00:00:00.000Z', version: 1 })
const PDF = '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n'

let server
let folder
const photos = []

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weapp-'))
  for (const [name, background] of [
    ['panel.jpg', '#0f766e'],
    ['leak.jpg', '#b45309'],
  ]) {
    const file = path.join(folder, name)
    await sharp({ create: { width: 320, height: 240, channels: 3, background } })
      .jpeg()
      .toFile(file)
    photos.push({ tempFilePath: file, size: fs.statSync(file).size })
  }
  fs.writeFileSync(path.join(folder, 'alarm.pdf'), PDF)
  server = await startServer()
}, 150_000)

afterAll(async () => {
  await server?.stop()
  fs.rmSync(folder, { recursive: true, force: true })
})

/** A phone with its own storage, logged in as nobody yet; `storage` of an earlier one continues it. */
function phone(storage = new Map([['yyl.consent.v1', CONSENT]])) {
  const http = overHttp(server.url)
  // As WeChat does: a promise, unless the caller hands over callbacks.
  const answer =
    (result) =>
    (option = {}) =>
      option.success ? void setTimeout(() => option.success(result), 0) : Promise.resolve(result)
  const host = createHost(dist, {
    ...http,
    login: answer({ code: 'demo-weapp-customer' }),
    chooseMedia: answer({ tempFiles: photos }),
    chooseMessageFile: answer({
      tempFiles: [{ path: path.join(folder, 'alarm.pdf'), name: '报警记录.pdf', size: 90 }],
    }),
    chooseLocation: answer({
      name: '苏州实验室',
      address: '星湖街 328 号',
      latitude: 31.26249,
      longitude: 120.73212,
    }),
    pageScrollTo: answer({}),
    getStorageSync: (key) => storage.get(key) ?? '',
    setStorageSync: (key, value) => void storage.set(key, value),
    removeStorageSync: (key) => void storage.delete(key),
    getStorageInfoSync: () => ({ keys: [...storage.keys()] }),
  })
  return { host, http, storage }
}

test('submits a repair with two photos and a document, then follows it', async () => {
  const { host, http } = phone()
  const page = await openForm(host)
  await tapButton(host, page, '提交需求')
  await until(() => host.text(page).includes('请填写仪器名称'), 'the missing name')
  expect(posts(http)).toHaveLength(0)

  await fill(host, page)
  await tapAdd(host, page, '现场照片')
  await tapAdd(host, page, '附件')
  await until(() => http.sent.filter(({ method }) => method === 'UPLOAD').length === 3, 'three uploads')
  // A document on its way shows no percents: its size comes when it is stored.
  await until(() => host.text(page).includes('90 B'), 'the document stored')
  expect(host.text(page)).toContain('报警记录.pdf')

  const button = buttonOf(host, page, '提交需求')
  await Promise.all([host.fire(page, button, 'tap'), host.fire(page, button, 'tap')])
  const { url } = await until(() => host.navigation.find(({ kind }) => kind === 'redirectTo'), 'the success page')
  expect(posts(http)).toHaveLength(1)
  expect(posts(http)[0].data).toMatchObject({ type: 'repair', customer: { latitude: 31.26249, longitude: 120.73212 } })
  expect(posts(http)[0].data.file_ids).toHaveLength(3)
  host.close(page)

  const id = new URLSearchParams(url.split('?')[1]).get('id')
  expect(id).toMatch(/^T\d{8}\d{4}$/)
  const done = await host.open('pages/submitted/index', { id })
  await until(() => host.text(done).includes('高效液相色谱仪'), 'the summary')
  expect(host.text(done)).toContain(id)
  host.close(done)

  const task = await host.open('pages/task/index', { id })
  await until(() => host.text(task).includes('需求信息'), 'the task')
  const pictures = host.find(task, ({ tag, props }) => tag === 'image' && String(props.src).includes('/api/v1/files/'))
  expect(pictures).toHaveLength(2)
  expect(host.text(task)).toEqual(expect.arrayContaining(['报警记录.pdf', '今早开机后报警 E02', '催办', '取消任务']))
  for (const { props } of pictures) {
    const picture = await fetch(props.src.replace('http://localhost:4001', server.url))
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^image\//)])
  }

  await tapButton(host, task, '催办')
  await tapFooter(host, task)
  await until(() => host.text(task).includes('已提醒工程师尽快处理'), 'the reminder')
  await until(() => host.text(task).includes('已催办'), 'the reminder button off')
  await tapButton(host, task, '取消任务')
  await host.fire(task, host.byText(task, '信息填写有误', 'reason-chips__item'), 'tap')
  await tapFooter(host, task)
  await until(() => host.text(task).includes('已取消：信息填写有误'), 'the cancellation')
  host.close(task)
}, 150_000)

test('a draft survives a kill, and a lost answer makes one task', async () => {
  const first = phone()
  const page = await openForm(first.host)
  await fill(first.host, page)
  await tapAdd(first.host, page, '现场照片')
  await until(() => first.http.sent.filter(({ method }) => method === 'UPLOAD').length === 2, 'two uploads')
  await until(() => JSON.parse(first.storage.get('yyl.submitDraft.v1') ?? '{}').files?.length === 2, 'the kept draft')

  const second = phone(first.storage)
  const resumed = await openForm(second.host)
  expect(second.host.text(resumed)).toContain('已恢复上次未提交的内容')
  second.http.lose(1)
  await tapButton(second.host, resumed, '提交需求')
  await until(() => second.host.text(resumed).some((text) => text.includes('再次点提交不会产生重复任务')), 'the hint')

  await type(second.host, resumed, '任务详细描述', '补充：昨天已重启')
  await tapButton(second.host, resumed, '提交需求')
  const { url } = await until(() => second.host.navigation.find(({ kind }) => kind === 'redirectTo'), 'success')
  expect(url).toContain('earlier=1')
  expect(second.storage.has('yyl.submitDraft.v1')).toBe(false)

  const list = await second.host.open('pages/tasks/index')
  await until(() => second.host.text(list).some((text) => text.startsWith('共 ')), 'the list')
  expect(second.host.text(list)).toContain('共 2 个任务')
  second.host.close(list)
}, 150_000)
