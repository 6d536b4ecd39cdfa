import { addStaff } from '../../support/field-work'
import { startWxworkApp, type WxworkApp } from '../../support/wxwork'

let app: WxworkApp
afterEach(() => app.close())

describe.each([
  ['older', { dialect: 'old', loginAsText: true, keyName: 'Key' }],
  ['newer', { dialect: 'new', loginAsText: false, keyName: 'qrcode_key' }],
  ['key only in the address', { dialect: 'new', loginAsText: false, keyName: '' }],
] as const)('the flows of the document, %s dialect', (_name, dialect) => {
  beforeEach(async () => {
    app = await startWxworkApp()
    app.gateway.control(dialect)
  })

  test('first login, messages, contacts and log-out', async () => {
    expect((await app.get('/state')).body).toEqual({
      ok: true,
      active: null,
      sessions: [],
      monitor: {
        enabled: true,
        running: false,
        lastCheckAt: null,
        lastReconnectAt: null,
        reconnecting: false,
        intervalMs: 45_000,
      },
      eventsCount: 0,
      baseUrl: app.gateway.url,
      callbackUrl: `${app.url}/callback/wxwork/${app.secrets.callbackSecret}`,
    })

    const init = await app.post('/init', { vid: '', proxySituation: '0' })
    expect(init).toMatchObject({ status: 200, body: { ok: true, isLogin: false, init: { errcode: 0 } } })
    const { uuid } = init.body
    expect((await app.post('/set-callback', { uuid })).body).toMatchObject({ ok: true, raw: { errcode: 0 } })
    expect(app.gateway.clients()[0]!.callbackUrl).toBe((await app.get('/state')).body.callbackUrl)

    const qr = await app.post('/get-qrcode')
    expect(Object.keys(qr.body).toSorted()).toEqual(['getQrCode', 'ok', 'qrcode', 'qrcodeKey', 'uuid'])
    expect(qr.body.qrcodeKey).toBe(app.gateway.clients()[0]!.qrKey)
    expect((await app.session()).state).toBe('QR_WAITING')

    const wrong = await app.post('/check-code', { code: '000000' })
    expect(wrong).toMatchObject({ status: 400, body: { ok: false, message: expect.any(String), raw: { errcode: 1 } } })
    expect((await app.post('/check-code', { code: '123456' })).body).toMatchObject({ ok: true, raw: { errcode: 0 } })
    await app.until(async () => (await app.get('/state')).body.active.isLogin)
    await app.until(async () => (await app.session()).state === 'ONLINE')
    const { vid } = app.gateway.clients()[0]!
    expect((await app.get('/state')).body.active).toMatchObject({ uuid, vid, isLogin: true, lastError: '' })

    const refreshed = (await app.post('/refresh-run-client')).body
    expect(refreshed).toMatchObject({ ok: true, request: { uuid }, getRunClient: { data: [{ [vid]: { uuid } }] } })

    const text = await app.post('/send-text', { kf_id: '7', send_userid: 'u1', isRoom: 'false', content: '您好' })
    const request = { uuid, kf_id: 7, send_userid: 'u1', isRoom: false, content: '您好' }
    expect(text.body).toMatchObject({ ok: true, request, raw: { errcode: 0 } })
    expect(app.gateway.messages()).toEqual([request])

    const contacts = await app.post('/contacts', { innerLimit: '10', externalLimit: 5, externalStrSeq: '20' })
    expect(contacts.body).toMatchObject({
      ok: true,
      uuid,
      request: { inner: { uuid, limit: 10, strSeq: '' }, external: { uuid, limit: 5, strSeq: '20' } },
      summary: { innerCount: 10, externalCount: 3 },
    })
    await app.post('/contacts/all')
    await app.until(async () => (await app.get('/contacts/all')).body.listing.state === 'done')
    expect((await app.get('/contacts/all')).body.listing).toMatchObject({ innerCount: 23, externalCount: 23 })

    const { events } = (await app.get('/events')).body
    const stages = events.map(({ stage }: { stage: string }) => stage)
    expect(stages).toEqual(expect.arrayContaining(['init', 'SetCallbackUrl', 'getQrCode', 'CheckCode', 'callback']))
    expect(events.at(-1).stage).toBe('init')
    expect(JSON.stringify(events)).not.toContain(app.secrets.callbackSecret)

    expect((await app.post('/login-out')).body.ok).toBe(true)
    const acts = await app.context.database.db.selectFrom('audit_log').select(['action', 'target']).execute()
    expect(acts).toEqual(
      expect.arrayContaining(
        ['init', 'set-callback', 'check-code', 'send-text', 'log-out'].map((act) => ({
          action: `wxwork.${act}`,
          target: expect.stringMatching(/./),
        })),
      ),
    )
    for (let i = 0; i < 10; i++) await app.tick()
    expect(app.calls('init')).toBe(1)
  })

  test('automatic login with the vid of an account that was here before', async () => {
    const old = await app.logIn()
    const vid = app.gateway.clients()[0]!.vid
    app.gateway.control({ restart: true })
    const { body } = await app.post('/init', { vid: Number(vid) })
    expect(body.uuid).not.toBe(old)
    await app.post('/set-callback')
    expect((await app.post('/automatic-login')).body).toMatchObject({ ok: true, raw: { errcode: 0 } })
    await app.until(async () => (await app.session()).state === 'ONLINE')
    const { sessions } = (await app.get('/sessions')).body
    expect(sessions).toHaveLength(1)
    const { uuid, state, vid: known, queued } = sessions[0]
    expect((await app.get('/state')).body.sessions).toMatchObject([{ uuid, state, vid: known, queued }])
  })
})

describe('what is refused', () => {
  beforeEach(async () => {
    app = await startWxworkApp()
  })

  test('without a session, a key, a code of six digits or a needed field', async () => {
    const refused = async (path: string, body: object = {}) =>
      expect([path, await app.post(path, body)]).toEqual([
        path,
        expect.objectContaining({
          status: 400,
          body: expect.objectContaining({ ok: false, message: expect.stringMatching(/[\u4e00-\u9fff]/) }),
        }),
      ])
    for (const path of ['/set-callback', '/get-qrcode', '/automatic-login', '/refresh-run-client', '/contacts'])
      await refused(path)
    await refused('/check-code', { uuid: 'u', qrcodeKey: 'k', code: '12345' })
    await refused('/check-code', { uuid: 'u', qrcodeKey: 'k', code: '12345x' })
    await refused('/check-code', { uuid: 'u', code: '123456' })
    await refused('/send-text', { uuid: 'u', content: 'x' })
    await refused('/send-text', { uuid: 'u', send_userid: 'x', content: ' ' })
    await refused('/send-text', { uuid: 'u', send_userid: 'x', content: 'x', kf_id: 'abc' })
    expect(app.gateway.requests()).toHaveLength(0)
  })

  test('a gateway that says no, one that is away and one that does not answer', async () => {
    await app.logIn()
    app.gateway.control({ refuse: { action: 'SendTextMsg', errmsg: '对方不是好友' } })
    const message = { send_userid: 'x', content: 'x' }
    const no = await app.post('/send-text', message)
    expect(no).toMatchObject({ status: 400, body: { ok: false, raw: { errmsg: '对方不是好友' } } })
    expect(no.body.message).not.toContain('好友')
    app.gateway.control({ failNext: 1, status: 503, path: '/wxwork/getQrCode' })
    expect(await app.post('/get-qrcode')).toMatchObject({ status: 503, body: { ok: false } })
    app.gateway.control({ dropAnswer: 1, path: '/wxwork/automaticLogin' })
    expect(await app.post('/automatic-login')).toMatchObject({ status: 502, body: { ok: false } })
  })

  test('the phone closed its page: start over', async () => {
    await app.post('/init')
    await app.post('/get-qrcode')
    const { body } = await app.post('/check-code', { qrcodeKey: 'OLD', code: '123456' })
    expect(body).toMatchObject({ ok: false, message: '手机端已关闭验证页面，请重新获取二维码' })
    expect((await app.session()).state).toBe('INITIALISED')
  })

  test('anybody but an admin', async () => {
    await addStaff(app, 'worker@example.com', 'HOMECARE_WORKER')
    const worker = await app.api.staff('worker@example.com')
    for (const token of [worker, await app.api.customer(), undefined])
      for (const path of ['/api/state', '/api/events', '/api/sessions'])
        expect(await app.api.get(path, { token })).toMatchObject({
          status: token ? 403 : 401,
          body: { ok: false, message: expect.any(String) },
        })
    expect((await app.api.get('/api/health')).body.ok).toBe(true)
    expect(await app.api.get('/api/nothing')).toMatchObject({ status: 404, body: { ok: false } })
    expect((await app.api.get('/api/v1/nothing')).body.code).toBe(404)
    const cookie = { cookie: `staff_token=${app.token}` }
    expect((await app.api.get('/api/state', { headers: cookie })).body.ok).toBe(true)
    expect((await app.api.post('/api/monitor/stop', {}, { headers: cookie })).body.ok).toBe(true)
  })
})

test('without a gateway the routes say so and the state is readable', async () => {
  app = await startWxworkApp({ wxwork: false })
  expect(await app.post('/init')).toMatchObject({
    status: 503,
    body: { ok: false, message: expect.stringContaining('尚未配置') },
  })
  expect((await app.get('/state')).body).toMatchObject({ ok: true, active: null })
})

test('start-login does it all, by QR code where the automatic way is refused', async () => {
  app = await startWxworkApp()
  expect((await app.post('/start-login', { vid: '16888' })).body).toMatchObject({
    ok: true,
    mode: 'qrcode',
    qrcodeKey: expect.stringMatching(/./),
  })
  await app.post('/check-code', { code: '123456' })
  await app.until(async () => (await app.session()).state === 'ONLINE')
  expect((await app.post('/start-login', { vid: '16888' })).body).toMatchObject({ ok: true, mode: 'online' })
  expect((await app.get('/upstream-check')).body).toMatchObject({ ok: true, reachable: true, clients: 1 })
})

test('an answer longer than the journal keeps is passed on whole', async () => {
  app = await startWxworkApp()
  for (let account = 0; account < 250; account++) await app.post('/init')
  const { status, body } = await app.post('/refresh-run-client')
  expect([status, body.getRunClient.data.length]).toEqual([200, 250])
  const [, { stage, payload }] = (await app.get('/events')).body.events
  expect(stage).toBe('GetRunClient')
  expect(payload).toMatchObject({ response: expect.stringMatching(/^\{.*characters\)$/) })
})
