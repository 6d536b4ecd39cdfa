import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exactKey } from '../../../server/db/exact-key'
import { createExternalWorkOrderRepository } from '../../../server/features/external-work-orders/repository'
import { importBody } from '../../../server/features/external-work-orders/schema'
import { WITHOUT_KEY } from '../../../server/features/idempotency/service'
import { dump, type ExternalSiteApp, finished, startExternalSite } from '../../support/external-site'
import { operations, send } from '../../support/ngs'
import { until } from '../../support/until'

jest.setTimeout(120_000)

let external: ExternalSiteApp
const start = async (options: Parameters<typeof startExternalSite>[0] = {}) => {
  external = await startExternalSite(options)
  return external
}
afterEach(() => external.close())

const rows = () =>
  external.app.context.database.db.selectFrom('external_work_order').selectAll().orderBy('external_no').execute()
const pullAll = async () => finished(external, await external.pull())
const base = '/api/v1/admin/external'

describe.each([{ kind: 'classic-cookie' }, { kind: 'ruoyi' }] as const)('$kind', ({ kind }) => {
  test('pulls 1,000 orders with their details; a second pull writes nothing', async () => {
    await start({ site: { kind, orders: 1000 } })
    const answer = await external.app.api.post(`${base}/city/pull`, {}, external.admin)
    expect([answer.status, answer.body.code]).toEqual([202, 202])
    const run = await finished(external, answer.body.data.run_id)
    expect(run).toMatchObject({ state: 'done', seen: 1000, created: 1000, updated: 0, unchanged: 0, total: 1000 })
    const before = await rows()
    expect(before).toHaveLength(1000)
    expect(before.every(({ detail }) => detail?.includes('市中心受理'))).toBe(true)
    external.app.clock.advance(60_000)
    expect(await pullAll()).toMatchObject({ state: 'done', seen: 1000, created: 0, updated: 0, unchanged: 1000 })
    expect(await rows()).toEqual(before)
  })

  test('new and changed orders are found, whatever the site caps its pages at', async () => {
    await start({ site: { kind, orders: 90 } })
    external.site.control({ pageCap: 20 })
    expect(await pullAll()).toMatchObject({ seen: 90, created: 90 })
    external.site.control({ addOrders: 3, changeOrders: ['WO000001', 'WO000050'] })
    expect(await pullAll()).toMatchObject({ seen: 93, created: 3, updated: 2, unchanged: 88 })
  })

  test('a failing detail keeps the row and is tried again at the next pull', async () => {
    await start({ site: { kind } })
    external.site.control({ failDetails: ['WO000007'] })
    expect(await pullAll()).toMatchObject({ state: 'done', created: 20, details_failed: 1 })
    external.site.control({ failDetails: [] })
    expect(await pullAll()).toMatchObject({ created: 0, updated: 0, unchanged: 20, details_failed: 0 })
    expect((await rows()).every(({ detail_state }) => detail_state === 'fetched')).toBe(true)
  })

  test('an order without its detail is listed again where the site can list what is newer only', async () => {
    await start({ site: { kind }, system: { overrides: { list: { sinceParam: 'since' } } } })
    const watermark = async () =>
      (await external.app.api.get(`${base}/systems/city`, external.admin)).body.data.watermark as string | null
    external.site.control({ failDetails: ['WO000007'] })
    expect(await pullAll()).toMatchObject({ state: 'done', details_failed: 1 })
    expect(await watermark()).toBeNull()
    external.site.control({ failDetails: [] })
    expect(await pullAll()).toMatchObject({ state: 'done', details_failed: 0 })
    expect(await watermark()).not.toBeNull()
  })

  test('a session that ends in mid-pull is renewed once and the pull goes on', async () => {
    await start({ site: { kind, orders: 200 } })
    external.site.control({ expireAfter: 150 })
    expect(await pullAll()).toMatchObject({ state: 'done', created: 200, details_failed: 0 })
    expect(external.site.counts().loggedIn).toBe(2)
  })

  test('broken off anywhere, the pull goes on to the end without a duplicate', async () => {
    await start({ site: { kind, orders: 300 } })
    external.site.control({ pageCap: 25 })
    const { database } = external.app.context
    const id = await external.pull()
    const goOn = async () => {
      await external.app.context.externalWorkOrders.resume()
      return external.run(id)
    }
    for (let cut = 0; cut < 6; cut++) {
      await until(async () => (await goOn()).seen > cut * 40, `cut ${cut}`)
      // What a killed process leaves behind: a run nobody works at, and a worker whose results no longer count.
      const { numUpdatedRows } = await database.db
        .updateTable('external_pull_run')
        .set((eb) => ({ lease_until: null, fencing_token: eb('fencing_token', '+', 1) }))
        .where('state', '=', 'running')
        .where('seen', '<', 300)
        .executeTakeFirst()
      expect({ cut, inTheMiddle: numUpdatedRows }).toEqual({ cut, inTheMiddle: 1n })
    }
    await until(async () => ['done', 'failed'].includes((await goOn()).state), 'the end of the pull')
    expect(await external.run(id)).toMatchObject({ state: 'done', seen: 300, created: 300, updated: 0, unchanged: 0 })
    const numbers = (await rows()).map(({ external_no }) => external_no)
    expect([numbers.length, new Set(numbers).size]).toEqual([300, 300])
  })
})

test('numbers that differ in their letters only are two orders', async () => {
  await start()
  await pullAll()
  const { db } = external.app.context.database
  const { id } = (await rows())[0]!
  await db
    .updateTable('external_work_order')
    .set({ external_no: 'wo000001', number_key: exactKey('wo000001') })
    .where('id', '=', id)
    .execute()
  expect(await pullAll()).toMatchObject({ state: 'done', created: 1, updated: 0 })
  expect(await pullAll()).toMatchObject({ state: 'done', created: 0, updated: 0 })
  const numbers = (await rows()).map(({ external_no }) => external_no)
  expect(numbers).toEqual(expect.arrayContaining(['wo000001', 'WO000001']))
})

test('an order becomes a task once, of the system’s own customer unless one is named', async () => {
  await start()
  await pullAll()
  const { app, admin } = external
  const { list } = (await app.api.get(`${base}/work-orders?system=city&q=WO000003`, admin)).body.data
  expect(list).toHaveLength(1)
  const imported = await app.api.post(`${base}/work-orders/${list[0].id}/import`, {}, admin)
  expect(imported.body.data).toMatchObject({ created: true, task_id: expect.stringMatching(/^T20260302\d{4}$/) })
  const count = async (query: string) =>
    (await app.api.get(`${base}/work-orders?${query}`, admin)).body.data.total as number
  expect(await count('imported=true')).toBe(1)
  expect(await count('imported=false')).toBe((await count('')) - 1)
  const again = await app.api.post(`${base}/work-orders/${list[0].id}/import`, {}, admin)
  expect(again.body.data).toEqual({ ...imported.body.data, created: false })
  const { db } = app.context.database
  const tasks = await db.selectFrom('task').selectAll().execute()
  expect(tasks).toHaveLength(1)
  expect(tasks[0]).toMatchObject({ origin: 'external', customer_company: '外部工单', current_step: 0, status: 'open' })
  expect(tasks[0]!.description).toContain('WO000003')
})

test('an order that several import at once becomes one task, which all of them are told', async () => {
  await start()
  await pullAll()
  const { app, admin } = external
  const [{ id }] = (await app.api.get(`${base}/work-orders?system=city&q=WO000003`, admin)).body.data.list
  const answers = await Promise.all([1, 2, 3].map(() => app.api.post(`${base}/work-orders/${id}/import`, {}, admin)))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(new Set(answers.map(({ body }) => body.data.task_id)).size).toBe(1)
  expect(answers.filter(({ body }) => body.data.created)).toHaveLength(1)
})

test('the first imports of all, at the same moment, share the customer that is made for them', async () => {
  const { app, admin } = await start()
  await pullAll()
  const { database, externalWorkOrders, staff, tokens } = app.context
  const who = await staff.findPrincipal(tokens.verify(admin.token))
  const orders = (await rows()).slice(0, 3)
  const request = { input: importBody.parse({}), once: WITHOUT_KEY }
  const answers = await Promise.all(orders.map(({ id }) => externalWorkOrders.import(who!, id, request)))
  expect(answers.map(({ created }) => created)).toEqual([true, true, true])
  const named = database.db.selectFrom('customer').select('id').where('name', '=', '外部工单')
  expect(await named.execute()).toHaveLength(1)
})

test('an imported order reaches ngs like any other task', async () => {
  await start({ ngs: true })
  await pullAll()
  const { app, admin } = external
  const { list } = (await app.api.get(`${base}/work-orders?system=city&q=WO000003`, admin)).body.data
  const { body } = await app.api.post(`${base}/work-orders/${list[0].id}/import`, {}, admin)
  await send(app)
  const fields = app.sandbox.ngs.orders().map(({ mapId, state, history }) => [mapId, state, history[0]!.body.objective])
  expect(fields).toEqual([
    ['sandbox-repair', 'sent', expect.objectContaining({ stringfield1: body.data.task_id, stringfield2: '维修' })],
  ])
  const cancel = { workOrderId: body.data.work_order_id, reason: '重复' }
  expect((await app.api.post('/homecare/cancel', cancel, admin)).status).toBe(200)
  await send(app)
  expect(operations(app)).toEqual(['send', 'failedClose'])
  expect((await app.api.get('/api/v1/admin/ngs/drift', admin)).body.data.total).toBe(0)
})

test('a session that a check has seen in between is still renewed when it ends in mid-pull', async () => {
  await start()
  const held = await external.app.context.externalSessions.hold({ system: 'city', account: 'op1' })
  expect((await external.check()).status).toBe(200)
  external.site.control({ expireSessions: true })
  await external.app.context.externalSessions.retire(held)
  await external.app.context.externalSessions.hold({ system: 'city', account: 'op1' })
  expect(external.site.counts()).toMatchObject({ loggedIn: 2 })
  await external.app.context.externalSessions.retire(held)
  await external.session()
  expect(external.site.counts()).toMatchObject({ loggedIn: 2 })
})

test('no password, cookie, token or captcha answer is found in database, files, log or answers', async () => {
  await start({ site: { kind: 'ruoyi' } })
  const secrets = [(await external.session()).body.data.cookie.token]
  external.site.control({ expireSessions: true, passwords: { op1: 'sandbox-Passw0rd' } })
  await external.check()
  secrets.push((await external.session()).body.data.cookie.token, 'sandbox-Passw0rd')
  await pullAll()
  const { app, admin } = external
  const answers = await Promise.all(
    ['systems', 'sessions', 'challenges', 'logs?size=100', 'work-orders'].map((path) =>
      app.api.get(`${base}/${path}`, admin),
    ),
  )
  const audit = await app.api.get('/api/v1/admin/audit', admin)
  const text = [await dump(app), ...app.logs, ...[...answers, audit].map(({ body }) => JSON.stringify(body))].join('\n')
  for (const secret of secrets) expect(text.includes(secret)).toBe(false)
  const logs = answers[3]!.body.data.list
  const login = logs.find((one: { api_endpoint: string }) => one.api_endpoint === '/login')
  expect(login.request_payload.body).toMatchObject({ username: 'op1', password: '***', code: '***' })
  const captcha = logs.find((one: { api_endpoint: string }) => one.api_endpoint === '/captchaImage')
  expect(captcha.hook).toMatchObject({ name: 'decode-captcha', kind: 'arithmetic' })
  expect(captcha.hook_result).toMatchObject({ decoded: true, answer: '***', margin: 9 })
})

test('a site may put all its orders on one page', async () => {
  await start()
  const { known } = createExternalWorkOrderRepository(external.app.context.database)
  await pullAll()
  const numbers = Array.from({ length: 40_000 }, (_, index) => `WO${String(index + 1).padStart(6, '0')}`)
  expect(await known('city', numbers)).toHaveLength(20)
  expect(await known('city', [])).toEqual([])
})

test('a site that speaks of more orders than it shows does not keep a pull for ever', async () => {
  await start()
  const liar = createServer((request, response) => {
    request.resume()
    response.setHeader('set-cookie', 'JSESSIONID=liar; Path=/')
    response.end(JSON.stringify({ code: 0, total: 9_000_000_000, rows: [{ id: '1' }], data: {} }))
  }).listen(0, '127.0.0.1')
  await once(liar, 'listening')
  try {
    const base_url = `http://127.0.0.1:${(liar.address() as AddressInfo).port}`
    expect((await external.change({ base_url, overrides: { captcha: { form: 'none' } } })).status).toBe(200)
    expect(await pullAll()).toMatchObject({ state: 'done', seen: 1, created: 1, total: 2 ** 31 - 1 })
  } finally {
    liar.closeAllConnections()
    liar.close()
  }
})

test('a server that stops does not wait for the person who is asked for a captcha, and the pull goes on later', async () => {
  await start({ decoder: null })
  const id = await external.pull()
  await until(async () => (await external.challenges()).length > 0, 'a question for a person')
  await external.app.context.externalWorkOrders.stop()
  expect(await external.run(id)).toMatchObject({ finished_at: null, error: null })
})
